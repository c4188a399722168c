#include "simulator/kube/controllers/endpoints.h"

#include <optional>
#include <utility>

#include "simulator/kube/controllers/field_manager.h"
#include "simulator/kube/controllers/pod_state.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr const char* kOverCapacity = "endpoints.kubernetes.io/over-capacity";
constexpr const char* kHeadless = "service.kubernetes.io/headless";

/// The number that `target` means in this Pod; nullopt when the Pod has no port of that name.
std::optional<std::int64_t> resolve(const Value& target, const Value& protocol, const Value& pod) {
  if (target.is_number()) return target.integer();
  for (const Value& container : pod.at("spec.containers"))
    for (const Value& port : container["ports"])
      if (port["name"] == target && port["protocol"] == protocol) return port["containerPort"].integer();
  return std::nullopt;
}

Value ports_of(const Value& service, const Value& pod) {
  Value resolved = Value::array();
  for (const Value& port : service.at("spec.ports")) {
    const auto number = resolve(port["targetPort"], port["protocol"], pod);
    if (!number) continue;
    Value entry{{"port", *number}, {"protocol", port["protocol"]}};
    for (const char* field : {"name", "appProtocol"})
      if (port.contains(field)) entry[field] = port[field];
    resolved.push_back(std::move(entry));
  }
  return resolved;
}

Value address_of(const Object& pod) {
  return {{"ip", pod.at("status.podIP")},
          {"nodeName", pod.at("spec.nodeName")},
          {"targetRef", {{"kind", "Pod"}, {"namespace", pod.space()}, {"name", pod.name()}, {"uid", pod.uid()}}}};
}

std::optional<std::pair<std::string, std::string>> first_pair(const Object& service) {
  const auto selector = service.at("spec.selector").fields();
  if (selector.empty()) return std::nullopt;
  return std::pair(std::string(selector.first->name()), selector.first->value.string());
}

/// What Endpoints say of a Pod.
bool same_endpoint(const Object& left, const Object& right) {
  return left.labels() == right.labels() && left.deleting() == right.deleting() && is_ready(left) == is_ready(right) &&
         is_finished(left) == is_finished(right) && left.at("status.podIP") == right.at("status.podIP") &&
         left.at("spec.nodeName") == right.at("spec.nodeName");
}

}  // namespace

Value endpoint_subsets(const Object& service, const std::vector<ObjectPtr>& pods, bool& truncated) {
  const bool everybody = service.at("spec.publishNotReadyAddresses").boolean();
  const bool portless = service.at("spec.clusterIP") == "None" && service.at("spec.ports").empty();
  std::map<std::string, Value> subsets;  // by their ports
  std::size_t count = 0;
  truncated = false;
  // Ready addresses first: they are what is kept when there are too many.
  for (const bool want_ready : {true, false}) {
    for (const ObjectPtr& pod : pods) {
      if (pod->text("status.podIP").empty() || is_finished(*pod)) continue;
      if (pod->deleting() && !everybody) continue;
      if ((everybody || is_ready(*pod)) != want_ready) continue;
      Value ports = ports_of(service.value(), pod->value());
      if (ports.empty() && !portless) continue;
      if (++count > kEndpointsAddressesMax) {
        truncated = true;
        break;
      }
      Value& subset = subsets[to_text(ports)];
      if (subset.is_null()) {
        subset = Value::object();
        if (!portless) subset["ports"] = std::move(ports);
      }
      subset[want_ready ? "addresses" : "notReadyAddresses"].push_back(address_of(*pod));
    }
  }
  Value listed = Value::array();
  for (auto& [_, subset] : subsets) listed.push_back(std::move(subset));
  return listed;
}

EndpointsWriter::EndpointsWriter(boost::asio::io_context& io, Operations& operations)
    : operations_(operations),
      store_(operations.store()),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      services_(store_.subscribe(KindId::kService, "", [this](const Event& event) { on_service(event); })),
      pods_(store_.subscribe(KindId::kPod, "", [this](const Event& event) { on_pod(event); })) {}

void EndpointsWriter::on_service(const Event& event) {
  auto& pairs = by_pair_[event.object->space()];
  if (event.previous)
    if (const auto pair = first_pair(*event.previous)) {
      pairs[*pair].erase(event.object->name());
      if (pairs[*pair].empty()) pairs.erase(*pair);
    }
  if (event.op != Op::kDeleted)
    if (const auto pair = first_pair(*event.object)) pairs[*pair].insert(event.object->name());
  queue_.add(event.object->key());
}

void EndpointsWriter::on_pod(const Event& event) {
  if (event.previous && event.op == Op::kModified && same_endpoint(*event.previous, *event.object)) return;
  if (event.previous) queue_services_of(*event.previous);
  if (event.op != Op::kDeleted) queue_services_of(*event.object);
}

void EndpointsWriter::queue_services_of(const Object& pod) {
  const auto pairs = by_pair_.find(pod.space());
  if (pairs == by_pair_.end()) return;
  for (const Member& label : pod.labels().fields()) {
    const auto names = pairs->second.find({std::string(label.name()), label.value.string()});
    if (names == pairs->second.end()) continue;
    for (const std::string& name : names->second) {
      const ObjectPtr service = store_.find(KindId::kService, pod.space(), name);
      if (service && carries(pod.labels(), service->at("spec.selector"))) queue_.add(service->key());
    }
  }
}

void EndpointsWriter::sync(const ObjectKey& key) {
  const ObjectPtr service = store_.find(key);
  const ObjectKey target{KindId::kEndpoints, key.space, key.name};
  const ObjectPtr current = store_.find(target);
  if (!service) {
    if (current) (void)operations_.remove(target);
    return;
  }
  const Value& selector = service->at("spec.selector");
  // Endpoints of a Service without a selector are made by hand (Kubernetes: Services without selectors).
  if (!selector.is_object() || selector.empty() || service->text("spec.type") == "ExternalName") return;
  const auto pods_selector = LabelSelector::from_value(Value{{"matchLabels", selector}});
  bool truncated = false;
  Value subsets = endpoint_subsets(*service, store_.list(KindId::kPod, key.space, *pods_selector), truncated);

  Value next = current ? current->value() : Value{{"metadata", {{"name", key.name}, {"namespace", key.space}}}};
  Value labels = service->labels();
  if (service->text("spec.clusterIP") == "None") labels[kHeadless] = "";
  if (labels.empty())
    next["metadata"].erase("labels");
  else
    next["metadata"]["labels"] = std::move(labels);
  if (truncated)
    next["metadata"]["annotations"][kOverCapacity] = "truncated";
  else if (!std::as_const(next).at("metadata.annotations").is_null())
    next["metadata"]["annotations"].erase(kOverCapacity);
  if (subsets.empty())
    next.erase("subsets");
  else
    next["subsets"] = std::move(subsets);
  if (current)
    (void)operations_.write(current, std::move(next), kControllerManager);
  else
    (void)operations_.create(KindId::kEndpoints, key.space, std::move(next), as_controller());
}

}  // namespace plumbline::kube
