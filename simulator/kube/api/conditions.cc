#include "simulator/kube/api/conditions.h"

#include <utility>

namespace plumbline::kube {

const Value& find_condition(const Value& status, std::string_view type) {
  static const Value kNone;
  for (const Value& condition : status["conditions"])
    if (condition["type"] == type) return condition;
  return kNone;
}

void put_condition(Value& status, Value fresh) {
  const std::size_t count = std::as_const(status)["conditions"].size();
  for (std::size_t i = 0; i < count; ++i) {
    const Value& condition = std::as_const(status)["conditions"][i];
    if (condition["type"] != fresh["type"]) continue;
    if (condition["status"] == std::as_const(fresh)["status"])
      fresh["lastTransitionTime"] = condition["lastTransitionTime"];
    if (condition != fresh) status["conditions"].item(i) = std::move(fresh);
    return;
  }
  status["conditions"].push_back(std::move(fresh));
}

}  // namespace plumbline::kube
