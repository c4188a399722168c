#include "conformance/language/plan_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumbline::conformance {
namespace {

using Steps = std::vector<Step>;

Steps::const_iterator named(const Plan& plan, const Expectation& expectation, const char* argument) {
  const auto name = expectation.arguments.find(argument);
  if (name == expectation.arguments.end() || !name->is_string()) return plan.steps.end();
  return std::find_if(plan.steps.begin(), plan.steps.end(), [&](const Step& step) { return step.as == *name; });
}

/// What is wrong with the window that `roundRobin` looks at; "" when nothing is.
std::string wrong_connection(const Plan& plan, const Expectation& expectation) {
  const auto step = named(plan, expectation, "during");
  const Send* send = step == plan.steps.end() ? nullptr : std::get_if<Send>(&step->action);
  if (send == nullptr || (!send->fresh && send->connections == 1)) return "";
  return fmt::format("roundRobin looks at one connection that is kept, and '{}' has {}", step->as,
                     send->fresh ? "fresh: true" : fmt::format("connections: {}", send->connections));
}

/// What is wrong with the window during which `propagation` looks for the change of a step; "" when nothing is.
std::string wrong_moment(const Plan& plan, const Expectation& expectation) {
  const auto during = named(plan, expectation, "during"), after = named(plan, expectation, "after");
  if (during == plan.steps.end() || after == plan.steps.end()) return "";
  const Send* send = std::get_if<Send>(&during->action);
  const bool stopped = std::any_of(during, std::max(during, after), [&](const Step& step) {
    const Stop* stop = std::get_if<Stop>(&step.action);
    return stop != nullptr && stop->window == during->as;
  });
  if (send != nullptr && send->background && during < after && !stopped) return "";
  return fmt::format(
      "propagation looks at traffic that goes on while '{0}' is carried out: send '{1}' before it, with "
      "background: true, and stop it afterwards",
      after->as, during->as);
}

}  // namespace

void check_plan(const Plan& plan, yaml::Problems& problems) {
  for (const auto* list : {&plan.require, &plan.expect}) {
    for (const Expectation& expectation : *list) {
      const std::string wrong = expectation.noun == "roundRobin"    ? wrong_connection(plan, expectation)
                                : expectation.noun == "propagation" ? wrong_moment(plan, expectation)
                                                                    : "";
      if (!wrong.empty()) problems.add(expectation.place, wrong);
    }
  }
}

}  // namespace plumbline::conformance
