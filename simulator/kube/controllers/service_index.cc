#include "simulator/kube/controllers/service_index.h"

namespace plumbline::kube {

std::optional<ServiceIndex::Pair> ServiceIndex::first_pair(const Object& service) {
  const auto selector = service.at("spec.selector").fields();
  if (selector.empty()) return std::nullopt;
  return std::pair(std::string(selector.first->name()), selector.first->value.string());
}

void ServiceIndex::update(const Event& event) {
  auto& pairs = by_pair_[event.object->space()];
  if (event.previous)
    if (const auto pair = first_pair(*event.previous)) {
      pairs[*pair].erase(event.object->name());
      if (pairs[*pair].empty()) pairs.erase(*pair);
    }
  if (event.op != Op::kDeleted)
    if (const auto pair = first_pair(*event.object)) pairs[*pair].insert(event.object->name());
}

void ServiceIndex::each_of(const Object& pod, const std::function<void(const ObjectPtr&)>& tell) const {
  const auto pairs = by_pair_.find(pod.space());
  if (pairs == by_pair_.end()) return;
  for (const Member& label : pod.labels().fields()) {
    const auto names = pairs->second.find({std::string(label.name()), label.value.string()});
    if (names == pairs->second.end()) continue;
    for (const std::string& name : names->second) {
      const ObjectPtr service = store_.find(KindId::kService, pod.space(), name);
      if (service && carries(pod.labels(), service->at("spec.selector"))) tell(service);
    }
  }
}

}  // namespace plumbline::kube
