// Keeps the Endpoints of every Service that has a selector. A Pod's change concerns only the Services that select it,
// found by label; Endpoints are rewritten once however many Pods changed meanwhile. One thread.
#pragma once

#include <vector>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/pace.h"
#include "simulator/kube/controllers/service_index.h"
#include "simulator/kube/controllers/work_queue.h"

namespace plumbline::kube {

/// Addresses that one Endpoints object lists; more are left out and the object is marked (Kubernetes 1.22).
inline constexpr std::size_t kEndpointsAddressesMax = 1000;

/// The `subsets` of a Service with those Pods. Pure. `truncated` tells whether addresses were left out.
Value endpoint_subsets(const Object& service, const std::vector<ObjectPtr>& pods, bool& truncated);

class EndpointsWriter {
 public:
  EndpointsWriter(boost::asio::io_context& io, Operations& operations);

 private:
  void sync(const ObjectKey& service);

  Operations& operations_;
  Store& store_;
  WorkQueue queue_;
  Pace pace_{queue_};
  ServiceIndex services_;
  Store::Subscription endpoints_;
};

}  // namespace plumbline::kube
