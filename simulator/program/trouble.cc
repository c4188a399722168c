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

Result<std::string> make_trouble(const TroubleOrder& order) {
  const auto world = choose_world(order.world, worlds_up());
  if (!world) return world.error();
  return order_control(*world, to_json(order));
}

}  // namespace plumbline::program
