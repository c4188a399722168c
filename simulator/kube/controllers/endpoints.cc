#include "simulator/kube/controllers/endpoints.h"

#include <map>
#include <utility>

#include "simulator/kube/api/pod_state.h"
#include "simulator/kube/controllers/field_manager.h"
#include "simulator/kube/controllers/pod_ports.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr const char* kOverCapacity = "endpoints.kubernetes.io/over-capacity";

Value address_of(const Object& service, const Object& pod) {
  Value address{{"ip", pod.at("status.podIP")},
                {"nodeName", pod.at("spec.nodeName")},
                {"targetRef", {{"kind", "Pod"}, {"namespace", pod.space()}, {"name", pod.name()}, {"uid", pod.uid()}}}};
  if (const Value& hostname = hostname_in(service, pod); !hostname.is_null()) address["hostname"] = hostname;
  return address;
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
      Value ports = endpoint_ports(service.value(), pod->value());
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
      subset[want_ready ? "addresses" : "notReadyAddresses"].push_back(address_of(service, *pod));
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
      services_(store_, [this](const ObjectKey& service) { queue_.add(service); }),
      endpoints_(store_.subscribe(KindId::kEndpoints, "", [this](const Event& event) {
        if (event.op == Op::kDeleted) queue_.add({KindId::kService, event.object->space(), event.object->name()});
      })) {}

void EndpointsWriter::sync(const ObjectKey& key) {
  if (pace_.rests(key)) return;
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
  const std::vector<ObjectPtr> pods = store_.list(KindId::kPod, key.space, *pods_selector);
  pace_.worked(key, pods.size());
  Value subsets = endpoint_subsets(*service, pods, truncated);

  Value next = current ? current->value() : Value{{"metadata", {{"name", key.name}, {"namespace", key.space}}}};
  Value labels = service->labels();
  if (service->text("spec.clusterIP") == "None") labels[kHeadlessLabel] = "";
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
