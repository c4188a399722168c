#include "simulator/kube/api/service_admission.h"

#include <fmt/format.h>

#include <set>

namespace plumbline::kube {
namespace {

Failure exhausted(std::string_view what) {
  return {500, "InternalError", fmt::format("Internal error occurred: failed to allocate {}: range is full", what),
          nullptr};
}

Failure bad_port(const Kind& kind, const Value& service, std::int64_t port, std::string field) {
  const std::string why =
      port >= kNodePortMin && port <= kNodePortMax
          ? "provided port is already allocated"
          : fmt::format("provided port is not in the valid range. The range of valid ports is {}-{}", kNodePortMin,
                        kNodePortMax);
  return invalid(kind, service.at("metadata.name").text(),
                 {{"FieldValueInvalid", fmt::format("Invalid value: {}: {}", port, why), std::move(field)}});
}

const Value& spec_of(const Object* service) {
  static const Value kNone;
  return service == nullptr ? kNone : service->at("spec");
}

bool wants_node_ports(const Value& spec) {
  return spec["type"] == "NodePort" ||
         (spec["type"] == "LoadBalancer" && !(spec["allocateLoadBalancerNodePorts"] == Value(false)));
}

}  // namespace

ServiceAdmission::ServiceAdmission(std::string_view service_cidr, std::string_view load_balancer_cidr,
                                   std::uint32_t load_balancer_first)
    : service_cidr_(service_cidr),
      cluster_ips_(service_cidr),
      load_balancers_(load_balancer_cidr, load_balancer_first) {}

Outcome<void> ServiceAdmission::allocate(const Kind& kind, Value& service, const Object* current, bool dry_run) {
  Ledger ledger;
  Outcome<void> done = allocate_address(kind, service, current, ledger);
  if (done) done = allocate_node_ports(kind, service, current, ledger);
  if (done) done = allocate_health_port(kind, service, current, ledger);
  if (done) allocate_balancer(service, current, ledger);
  const bool kept = done && !dry_run;
  for (const std::string& address : kept ? ledger.old_addresses : ledger.addresses) cluster_ips_.give_back(address);
  for (const std::string& address : kept ? ledger.old_balancers : ledger.balancers) load_balancers_.give_back(address);
  for (const int port : kept ? ledger.old_ports : ledger.ports) node_ports_.give_back(port);
  return done;
}

Outcome<void> ServiceAdmission::allocate_address(const Kind& kind, Value& service, const Object* current,
                                                 Ledger& ledger) {
  Value& spec = service["spec"];
  const std::string had = spec_of(current)["clusterIP"].string();
  if (std::as_const(spec)["type"] == "ExternalName") {
    if (!had.empty()) ledger.old_addresses.push_back(had);
    for (const char* field : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"})
      spec.erase(field);
    return {};
  }
  const std::string asked = std::as_const(spec)["clusterIP"].string();
  if (asked.empty() && !had.empty()) {
    spec["clusterIP"] = had;
  } else if (asked.empty()) {
    const auto address = cluster_ips_.take();
    if (!address) return exhausted("a serviceIP");
    ledger.addresses.push_back(*address);
    spec["clusterIP"] = *address;
  } else if (asked != had && asked != "None") {
    if (cluster_ips_.take(asked)) {
      ledger.addresses.push_back(asked);
    } else {
      const std::string why =
          cluster_ips_.contains(asked)
              ? "provided IP is already allocated"
              : fmt::format("the provided IP ({}) is not in the valid range. The range of valid IPs is {}", asked,
                            service_cidr_);
      return invalid(
          kind, std::as_const(service).at("metadata.name").text(),
          {{"FieldValueInvalid", fmt::format("Invalid value: [\"{0}\"]: failed to allocate IP {0}: {1}", asked, why),
            "spec.clusterIPs"}});
    }
  }
  spec["clusterIPs"] = Value::array({std::as_const(spec)["clusterIP"]});
  // Nobody knows of which family the endpoints will be that somebody else gives to it.
  const bool any = asked == "None" && std::as_const(spec)["selector"].empty();
  if (!std::as_const(spec).contains("ipFamilies"))
    spec["ipFamilies"] = any ? Value::array({"IPv4", "IPv6"}) : Value::array({"IPv4"});
  if (!std::as_const(spec).contains("ipFamilyPolicy"))
    spec["ipFamilyPolicy"] = any ? "RequireDualStack" : "SingleStack";
  return {};
}

Outcome<void> ServiceAdmission::allocate_node_ports(const Kind& kind, Value& service, const Object* current,
                                                    Ledger& ledger) {
  Value& spec = service["spec"];
  std::set<std::int64_t> held, kept;
  for (const Value& port : spec_of(current)["ports"])
    if (port["nodePort"].integer() != 0) held.insert(port["nodePort"].integer());
  const bool wanted = wants_node_ports(spec);
  for (std::size_t i = 0; i < std::as_const(spec)["ports"].size(); ++i) {
    const Value port = std::as_const(spec)["ports"][i];
    std::int64_t number = port["nodePort"].integer();
    if (!wanted) {
      if (port.contains("nodePort")) spec["ports"].item(i).erase("nodePort");
      continue;
    }
    if (number == 0)
      for (const Value& old : spec_of(current)["ports"])
        if (old["port"] == port["port"] && old["protocol"] == port["protocol"]) number = old["nodePort"].integer();
    if (number == 0) {
      const auto taken = node_ports_.take();
      if (!taken) return exhausted("a nodePort");
      number = *taken;
      ledger.ports.push_back(*taken);
    } else if (!held.contains(number) && !kept.contains(number)) {
      if (!node_ports_.take(static_cast<int>(number)))
        return bad_port(kind, service, number, fmt::format("spec.ports[{}].nodePort", i));
      ledger.ports.push_back(static_cast<int>(number));
    }
    if (port["nodePort"].integer() != number) spec["ports"].item(i)["nodePort"] = number;
    kept.insert(number);
  }
  for (const std::int64_t number : held)
    if (!kept.contains(number)) ledger.old_ports.push_back(static_cast<int>(number));
  return {};
}

Outcome<void> ServiceAdmission::allocate_health_port(const Kind& kind, Value& service, const Object* current,
                                                     Ledger& ledger) {
  Value& spec = service["spec"];
  const std::int64_t had = spec_of(current)["healthCheckNodePort"].integer();
  const std::int64_t asked = std::as_const(spec)["healthCheckNodePort"].integer();
  if (std::as_const(spec)["type"] != "LoadBalancer" || std::as_const(spec)["externalTrafficPolicy"] != "Local") {
    if (had != 0) ledger.old_ports.push_back(static_cast<int>(had));
    spec.erase("healthCheckNodePort");
    return {};
  }
  if (asked == 0 && had == 0) {
    const auto taken = node_ports_.take();
    if (!taken) return exhausted("a HealthCheck NodePort");
    ledger.ports.push_back(*taken);
    spec["healthCheckNodePort"] = *taken;
  } else if (asked == 0) {
    spec["healthCheckNodePort"] = had;
  } else if (asked != had) {
    if (!node_ports_.take(static_cast<int>(asked))) return bad_port(kind, service, asked, "spec.healthCheckNodePort");
    ledger.ports.push_back(static_cast<int>(asked));
    if (had != 0) ledger.old_ports.push_back(static_cast<int>(had));
  }
  return {};
}

void ServiceAdmission::allocate_balancer(Value& service, const Object* current, Ledger& ledger) {
  static const Value kNone;
  const Value& had = current == nullptr ? kNone : current->at("status.loadBalancer.ingress");
  if (std::as_const(service).at("spec.type") == "LoadBalancer") {
    if (!had.empty()) {
      service["status"]["loadBalancer"]["ingress"] = had;
    } else if (const auto address = load_balancers_.take()) {
      ledger.balancers.push_back(*address);
      service["status"]["loadBalancer"]["ingress"] = Value::array({{{"ip", *address}, {"ipMode", "VIP"}}});
    }
    return;
  }
  if (had.empty()) return;
  ledger.old_balancers.push_back(had.front()["ip"].string());
  service["status"]["loadBalancer"] = Value::object();
}

void ServiceAdmission::release(const Value& service) {
  if (const Value& address = service.at("spec.clusterIP"); !address.text().empty())
    cluster_ips_.give_back(address.text());
  for (const Value& port : service.at("spec.ports"))
    if (port["nodePort"].integer() != 0) node_ports_.give_back(static_cast<int>(port["nodePort"].integer()));
  if (const std::int64_t port = service.at("spec.healthCheckNodePort").integer(); port != 0)
    node_ports_.give_back(static_cast<int>(port));
  for (const Value& ingress : service.at("status.loadBalancer.ingress"))
    load_balancers_.give_back(ingress["ip"].text());
}

}  // namespace plumbline::kube
