// Which Services a change concerns: their own, and those of Pods that they select, found by the first pair of each
// selector without asking every Service. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "simulator/kube/store/store.h"

namespace plumbline::kube {

class ServiceIndex {
 public:
  /// `store` must outlive this. `concerned` is called with the key of each Service whose endpoints may have changed.
  ServiceIndex(Store& store, std::function<void(const ObjectKey&)> concerned);

 private:
  void on_service(const Event& event);
  void on_pod(const Event& event);
  void tell_those_of(const Object& pod) const;
  using Pair = std::pair<std::string, std::string>;
  static std::optional<Pair> first_pair(const Object& service);

  const Store& store_;
  std::function<void(const ObjectKey&)> concerned_;
  /// namespace -> (key, value) of the first pair of the selector -> names of Services.
  std::map<std::string, std::map<Pair, std::set<std::string>>, std::less<>> by_pair_;
  Store::Subscription services_, pods_;
};

}  // namespace plumbline::kube
