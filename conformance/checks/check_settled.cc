#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {

Finding check_settled(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [step, why] = context.step(arguments, "step");
  if (step == nullptr) return why;
  if (!step->settled) return Finding::harness_error(fmt::format("'{}' does not say whether it settled", step->as));
  if (*step->settled) {
    Finding finding = Finding::pass(fmt::format("settled after {:.0f} ms", milliseconds(step->t1 - step->t)));
    finding.measured = {{"settle_ms", milliseconds(step->t1 - step->t)}, {"probes", step->probes}};
    return finding;
  }
  const std::string seen = step->error.empty() ? "probes still met the old state" : step->error;
  Finding finding = Finding::fail(
      "the change did not take effect in time",
      fmt::format("every node answers within {:.0f} ms", milliseconds(context.deadline_us("propagation"))), seen);
  finding.show(step->t1, step->line, seen);
  return context.unless_stalled(std::move(finding), step->t, step->t1);
}

}  // namespace plumbline::conformance
