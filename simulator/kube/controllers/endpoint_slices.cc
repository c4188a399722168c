#include "simulator/kube/controllers/endpoint_slices.h"

#include <algorithm>
#include <utility>

#include "simulator/kube/api/pod_state.h"
#include "simulator/kube/controllers/field_manager.h"
#include "simulator/kube/controllers/pod_ports.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr const char* kZone = "topology.kubernetes.io/zone";

Value owner_of_slices(const Object& service) {
  return {{"apiVersion", "v1"},   {"kind", "Service"},  {"name", service.name()},
          {"uid", service.uid()}, {"controller", true}, {"blockOwnerDeletion", true}};
}

/// What an endpoint stands for: the Pod's uid, else its address.
std::string stands_for(const Value& endpoint) {
  const std::string_view uid = endpoint.at("targetRef.uid").text();
  return std::string(uid.empty() ? endpoint["addresses"].front().text() : uid);
}

}  // namespace

Value slice_endpoint(const Object& service, const Object& pod, std::string_view zone) {
  const bool serving = is_ready(pod);
  const bool ready = service.at("spec.publishNotReadyAddresses").boolean() || (serving && !pod.deleting());
  Value endpoint{
      {"addresses", Value::array({pod.at("status.podIP")})},
      {"conditions", {{"ready", ready}, {"serving", serving}, {"terminating", pod.deleting()}}},
      {"targetRef", {{"kind", "Pod"}, {"namespace", pod.space()}, {"name", pod.name()}, {"uid", pod.uid()}}}};
  if (const Value& node = pod.at("spec.nodeName"); !node.text().empty()) endpoint["nodeName"] = node;
  if (!zone.empty()) endpoint["zone"] = zone;
  if (const Value& hostname = hostname_in(service, pod); !hostname.is_null()) endpoint["hostname"] = hostname;
  return endpoint;
}

EndpointSlices::EndpointSlices(boost::asio::io_context& io, Operations& operations)
    : operations_(operations),
      store_(operations.store()),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      services_(store_, [this](const ObjectKey& service) { queue_.add(service); }),
      slices_(store_.subscribe(KindId::kEndpointSlice, "", [this](const Event& event) {
        // A slice that somebody else took away, or changed, is made good.
        if (event.object->labels()[kSliceManagerLabel] != kSliceManager || event.op == Op::kAdded) return;
        queue_.add({KindId::kService, event.object->space(), event.object->labels()[kServiceNameLabel].string()});
      })) {}

void EndpointSlices::sync(const ObjectKey& key) {
  if (pace_.rests(key)) return;
  const ObjectPtr service = store_.find(key);
  std::vector<ObjectPtr> current =
      store_.list(KindId::kEndpointSlice, key.space,
                  *LabelSelector::from_value(
                      Value{{"matchLabels", {{kServiceNameLabel, key.name}, {kSliceManagerLabel, kSliceManager}}}}));
  const Value& selector = service ? service->at("spec.selector") : Value();
  if (!service || selector.empty() || service->text("spec.type") == "ExternalName") {
    for (const ObjectPtr& slice : current) (void)operations_.remove(slice->key());
    return;
  }
  std::map<std::string, SliceGroup> groups;  // by their ports
  SliceGroup* group = nullptr;
  const void* containers = nullptr;  // of the Pod before, which often are the same
  store_.visit(
      KindId::kPod, key.space, *LabelSelector::from_value(Value{{"matchLabels", selector}}), [&](const ObjectPtr& pod) {
        if (pod->text("status.podIP").empty() || is_finished(*pod)) return;
        const void* these = pod->at("spec.containers").identity();
        if (group == nullptr || these != containers) {
          Value ports = slice_ports(service->value(), pod->value());
          group = &groups[to_text(ports)];
          group->ports = std::move(ports);
          containers = these;
        }
        const ObjectPtr node = store_.find(KindId::kNode, "", pod->text("spec.nodeName"));
        group->endpoints.emplace(pod->uid(), slice_endpoint(*service, *pod, node ? node->labels()[kZone].text() : ""));
      });
  std::vector<SliceGroup> listed;
  std::size_t count = 0;
  for (const auto& [_, each] : groups) count += each.endpoints.size();
  pace_.worked(key, count);
  listed.reserve(groups.size());
  for (auto& [_, each] : groups) listed.push_back(std::move(each));
  if (listed.empty()) listed.emplace_back();  // a slice says that there is nobody
  Value labels = service->labels();
  labels[kServiceNameLabel] = key.name;
  labels[kSliceManagerLabel] = kSliceManager;
  if (service->text("spec.clusterIP") == "None") labels[kHeadlessLabel] = "";
  write_slices(operations_, key.space, current, std::move(listed),
               {{"generateName", key.name + "-"},
                {"labels", labels},
                {"ownerReferences", Value::array({owner_of_slices(*service)})}},
               kSliceEndpointsMax);
}

