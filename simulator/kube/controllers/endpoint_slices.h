// Keeps the EndpointSlices of every Service that has a selector: all of its Pods, at most 100 in a slice, each slice
// with one set of ports. A Pod keeps its slice as long as it has its ports, so that few slices change. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/pace.h"
#include "simulator/kube/controllers/service_index.h"
#include "simulator/kube/controllers/work_queue.h"

namespace plumbline::kube {

inline constexpr std::size_t kSliceEndpointsMax = 100;
inline constexpr const char* kServiceNameLabel = "kubernetes.io/service-name";
inline constexpr const char* kSliceManagerLabel = "endpointslice.kubernetes.io/managed-by";
inline constexpr const char* kSliceManager = "endpointslice-controller.k8s.io";

/// What a slice says of one Pod of `service`; `zone` "" is not said. Pure.
Value slice_endpoint(const Object& service, const Object& pod, std::string_view zone);

/// Endpoints by what they stand for (the Pod's uid, the address), of one set of ports.
struct SliceGroup {
  Value ports;
  std::map<std::string, Value> endpoints;
};

class EndpointSlices {
 public:
  EndpointSlices(boost::asio::io_context& io, Operations& operations);

 private:
  void sync(const ObjectKey& service);

  Operations& operations_;
  Store& store_;
  WorkQueue queue_;
  Pace pace_{queue_};
  ServiceIndex services_;
  Store::Subscription slices_;
};

/// Makes the slices among `current` say what `groups` say, with as few writes as that takes. `metadata` is that of
/// new slices (generateName, labels, ownerReferences), whose labels the others get too.
void write_slices(Operations& operations, const std::string& space, const std::vector<ObjectPtr>& current,
                  std::vector<SliceGroup> groups, const Value& metadata, std::size_t slice_max);

}  // namespace plumbline::kube
