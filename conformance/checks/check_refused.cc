#include <algorithm>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"
#include "wire/contract.h"

namespace plumbline::conformance {
namespace {

const ControlRecord* refusal_of(const History& history, const StepRecord& step) {
  for (const ControlRecord& control : history.controls) {
    if (control.step == step.index && control.error) return &control;
  }
  return nullptr;
}

/// Of a refusal: "VpcMismatch", "'Vpc', which the contract does not know", "no reason".
std::string reason_told(const nlohmann::json& error) {
  const nlohmann::json* data = member(error, "data");
  const std::string told = data == nullptr ? "" : text_of(*data, "reason");
  Reason known{};
  if (told.empty()) return "no reason";
  return parse_reason(told, known) ? told : fmt::format("'{}', which the contract does not know", told);
}

}  // namespace

Finding check_refused(const CheckContext& context, const nlohmann::json& arguments) {
  auto outcomes = texts_of(arguments, "anyOf");
  if (const auto one = text_of(arguments, "outcome"); !one.empty()) outcomes.push_back(one);
  const auto reasons = texts_of(arguments, "reasons");
  const std::string expected = "refused with " + some_of(reasons);
  std::vector<std::string> accepted, otherwise;
  Finding failure = Finding::fail("", expected, "");
  for (const auto& name : outcomes) {
    const StepRecord* step = context.history().step(name);
    if (step == nullptr) continue;
    if (step->ok) {
      accepted.push_back(fmt::format("'{}' was accepted", name));
      failure.show(step->t1, step->line, accepted.back());
    }
    if (!step->refused) continue;
    const ControlRecord* control = refusal_of(context.history(), *step);
    if (control == nullptr) return Finding::harness_error(fmt::format("'{}' was refused but no call says so", name));
    const Error error = wire::error_from_json(*control->error);
    const std::string reason(to_string(error.reason));
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
      otherwise.push_back(fmt::format("'{}' was refused with {}: {}", name, reason_told(*control->error), error.text));
      failure.show(control->t, control->line, control->error->dump());
      continue;
    }
    const std::string said = error.text + "\n" + error.object + "\n" + error.field;
    for (const auto& thing : texts_of(arguments, "naming")) {
      if (names(said, thing)) continue;
      Finding finding = Finding::fail(fmt::format("the refusal of '{}' does not name {}", name, thing),
                                      fmt::format("an error that names {}", thing), error.text);
      finding.show(control->t, control->line, control->error->dump());
      return finding;
    }
    Finding finding = Finding::pass(fmt::format("'{}' was refused with {}", name, reason));
    finding.show(control->t, control->line, error.text);
    return finding;
  }
  if (!otherwise.empty()) {
    failure.sentence = "it was refused for another reason";
    failure.seen = some_of(otherwise);
    return failure;
  }
  if (context.silence() || accepted.empty()) {
    return context.why_missing(fmt::format("an answer to {}", some_of(outcomes)));
  }
  failure.sentence = "it was not refused";
  failure.seen = some_of(accepted);
  return failure;
}

}  // namespace plumbline::conformance
