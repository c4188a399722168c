#include "reference/core/following/cluster_state.h"

#include <utility>

namespace plumbline::gateway {
namespace {

template <class Spaces, class Object>
bool put_in(Spaces& spaces, const Object& object) {
  auto& named = spaces[object.name.space];
  const auto [found, is_new] = named.try_emplace(object.name.name, object);
  if (is_new) return true;
  if (found->second == object) return false;
  found->second = object;
  return true;
}

template <class Spaces>
bool remove_from(Spaces& spaces, const KubeName& name) {
  const auto space = spaces.find(name.space);
  return space != spaces.end() && space->second.erase(name.name) > 0;
}

template <class Spaces>
std::vector<KubeName> names_in(const Spaces& spaces) {
  std::vector<KubeName> names;
  for (const auto& [space, named] : spaces) {
    for (const auto& [name, object] : named) names.push_back({space, name});
  }
  return names;
}

template <class Spaces>
auto find_in(const Spaces& spaces, const KubeName& name) -> const typename Spaces::mapped_type::mapped_type* {
  const auto space = spaces.find(name.space);
  if (space == spaces.end()) return nullptr;
  const auto found = space->second.find(name.name);
  return found == space->second.end() ? nullptr : &found->second;
}

}  // namespace

bool ClusterState::put(const KubeObject& object) {
  if (const auto* service = std::get_if<ServiceObject>(&object)) return put_in(services_, *service);
  if (const auto* pod = std::get_if<PodObject>(&object)) return put_in(pods_, *pod);
  if (const auto* endpoints = std::get_if<EndpointsObject>(&object)) return put_in(endpoints_, *endpoints);
  return put_in(nodes_, std::get<NodeObject>(object));
}

bool ClusterState::remove(Resource resource, const KubeName& name) {
  switch (resource) {
    case Resource::kServices:
      return remove_from(services_, name);
    case Resource::kPods:
      return remove_from(pods_, name);
    case Resource::kEndpoints:
      return remove_from(endpoints_, name);
    case Resource::kNodes:
      return remove_from(nodes_, name);
  }
  return false;
}

std::set<std::string> ClusterState::replace(Resource resource, const std::vector<KubeObject>& objects) {
  std::set<std::string> changed;
  std::set<KubeName> present;
  for (const KubeObject& object : objects) {
    present.insert(name_of(object));
    if (put(object)) changed.insert(name_of(object).space);
  }
  std::vector<KubeName> known;
  switch (resource) {
    case Resource::kServices:
      known = names_in(services_);
      break;
    case Resource::kPods:
      known = names_in(pods_);
      break;
    case Resource::kEndpoints:
      known = names_in(endpoints_);
      break;
    case Resource::kNodes:
      known = names_in(nodes_);
      break;
  }
  for (const KubeName& name : known) {
    if (!present.contains(name) && remove(resource, name)) changed.insert(name.space);
  }
  listed_[static_cast<std::size_t>(resource)] = true;
  return changed;
}

bool ClusterState::listed(Resource resource) const { return listed_[static_cast<std::size_t>(resource)]; }

const ServiceObject* ClusterState::service(const KubeName& name) const { return find_in(services_, name); }

const EndpointsObject* ClusterState::endpoints(const KubeName& name) const { return find_in(endpoints_, name); }

const Named<PodObject>& ClusterState::pods(std::string_view space) const {
  static const Named<PodObject> kNone;
  const auto found = pods_.find(space);
  return found == pods_.end() ? kNone : found->second;
}

const Named<NodeObject>& ClusterState::nodes() const {
  static const Named<NodeObject> kNone;
  const auto found = nodes_.find("");
  return found == nodes_.end() ? kNone : found->second;
}

}  // namespace plumbline::gateway
