// One cluster as the gateway has seen it: Services, Pods, Endpoints, Nodes. Changed in place by what LIST and WATCH
// say; answers which namespaces a change concerns. Not thread-safe.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "reference/core/following/kube_objects.h"

namespace plumbline::gateway {

/// A namespace's objects of one kind, by name.
template <class Object>
using Named = std::map<std::string, Object, std::less<>>;

class ClusterState {
 public:
  /// Puts the object in place of one of the same name. Returns false when nothing changed.
  bool put(const KubeObject& object);
  /// Returns false when there was none.
  bool remove(Resource resource, const KubeName& name);
  /// After a LIST: `objects` are all there are. Returns the namespaces where something changed.
  std::set<std::string> replace(Resource resource, const std::vector<KubeObject>& objects);
  /// True once the resource was listed.
  bool listed(Resource resource) const;

  const ServiceObject* service(const KubeName& name) const;
  const EndpointsObject* endpoints(const KubeName& name) const;
  const Named<PodObject>& pods(std::string_view space) const;
  const std::map<std::string, Named<PodObject>, std::less<>>& pods() const { return pods_; }
  const Named<NodeObject>& nodes() const;

 private:
  template <class Object>
  using Spaces = std::map<std::string, Named<Object>, std::less<>>;

  Spaces<ServiceObject> services_;
  Spaces<PodObject> pods_;
  Spaces<EndpointsObject> endpoints_;
  Spaces<NodeObject> nodes_;
  std::array<bool, 4> listed_{};
};

}  // namespace plumbline::gateway
