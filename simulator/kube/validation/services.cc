#include <fmt/format.h>

#include <set>

#include "simulator/kube/schema/names.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kSliceEndpointsMax = 1000, kSlicePortsMax = 20000, kEndpointAddressesMax = 100;
constexpr std::int64_t kAffinitySecondsMax = 86400;

void check_target_port(const Value& target, const FieldPath& path, Causes& causes) {
  if (target.is_integer()) {
    for (const std::string& why : port_number_complaints(target.integer())) causes.invalid(path, target, why);
  } else if (target.is_string()) {
    for (const std::string& why : port_name_complaints(target.text())) causes.invalid(path, target, why);
  }
}

void check_endpoint_address(const Value& address, const FieldPath& path, Causes& causes) {
  const Complaints form = ip_address_complaints(address.text());
  for (const std::string& why : form) causes.invalid(path, address.text(), why);
  if (!form.empty()) return;
  for (const std::string& why : endpoint_address_complaints(address.text())) causes.invalid(path, address, why);
}

void check_protocol(const Value& protocol, const FieldPath& path, Causes& causes) {
  if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP")
    causes.unsupported(path, protocol, {"SCTP", "TCP", "UDP"});
}

void check_optional_name(const Value& name, const FieldPath& path, Causes& causes) {
  if (name.text().empty()) return;
  for (const std::string& why : dns_label_complaints(name.text())) causes.invalid(path, name, why);
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
    check_protocol(port["protocol"], path[i] / "protocol", causes);
    if (const Value& application = port["appProtocol"]; !application.text().empty())
      for (const std::string& why : qualified_name_complaints(application.text()))
        causes.invalid(path[i] / "appProtocol", application, why);
    check_target_port(port["targetPort"], path[i] / "targetPort", causes);
    if (!numbers.emplace(protocol, port["port"].integer()).second)
      causes.duplicate(path[i], Value{{"port", port["port"]}, {"protocol", port["protocol"]}});
  }
}

