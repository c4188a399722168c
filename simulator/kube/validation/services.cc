#include <set>

#include "simulator/kube/schema/names.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kSliceEndpointsMax = 1000, kSlicePortsMax = 20000;

void check_target_port(const Value& target, const FieldPath& path, Causes& causes) {
  if (target.is_integer()) {
    for (const std::string& why : port_number_complaints(target.integer())) causes.invalid(path, target, why);
  } else if (target.is_string()) {
    for (const std::string& why : port_name_complaints(target.text())) causes.invalid(path, target, why);
  }
}

void check_service_ports(const Value& ports, const FieldPath& path, Causes& causes) {
  std::set<std::string_view> names;
  std::set<std::pair<std::string_view, std::int64_t>> numbers;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const Value& port = ports[i];
    if (port["name"].text().empty()) {
      if (ports.size() > 1) causes.required(path[i] / "name");
    } else {
      for (const std::string& why : dns_label_complaints(port["name"].text()))
        causes.invalid(path[i] / "name", port["name"], why);
      if (!names.insert(port["name"].text()).second) causes.duplicate(path[i] / "name", port["name"]);
    }
    for (const std::string& why : port_number_complaints(port["port"].integer()))
      causes.invalid(path[i] / "port", port["port"].is_null() ? Value(0) : port["port"], why);
    const std::string_view protocol = port["protocol"].text();
    if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP")
      causes.unsupported(path[i] / "protocol", port["protocol"], {"SCTP", "TCP", "UDP"});
    check_target_port(port["targetPort"], path[i] / "targetPort", causes);
    if (!numbers.emplace(protocol, port["port"].integer()).second)
      causes.duplicate(path[i], Value{{"port", port["port"]}, {"protocol", port["protocol"]}});
  }
}

}  // namespace

void check_service(const Value& service, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  const Value& spec = service["spec"];
  const std::string_view type = spec["type"].text(), address = spec["clusterIP"].text();
  if (type != "ClusterIP" && type != "NodePort" && type != "LoadBalancer" && type != "ExternalName")
    causes.unsupported(path / "type", spec["type"], {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  const bool headless = address == "None";
  if (type != "ExternalName" && !headless && spec["ports"].empty()) causes.required(path / "ports");
  if (headless && (type == "NodePort" || type == "LoadBalancer"))
    causes.invalid((path / "clusterIPs")[0], "None",
                   "may not be set to 'None' for " + std::string(type) + " services");
  if (type == "ExternalName") {
    if (spec["externalName"].text().empty())
      causes.required(path / "externalName");
    else
      for (const std::string& why : dns_subdomain_complaints(spec["externalName"].text()))
        causes.invalid(path / "externalName", spec["externalName"], why);
    if (!address.empty() && !headless) causes.forbidden(path / "clusterIPs", "may not be set when `type` is 'ExternalName'");
  }
  const std::string_view affinity = spec["sessionAffinity"].text();
  if (affinity != "None" && affinity != "ClientIP")
    causes.unsupported(path / "sessionAffinity", spec["sessionAffinity"], {"ClientIP", "None"});
  check_service_ports(spec["ports"], path / "ports", causes);
  check_labels(spec["selector"], path / "selector", causes);
  if (current == nullptr) return;
  const std::string_view before = current->text("spec.clusterIP");
  if (!before.empty() && before != address && type != "ExternalName" &&
      current->text("spec.type") != "ExternalName") {
    causes.invalid((path / "clusterIPs")[0], spec["clusterIPs"], "may not change once set");
  }
}

void check_endpoints(const Value& endpoints, Causes& causes) {
  const FieldPath path("subsets");
  const Value& subsets = endpoints["subsets"];
  for (std::size_t i = 0; i < subsets.size(); ++i) {
    const Value& subset = subsets[i];
    if (subset["addresses"].empty() && subset["notReadyAddresses"].empty())
      causes.required(path[i], "must specify `addresses` or `notReadyAddresses`");
    for (const char* list : {"addresses", "notReadyAddresses"})
      for (std::size_t n = 0; n < subset[list].size(); ++n)
        if (subset[list][n]["ip"].text().empty())
          causes.invalid((path[i] / list)[n] / "ip", subset[list][n]["ip"].is_null() ? Value("") : subset[list][n]["ip"],
                         "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    for (std::size_t n = 0; n < subset["ports"].size(); ++n) {
      const Value& port = subset["ports"][n];
      if (subset["ports"].size() > 1 && port["name"].text().empty()) causes.required((path[i] / "ports")[n] / "name");
      for (const std::string& why : port_number_complaints(port["port"].integer()))
        causes.invalid((path[i] / "ports")[n] / "port", port["port"], why);
    }
  }
}

void check_endpoint_slice(const Value& slice, const Object* current, Causes& causes) {
  const Value& type = slice["addressType"];
  if (type.text().empty())
    causes.required(FieldPath("addressType"));
  else if (type != "IPv4" && type != "IPv6" && type != "FQDN")
    causes.unsupported(FieldPath("addressType"), type, {"FQDN", "IPv4", "IPv6"});
  if (current != nullptr && !(current->at("addressType") == type))
    causes.invalid(FieldPath("addressType"), type, "field is immutable");
  const FieldPath path("endpoints");
  if (slice["endpoints"].size() > kSliceEndpointsMax)
    causes.too_many(path, slice["endpoints"].size(), kSliceEndpointsMax);
  for (std::size_t i = 0; i < slice["endpoints"].size(); ++i)
    if (slice["endpoints"][i]["addresses"].empty())
      causes.required(path[i] / "addresses", "must contain at least 1 address");
  if (slice["ports"].size() > kSlicePortsMax)
    causes.too_many(FieldPath("ports"), slice["ports"].size(), kSlicePortsMax);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < slice["ports"].size(); ++i)
    if (!names.insert(slice["ports"][i]["name"].text()).second)
      causes.duplicate(FieldPath("ports")[i] / "name", slice["ports"][i]["name"]);
}

}  // namespace plumbline::kube
