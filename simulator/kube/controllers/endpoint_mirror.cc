#include "simulator/kube/controllers/endpoint_mirror.h"

#include <utility>

#include "simulator/kube/controllers/endpoint_slices.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr const char* kSkip = "endpointslice.kubernetes.io/skip-mirror";
constexpr const char* kLeader = "control-plane.alpha.kubernetes.io/leader";

Value mirrored(const Value& address, bool ready) {
  Value endpoint{{"addresses", Value::array({address["ip"]})}, {"conditions", {{"ready", ready}}}};
  for (const char* field : {"hostname", "nodeName", "targetRef"})
    if (address.contains(field)) endpoint[field] = address[field];
  return endpoint;
}

}  // namespace

EndpointMirror::EndpointMirror(boost::asio::io_context& io, Operations& operations)
    : operations_(operations),
      store_(operations.store()),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      endpoints_(
          store_.subscribe(KindId::kEndpoints, "", [this](const Event& event) { queue_.add(event.object->key()); })),
      services_(store_.subscribe(KindId::kService, "",
                                 [this](const Event& event) {
                                   queue_.add({KindId::kEndpoints, event.object->space(), event.object->name()});
                                 })),
      slices_(store_.subscribe(KindId::kEndpointSlice, "", [this](const Event& event) {
        if (event.object->labels()[kSliceManagerLabel] != kMirrorManager || event.op == Op::kAdded) return;
        queue_.add({KindId::kEndpoints, event.object->space(), event.object->labels()[kServiceNameLabel].string()});
      })) {}

void EndpointMirror::sync(const ObjectKey& key) {
  const ObjectPtr endpoints = store_.find(key), service = store_.find(KindId::kService, key.space, key.name);
  const std::vector<ObjectPtr> current =
      store_.list(KindId::kEndpointSlice, key.space,
                  *LabelSelector::from_value(
                      Value{{"matchLabels", {{kServiceNameLabel, key.name}, {kSliceManagerLabel, kMirrorManager}}}}));
  const bool wanted = endpoints && service && service->at("spec.selector").empty() &&
                      endpoints->labels()[kSkip] != "true" && endpoints->annotation(kLeader).empty();
  if (!wanted) {
    for (const ObjectPtr& slice : current) (void)operations_.remove(slice->key());
    return;
  }
  std::map<std::string, SliceGroup> groups;  // by their ports
  for (const Value& subset : endpoints->at("subsets")) {
    Value ports = subset["ports"];
    for (std::size_t i = 0; i < ports.size(); ++i)
      if (!std::as_const(ports)[i].contains("name")) ports.item(i)["name"] = "";
    SliceGroup& group = groups[to_text(ports)];
    group.ports = ports;
    std::size_t count = 0;
    for (const auto& [field, ready] : {std::pair{"addresses", true}, std::pair{"notReadyAddresses", false}})
      for (const Value& address : subset[field]) {
        if (++count > kMirroredMax) break;
        const Value& uid = address.at("targetRef.uid");
        group.endpoints.emplace(uid.text().empty() ? address["ip"].string() : uid.string(), mirrored(address, ready));
      }
  }
  std::vector<SliceGroup> listed;
  listed.reserve(groups.size());
  for (auto& [_, group] : groups) listed.push_back(std::move(group));
  Value labels = endpoints->labels();
  labels[kServiceNameLabel] = key.name;
  labels[kSliceManagerLabel] = kMirrorManager;
  const Value owner{{"apiVersion", "v1"},      {"kind", "Endpoints"}, {"name", key.name},
                    {"uid", endpoints->uid()}, {"controller", true},  {"blockOwnerDeletion", true}};
  write_slices(operations_, key.space, current, std::move(listed),
               {{"generateName", key.name + "-"}, {"labels", labels}, {"ownerReferences", Value::array({owner})}},
               kSliceEndpointsMax);
}

}  // namespace plumbline::kube
