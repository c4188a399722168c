#include "simulator/kube/api/service_admission.h"

#include <fmt/format.h>

#include <set>

namespace plumbline::kube {
namespace {

Failure exhausted(std::string_view what) {
  return {500, "InternalError", fmt::format("Internal error occurred: failed to allocate {}: range is full", what),
          nullptr};
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
    : cluster_ips_(service_cidr), load_balancers_(load_balancer_cidr, load_balancer_first) {}

Outcome<void> ServiceAdmission::allocate(const Kind& kind, Value& service, const Object* current, bool dry_run) {
  // What is only tried is given back at once: the pools are small values.
  const auto before = dry_run ? std::optional(*this) : std::nullopt;
  Outcome<void> done = allocate_address(kind, service, current);
  if (done) done = allocate_node_ports(kind, service, current);
  if (done) allocate_balancer(service, current);
  if (before) *this = *before;
  return done;
}

Outcome<void> ServiceAdmission::allocate_address(const Kind& kind, Value& service, const Object* current) {
  Value& spec = service["spec"];
  const std::string had = spec_of(current)["clusterIP"].string();
  if (std::as_const(spec)["type"] == "ExternalName") {
    if (!had.empty()) cluster_ips_.give_back(had);
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
    spec["clusterIP"] = *address;
  } else if (asked != had && asked != "None" && !cluster_ips_.take(asked)) {
    const bool inside = cluster_ips_.contains(asked);
    const std::string why =
        fmt::format("failed to allocate IP {}: {}", asked,
                    inside ? "provided IP is already allocated" : "the provided IP is not in the valid range");
    return invalid(kind, std::as_const(service).at("metadata.name").text(),
                   {{"FieldValueInvalid", fmt::format("Invalid value: [\"{}\"]: {}", asked, why), "spec.clusterIPs"}});
  }
  spec["clusterIPs"] = Value::array({std::as_const(spec)["clusterIP"]});
  if (!std::as_const(spec).contains("ipFamilies")) spec["ipFamilies"] = Value::array({"IPv4"});
  if (!std::as_const(spec).contains("ipFamilyPolicy")) spec["ipFamilyPolicy"] = "SingleStack";
  return {};
}

Outcome<void> ServiceAdmission::allocate_node_ports(const Kind& kind, Value& service, const Object* current) {
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
    } else if (!held.contains(number) && !node_ports_.take(static_cast<int>(number))) {
      const bool inside = number >= kNodePortMin && number <= kNodePortMax;
      return invalid(
          kind, std::as_const(service).at("metadata.name").text(),
          {{"FieldValueInvalid",
            fmt::format("Invalid value: {}: {}", number,
                        inside
                            ? std::string("provided port is already allocated")
                            : fmt::format("provided port is not in the valid range. The range of valid ports is {}-{}",
                                          kNodePortMin, kNodePortMax)),
            fmt::format("spec.ports[{}].nodePort", i)}});
    }
    if (port["nodePort"].integer() != number) spec["ports"].item(i)["nodePort"] = number;
    kept.insert(number);
  }
  for (const std::int64_t number : held)
    if (!kept.contains(number)) node_ports_.give_back(static_cast<int>(number));
  return {};
}

void ServiceAdmission::allocate_balancer(Value& service, const Object* current) {
  static const Value kNone;
  const Value& had = current == nullptr ? kNone : current->at("status.loadBalancer.ingress");
  if (std::as_const(service).at("spec.type") == "LoadBalancer") {
    if (!had.empty()) {
      service["status"]["loadBalancer"]["ingress"] = had;
    } else if (const auto address = load_balancers_.take()) {
      service["status"]["loadBalancer"]["ingress"] = Value::array({{{"ip", *address}, {"ipMode", "VIP"}}});
    }
    return;
  }
  if (had.empty()) return;
  load_balancers_.give_back(had.front()["ip"].text());
  service["status"]["loadBalancer"] = Value::object();
}

void ServiceAdmission::release(const Value& service) {
  if (const Value& address = service.at("spec.clusterIP"); !address.text().empty())
    cluster_ips_.give_back(address.text());
  for (const Value& port : service.at("spec.ports"))
    if (port["nodePort"].integer() != 0) node_ports_.give_back(static_cast<int>(port["nodePort"].integer()));
  for (const Value& ingress : service.at("status.loadBalancer.ingress"))
    load_balancers_.give_back(ingress["ip"].text());
}

}  // namespace plumbline::kube
