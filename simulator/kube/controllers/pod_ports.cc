#include "simulator/kube/controllers/pod_ports.h"

#include <utility>

namespace plumbline::kube {
namespace {

/// The number that `target` means in this Pod; nullopt when the Pod has no port of that name.
std::optional<std::int64_t> resolve(const Value& target, const Value& protocol, const Value& pod) {
  if (target.is_number()) return target.integer();
  for (const Value& container : pod.at("spec.containers"))
    for (const Value& port : container["ports"])
      if (port["name"] == target && port["protocol"] == protocol) return port["containerPort"].integer();
  return std::nullopt;
}

}  // namespace

Value endpoint_ports(const Value& service, const Value& pod) {
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

Value slice_ports(const Value& service, const Value& pod) {
  Value ports = endpoint_ports(service, pod);
  for (std::size_t i = 0; i < ports.size(); ++i)
    if (!std::as_const(ports)[i].contains("name")) ports.item(i)["name"] = "";
  return ports.empty() ? Value() : ports;
}

}  // namespace plumbline::kube
