#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {

Finding check_accepted(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [step, why] = context.step(arguments, "outcome");
  if (step == nullptr) return why;
  if (step->ok) {
    Finding finding = Finding::pass(fmt::format("{} '{}' was accepted", step->verb, step->as));
    finding.measured["ms"] = milliseconds(step->t1 - step->t);
    return finding;
  }
  if (!step->refused && !context.silence())
    return Finding::harness_error(fmt::format("'{}': {}", step->as, step->error));
  Finding finding =
      Finding::fail(fmt::format("{} '{}' was not accepted", step->verb, step->as), "accepted", step->error);
  finding.show(step->t, step->line, step->error);
  return finding;
}

}  // namespace plumbline::conformance