/// Of what only Services of type LoadBalancer may say. What stays behind when a Service becomes one of another type is
/// taken away elsewhere.
void check_balanced(const Value& spec, const FieldPath& path, Causes& causes) {
  constexpr std::string_view kOthers = "may only be used when `type` is 'LoadBalancer'";
  const bool balanced = spec["type"] == "LoadBalancer";
  if (const Value& name = spec["loadBalancerClass"]; !name.text().empty()) {
    if (balanced)
      for (const std::string& why : qualified_name_complaints(name.text()))
        causes.invalid(path / "loadBalancerClass", name, why);
    else
      causes.forbidden(path / "loadBalancerClass", kOthers);
  }
  if (!balanced && !spec["loadBalancerSourceRanges"].empty())
    causes.forbidden(path / "LoadBalancerSourceRanges", kOthers);
  if (!balanced && spec.contains("allocateLoadBalancerNodePorts"))
    causes.forbidden(path / "allocateLoadBalancerNodePorts", kOthers);
  if (spec["healthCheckNodePort"].integer() != 0 && (!balanced || spec["externalTrafficPolicy"] != "Local"))
    causes.invalid(path / "healthCheckNodePort", spec["healthCheckNodePort"],
                   "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
  if (!spec["externalTrafficPolicy"].text().empty() && !balanced && spec["type"] != "NodePort" &&
      spec["externalIPs"].empty())
    causes.invalid(path / "externalTrafficPolicy", spec["externalTrafficPolicy"],
                   "may only be set for externally-accessible services");
}

/// Which connections a Service sends where.
void check_policies(const Value& spec, const FieldPath& path, Causes& causes) {
  for (const char* field : {"externalTrafficPolicy", "internalTrafficPolicy"})
    if (const Value& policy = spec[field]; !policy.text().empty() && policy != "Cluster" && policy != "Local")
      causes.unsupported(path / field, policy, {"Cluster", "Local"});
  if (const Value& word = spec["trafficDistribution"];
      !word.is_null() && word != "PreferClose" && word != "PreferSameZone" && word != "PreferSameNode")
    causes.unsupported(path / "trafficDistribution", word, {"PreferClose", "PreferSameZone", "PreferSameNode"});
  const Value& seconds = spec.at("sessionAffinityConfig.clientIP.timeoutSeconds");
  if (!seconds.is_null() && (seconds.integer() <= 0 || seconds.integer() > kAffinitySecondsMax))
    causes.invalid(path / "sessionAffinityConfig" / "clientIP" / "timeoutSeconds", seconds,
                   fmt::format("must be greater than 0 and less than {}", kAffinitySecondsMax));
}

/// These clusters speak IPv4 alone.
void check_families(const Value& spec, const FieldPath& path, Causes& causes) {
  const Value &families = spec["ipFamilies"], &policy = spec["ipFamilyPolicy"];
  for (std::size_t i = 0; i < families.size(); ++i) {
    if (families[i] != "IPv4" && families[i] != "IPv6")
      causes.unsupported((path / "ipFamilies")[i], families[i], {"IPv4", "IPv6"});
    else if (families[i] == "IPv6" && families.size() == 1)
      causes.invalid((path / "ipFamilies")[i], families[i], "not configured on this cluster");
  }
  if (policy.text().empty()) return;
  if (policy == "RequireDualStack")
    causes.invalid(path / "ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services");
  else if (policy != "SingleStack" && policy != "PreferDualStack")
    causes.unsupported(path / "ipFamilyPolicy", policy, {"PreferDualStack", "RequireDualStack", "SingleStack"});
  else if (policy == "SingleStack" && families.size() > 1)
    causes.invalid(path / "ipFamilyPolicy", policy,
                   "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified");
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
    causes.invalid((path / "clusterIPs")[0], "None", "may not be set to 'None' for " + std::string(type) + " services");
  if (type == "ExternalName") {
    if (spec["externalName"].text().empty())
      causes.required(path / "externalName");
    else
      for (const std::string& why : dns_subdomain_complaints(spec["externalName"].text()))
        causes.invalid(path / "externalName", spec["externalName"], why);
    if (!address.empty() && !headless)
      causes.forbidden(path / "clusterIPs", "may not be set for ExternalName services");
  }
  if (type != "ExternalName" && !address.empty() && !headless)
    for (const std::string& why : ip_address_complaints(address))
      causes.invalid((path / "clusterIPs")[0], address, why);
  for (std::size_t i = 0; i < spec["externalIPs"].size(); ++i)
    check_endpoint_address(spec["externalIPs"][i], (path / "externalIPs")[i], causes);
  if (current == nullptr && type == "ClusterIP")
    for (std::size_t i = 0; i < spec["ports"].size(); ++i)
      if (spec["ports"][i]["nodePort"].integer() != 0)
        causes.forbidden((path / "ports")[i] / "nodePort", "may not be used when `type` is 'ClusterIP'");
  const std::string_view affinity = spec["sessionAffinity"].text();
  if (affinity != "None" && affinity != "ClientIP")
    causes.unsupported(path / "sessionAffinity", spec["sessionAffinity"], {"ClientIP", "None"});
  check_service_ports(spec["ports"], path / "ports", causes);
  check_labels(spec["selector"], path / "selector", causes);
  check_policies(spec, path, causes);
  check_families(spec, path, causes);
  if (current == nullptr) check_balanced(spec, path, causes);
  if (current == nullptr) return;
  const std::string_view before = current->text("spec.clusterIP");
  if (!before.empty() && before != address && type != "ExternalName" && current->text("spec.type") != "ExternalName") {
    causes.invalid((path / "clusterIPs")[0], Value::array({spec["clusterIP"]}), "may not change once set");
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
      for (std::size_t n = 0; n < subset[list].size(); ++n) {
        const FieldPath at = (path[i] / list)[n];
        check_endpoint_address(subset[list][n]["ip"], at / "ip", causes);
        if (const Value& node = subset[list][n]["nodeName"]; !node.text().empty())
          for (const std::string& why : dns_subdomain_complaints(node.text()))
            causes.invalid(at / "nodeName", node, why);
      }
    for (std::size_t n = 0; n < subset["ports"].size(); ++n) {
      const Value& port = subset["ports"][n];
      if (subset["ports"].size() > 1 && port["name"].text().empty()) causes.required((path[i] / "ports")[n] / "name");
      check_optional_name(port["name"], (path[i] / "ports")[n] / "name", causes);
      for (const std::string& why : port_number_complaints(port["port"].integer()))
        causes.invalid((path[i] / "ports")[n] / "port", port["port"].integer(), why);
      check_protocol(port["protocol"], (path[i] / "ports")[n] / "protocol", causes);
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
  for (std::size_t i = 0; i < slice["endpoints"].size(); ++i) {
    const FieldPath at = path[i] / "addresses";
    const Value& addresses = slice["endpoints"][i]["addresses"];
    if (addresses.empty()) causes.required(at, "must contain at least 1 address");
    if (addresses.size() > kEndpointAddressesMax) causes.too_many(at, addresses.size(), kEndpointAddressesMax);
    for (std::size_t n = 0; n < addresses.size(); ++n) {
      if (type == "FQDN")
        for (const std::string& why : dns_subdomain_complaints(addresses[n].text()))
          causes.invalid(at[n], addresses[n], why);
      if (type != "IPv4" && type != "IPv6") continue;
      const bool four = is_ipv4_address(addresses[n].text());
      if (ip_address_complaints(addresses[n].text()).empty() && four != (type == "IPv4"))
        causes.invalid(at, addresses[n], type == "IPv4" ? "must be an IPv4 address" : "must be an IPv6 address");
      check_endpoint_address(addresses[n], at[n], causes);
    }
  }
  if (slice["ports"].size() > kSlicePortsMax)
    causes.too_many(FieldPath("ports"), slice["ports"].size(), kSlicePortsMax);
  for (std::size_t i = 0; i < slice["ports"].size(); ++i) {
    const FieldPath at = FieldPath("ports")[i];
    check_optional_name(slice["ports"][i]["name"], at / "name", causes);
    check_protocol(slice["ports"][i]["protocol"], at / "protocol", causes);
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < slice["ports"].size(); ++i)
    if (!names.insert(slice["ports"][i]["name"].text()).second)
      causes.duplicate(FieldPath("ports")[i] / "name", slice["ports"][i]["name"]);
}

}  // namespace plumbline::kube
