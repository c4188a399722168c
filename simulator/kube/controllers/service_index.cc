#include "simulator/kube/controllers/service_index.h"

#include <utility>

#include "simulator/kube/api/pod_state.h"

namespace plumbline::kube {

ServiceIndex::ServiceIndex(Store& store, std::function<void(const ObjectKey&)> concerned)
    : store_(store),
      concerned_(std::move(concerned)),
      services_(store.subscribe(KindId::kService, "", [this](const Event& event) { on_service(event); })),
      pods_(store.subscribe(KindId::kPod, "", [this](const Event& event) { on_pod(event); })) {}

std::optional<ServiceIndex::Pair> ServiceIndex::first_pair(const Object& service) {
  const auto selector = service.at("spec.selector").fields();
  if (selector.empty()) return std::nullopt;
  return std::pair(std::string(selector.first->name()), selector.first->value.string());
}

void ServiceIndex::on_service(const Event& event) {
  auto& pairs = by_pair_[event.object->space()];
  if (event.previous)
    if (const auto pair = first_pair(*event.previous)) {
      pairs[*pair].erase(event.object->name());
      if (pairs[*pair].empty()) pairs.erase(*pair);
    }
  if (event.op != Op::kDeleted)
    if (const auto pair = first_pair(*event.object)) pairs[*pair].insert(event.object->name());
  concerned_(event.object->key());
}

void ServiceIndex::on_pod(const Event& event) {
  if (event.previous && event.op == Op::kModified && same_endpoint(*event.previous, *event.object)) return;
  if (event.previous) tell_those_of(*event.previous);
  if (event.op != Op::kDeleted) tell_those_of(*event.object);
}

void ServiceIndex::tell_those_of(const Object& pod) const {
  const auto pairs = by_pair_.find(pod.space());
  if (pairs == by_pair_.end()) return;
  for (const Member& label : pod.labels().fields()) {
    const auto names = pairs->second.find({std::string(label.name()), label.value.string()});
    if (names == pairs->second.end()) continue;
    for (const std::string& name : names->second) {
      const ObjectPtr service = store_.find(KindId::kService, pod.space(), name);
      if (service && carries(pod.labels(), service->at("spec.selector"))) concerned_(service->key());
    }
  }
}

}  // namespace plumbline::kube
