#include "simulator/program/orders.h"

namespace plumbline::program {

using nlohmann::json;

namespace {

Result<std::string> silently(const Result<void>& done) { return done ? Result<std::string>("") : done.error(); }

}  // namespace

Result<std::string> carry_out(const json& order, network::Descriptor passed, world::World& world) {
  const auto unknown = [](const std::string& what) {
    return Error{Reason::kInvalidValue, "the world does not know this order: " + what, "", ""};
  };
  const auto text = [&](const char* field) {
    const auto found = order.find(field);
    return found != order.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (!order.is_object()) return unknown("it is no JSON object");
  const ClusterId cluster(text("cluster"));
  if (order.contains("fault")) {
    const auto fault = kube::fault_from_json(order["fault"]);
    return fault ? silently(world.fault_api(cluster, *fault))
                 : Result<std::string>(unknown("fault " + order["fault"].dump()));
  }
  if (order.contains("heal")) {
    const auto kind = kube::fault_kind(text("heal"));
    const bool all = order["heal"] == "";
    return kind || all ? silently(world.heal_api(cluster, kind))
                       : Result<std::string>(unknown("heal " + order["heal"].dump()));
  }
  if (order.contains("node")) return silently(world.set_node_ready(cluster, text("node"), text("ready")));
  if (order.contains("record") && passed.valid()) return silently(world.record(cluster, std::move(passed)));
  if (order.contains("status")) return world.status().dump();
  return unknown(order.dump());
}

}  // namespace plumbline::program
