#include "simulator/world/traps.h"

#include <fmt/format.h>

namespace plumbline::world {
namespace {

using kube::Value;

struct Place {
  network::Address address;
  std::uint16_t port = 0;
};

/// Where a Service can be reached without going to a Pod, by label.
std::map<std::string, Place> places_of(const Value& service, const std::vector<network::Address>& nodes) {
  std::map<std::string, Place> places;
  const auto add = [&](const char* kind, const std::optional<network::Address>& address, std::int64_t port) {
    if (!address || port <= 0 || port > 65535) return;
    places[fmt::format("trap:{}:{}:{}", kind, address->str(), port)] = {*address, static_cast<std::uint16_t>(port)};
  };
  for (const Value& port : service.at("spec.ports")) {
    const std::int64_t number = port["port"].integer();
    add("cluster-ip", network::parse_address(service.at("spec.clusterIP").string()), number);
    for (const network::Address& node : nodes) add("node-port", node, port["nodePort"].integer());
    for (const Value& ingress : service.at("status.loadBalancer.ingress")) {
      add("clb", network::parse_address(ingress["ip"].string()), number);
    }
  }
  return places;
}

}  // namespace

void Traps::follow(const kube::Change& change) {
  if (change.kind != "Service") return;
  const std::string service =
      change.object.at("metadata.namespace").string() + "/" + change.object.at("metadata.name").string();
  if (change.op == "DELETED") {
    traps_.erase(service);
    return;
  }
  const auto places = places_of(change.object, nodes_);
  auto& set = traps_[service];
  std::erase_if(set, [&](const auto& trap) { return !places.contains(trap.first); });
  for (const auto& [label, place] : places) {
    if (set.contains(label)) continue;
    auto server = std::make_unique<pods::Server>(io_, journal_, space_, pods::trap_role(label));
    // A Service whose address another one has too is the cluster's mistake; the first one's trap stands there.
    if (server->open(place.address, {place.port})) set[label] = std::move(server);
  }
}

std::vector<std::string> Traps::labels() const {
  std::vector<std::string> list;
  for (const auto& [service, traps] : traps_) {
    for (const auto& [label, server] : traps) list.push_back(label);
  }
  return list;
}

}  // namespace plumbline::world
