#include "simulator/program/trouble.h"

#include "simulator/program/control.h"
#include "simulator/program/exec.h"

namespace plumbline::program {

using nlohmann::json;

json to_json(const TroubleOrder& order) {
  json out{{"cluster", order.cluster}};
  switch (order.verb) {
    case TroubleOrder::Verb::kFault:
      out["fault"] = kube::to_json(order.fault);
      break;
    case TroubleOrder::Verb::kHeal:
      out["heal"] = order.kind ? std::string(to_string(*order.kind)) : "";
      break;
    case TroubleOrder::Verb::kNode:
      out["node"] = order.node;
      out["ready"] = order.status;
      break;
  }
  return out;
}

Result<void> carry_out(const json& order, network::Descriptor passed, world::World& world) {
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
    return fault ? world.fault_api(cluster, *fault) : Result<void>(unknown("fault " + order["fault"].dump()));
  }
  if (order.contains("heal")) {
    const auto kind = kube::fault_kind(text("heal"));
    const bool all = order["heal"] == "";
    return kind || all ? world.heal_api(cluster, kind) : Result<void>(unknown("heal " + order["heal"].dump()));
  }
  if (order.contains("node")) return world.set_node_ready(cluster, text("node"), text("ready"));
  if (order.contains("record") && passed.valid()) return world.record(cluster, std::move(passed));
  return unknown(order.dump());
}

Result<void> make_trouble(const TroubleOrder& order) {
  const auto world = choose_world(order.world, worlds_up());
  if (!world) return world.error();
  return order_control(*world, to_json(order));
}

}  // namespace plumbline::program
