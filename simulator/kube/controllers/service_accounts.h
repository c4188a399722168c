// Makes the default ServiceAccount of every namespace and fills in the tokens of Secrets of type
// kubernetes.io/service-account-token. One thread.
#pragma once

#include <functional>
#include <string>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/work_queue.h"

namespace plumbline::kube {

class ServiceAccounts {
 public:
  /// Makes the token of `account` that `secret` holds.
  using Mint = std::function<std::string(const Object& account, const Object& secret)>;

  ServiceAccounts(boost::asio::io_context& io, Operations& operations, std::string ca_pem, Mint mint);

 private:
  void on_event(const Event& event);
  void sync(const ObjectKey& key);
  void fill(const ObjectPtr& secret);

  Operations& operations_;
  Store& store_;
  std::string ca_pem_;
  Mint mint_;
  WorkQueue queue_;
  Store::Subscription spaces_, accounts_, secrets_;
};

}  // namespace plumbline::kube
