// Copies Endpoints that somebody writes by hand, for a Service without a selector, into EndpointSlices, for clients
// that read nothing else. One thread.
#pragma once

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/work_queue.h"

namespace plumbline::kube {

inline constexpr std::size_t kMirroredMax = 1000;  ///< addresses of one subset that are copied
inline constexpr const char* kMirrorManager = "endpointslicemirroring-controller.k8s.io";

class EndpointMirror {
 public:
  EndpointMirror(boost::asio::io_context& io, Operations& operations);

 private:
  void sync(const ObjectKey& endpoints);

  Operations& operations_;
  Store& store_;
  WorkQueue queue_;
  Store::Subscription endpoints_, services_, slices_;
};

}  // namespace plumbline::kube