void write_slices(Operations& operations, const std::string& space, const std::vector<ObjectPtr>& current,
                  std::vector<SliceGroup> groups, const Value& metadata, std::size_t slice_max) {
  struct Draft {
    ObjectPtr slice;  ///< null for a new one
    Value endpoints = Value::array();
    bool keep = false;
  };
  std::vector<Draft> spare;  // slices whose ports nobody has any more
  for (const ObjectPtr& slice : current) {
    const bool known = std::any_of(groups.begin(), groups.end(),
                                   [&](const SliceGroup& group) { return group.ports == slice->at("ports"); });
    if (!known) spare.push_back({slice, Value::array(), false});
  }
  const auto write = [&](const Draft& draft, const Value& ports) {
    Value next = draft.slice ? draft.slice->value() : Value{{"metadata", metadata}, {"addressType", "IPv4"}};
    next["metadata"]["labels"] = metadata["labels"];
    next["endpoints"] = draft.endpoints.empty() ? Value() : draft.endpoints;
    next["ports"] = ports;
    if (draft.slice)
      (void)operations.write(draft.slice, std::move(next), kControllerManager);
    else
      (void)operations.create(KindId::kEndpointSlice, space, std::move(next), as_controller());
  };
  for (SliceGroup& group : groups) {
    std::vector<Draft> drafts;
    for (const ObjectPtr& slice : current) {
      if (slice->at("ports") != group.ports) continue;
      Draft draft{slice, Value::array(), false};
      for (const Value& endpoint : slice->at("endpoints")) {
        const auto found = group.endpoints.find(stands_for(endpoint));
        if (found == group.endpoints.end()) continue;
        draft.endpoints.push_back(std::move(found->second));
        group.endpoints.erase(found);
      }
      drafts.push_back(std::move(draft));
    }
    // The fullest slices are filled up first.
    std::stable_sort(drafts.begin(), drafts.end(), [](const Draft& left, const Draft& right) {
      return left.endpoints.size() > right.endpoints.size();
    });
    auto next = group.endpoints.begin();
    for (Draft& draft : drafts)
      while (next != group.endpoints.end() && draft.endpoints.size() < slice_max)
        draft.endpoints.push_back(std::move((next++)->second));
    while (next != group.endpoints.end()) {
      Draft draft;
      if (!spare.empty()) {
        draft.slice = spare.back().slice;
        spare.pop_back();
      }
      while (next != group.endpoints.end() && draft.endpoints.size() < slice_max)
        draft.endpoints.push_back(std::move((next++)->second));
      drafts.push_back(std::move(draft));
    }
    if (drafts.empty()) {
      drafts.emplace_back();
      if (!spare.empty()) {
        drafts.back().slice = spare.back().slice;
        spare.pop_back();
      }
    }
    // An empty slice stays only where it is the only one.
    bool written = false;
    for (const Draft& draft : drafts) {
      if (draft.endpoints.empty() && (written || drafts.size() > 1) && draft.slice) {
        (void)operations.remove(draft.slice->key());
        continue;
      }
      write(draft, group.ports);
      written = true;
    }
  }
  for (const Draft& draft : spare) (void)operations.remove(draft.slice->key());
}

}  // namespace plumbline::kube
