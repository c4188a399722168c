#include "simulator/kube/controllers/endpoints.h"

#include <optional>
#include <utility>

#include "simulator/kube/controllers/pod_state.h"

namespace plumbline::kube {
namespace {

constexpr const char* kOverCapacity = "endpoints.kubernetes.io/over-capacity";
constexpr const char* kHeadless = "service.kubernetes.io/headless";

// The number that `target` means in this Pod; nullopt when the Pod has no port of that name.
std::optional<std::int64_t> resolve(const Json& target, const Json& protocol, const Json& pod) {
  if (target.is_number()) return target.get<std::int64_t>();
  const Json& containers = at(pod, "spec.containers");
  if (!containers.is_array()) return std::nullopt;
  for (const Json& container : containers) {
    const Json& ports = at(container, "ports");
    if (!ports.is_array()) continue;
    for (const Json& port : ports)
      if (at(port, "name") == target && at(port, "protocol") == protocol) return number_at(port, "containerPort", 0);
  }
  return std::nullopt;
}

Json ports_of(const Json& service, const Json& pod) {
  Json resolved = Json::array();
  const Json& ports = at(service, "spec.ports");
  if (!ports.is_array()) return resolved;
  for (const Json& port : ports) {
    const auto number = resolve(at(port, "targetPort"), at(port, "protocol"), pod);
    if (!number) continue;
    Json entry{{"port", *number}, {"protocol", at(port, "protocol")}};
    if (port.contains("name")) entry["name"] = port["name"];
    if (port.contains("appProtocol")) entry["appProtocol"] = port["appProtocol"];
    resolved.push_back(std::move(entry));
  }
  return resolved;
}

Json address_of(const Object& pod) {
  return {{"ip", at(pod.json(), "status.podIP")},
          {"nodeName", at(pod.json(), "spec.nodeName")},
          {"targetRef", {{"kind", "Pod"}, {"namespace", pod.space()}, {"name", pod.name()}, {"uid", pod.uid()}}}};
}

std::optional<std::pair<std::string, std::string>> first_pair(const Object& service) {
  const Labels selector = labels_of(at(service.json(), "spec.selector"));
  if (selector.empty()) return std::nullopt;
  return *selector.begin();
}

// What Endpoints say of a Pod.
bool same_endpoint(const Object& left, const Object& right) {
  return left.labels() == right.labels() && left.deleting() == right.deleting() && is_ready(left) == is_ready(right) &&
         is_finished(left) == is_finished(right) &&
         at(left.json(), "status.podIP") == at(right.json(), "status.podIP") &&
         at(left.json(), "spec.nodeName") == at(right.json(), "spec.nodeName");
}

}  // namespace

Json endpoint_subsets(const Object& service, const std::vector<ObjectPtr>& pods, bool& truncated) {
  const bool everybody = at(service.json(), "spec.publishNotReadyAddresses") == true;
  const bool portless = text_at(service.json(), "spec.clusterIP") == "None" && at(service.json(), "spec.ports").empty();
  std::map<std::string, Json> subsets;  // by their ports
  std::size_t count = 0;
  truncated = false;
  // Ready addresses first: they are what is kept when there are too many.
  for (const bool want_ready : {true, false}) {
    for (const ObjectPtr& pod : pods) {
      if (text_at(pod->json(), "status.podIP").empty() || is_finished(*pod)) continue;
      if (pod->deleting() && !everybody) continue;
      if ((everybody || is_ready(*pod)) != want_ready) continue;
      Json ports = ports_of(service.json(), pod->json());
      if (ports.empty() && !portless) continue;
      if (++count > kEndpointsAddressesMax) {
        truncated = true;
        break;
      }
      Json& subset = subsets[ports.dump()];
      if (subset.is_null() && !portless) subset["ports"] = std::move(ports);
      subset[want_ready ? "addresses" : "notReadyAddresses"].push_back(address_of(*pod));
    }
  }
  Json listed = Json::array();
  for (auto& [_, subset] : subsets) listed.push_back(std::move(subset));
  return listed;
}

EndpointsWriter::EndpointsWriter(boost::asio::io_context& io, Operations& operations)
    : operations_(operations),
      store_(operations.store()),
      queue_(io, [this](const Key& key) { sync(key); }),
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
  for (const auto& label : pod.labels()) {
    const auto names = pairs->second.find({label.first, label.second});
    if (names == pairs->second.end()) continue;
    for (const std::string& name : names->second) {
      const ObjectPtr service = store_.find(KindId::kService, pod.space(), name);
      if (service && carries_all(pod.labels(), labels_of(at(service->json(), "spec.selector"))))
        queue_.add(service->key());
    }
  }
}

void EndpointsWriter::sync(const Key& key) {
  const ObjectPtr service = store_.find(key);
  const Key target{KindId::kEndpoints, key.space, key.name};
  const ObjectPtr current = store_.find(target);
  if (!service) {
    if (current) (void)operations_.remove(target);
    return;
  }
  const Json& selector = at(service->json(), "spec.selector");
  // Endpoints of a Service without a selector are made by hand (Kubernetes: Services without selectors).
  if (!selector.is_object() || selector.empty() || text_at(service->json(), "spec.type") == "ExternalName") return;
  const auto pods_selector = LabelSelector::from_json(Json{{"matchLabels", selector}});
  bool truncated = false;
  Json subsets = endpoint_subsets(*service, store_.list(KindId::kPod, key.space, *pods_selector), truncated);

  Json next = current ? current->json() : Json{{"metadata", {{"name", key.name}, {"namespace", key.space}}}};
  Json labels = at(service->json(), "metadata.labels");
  if (!labels.is_object()) labels = Json::object();
  if (text_at(service->json(), "spec.clusterIP") == "None") labels[kHeadless] = "";
  if (labels.empty())
    next["metadata"].erase("labels");
  else
    next["metadata"]["labels"] = std::move(labels);
  if (truncated)
    next["metadata"]["annotations"][kOverCapacity] = "truncated";
  else if (!at(next, "metadata.annotations").is_null())
    next["metadata"]["annotations"].erase(kOverCapacity);
  if (subsets.empty())
    next.erase("subsets");
  else
    next["subsets"] = std::move(subsets);
  if (current)
    (void)store_.replace(current, std::move(next));
  else
    (void)operations_.create(KindId::kEndpoints, key.space, std::move(next));
}

}  // namespace plumbline::kube
