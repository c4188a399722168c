#include <algorithm>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {
namespace {

const ControlRecord* list_call(const History& history, const StepRecord& step) {
  for (const ControlRecord& control : history.controls) {
    if (control.step == step.index && control.method == "tunnel.list") return &control;
  }
  return nullptr;
}

}  // namespace

Finding check_lists(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [step, why] = context.step(arguments, "outcome");
  if (step == nullptr) return why;
  const ControlRecord* call = list_call(context.history(), *step);
  if (call == nullptr) return Finding::harness_error(fmt::format("'{}' asked for no list", step->as));
  const nlohmann::json* tunnels = call->result ? member(*call->result, "tunnels") : nullptr;
  if (tunnels == nullptr || !tunnels->is_array()) {
    if (!call->silent.empty()) return context.why_missing("the list of tunnels");
    Finding finding = Finding::fail("the tunnels could not be listed", "a list of tunnels", step->error);
    finding.show(call->t, call->line, step->error);
    return finding;
  }
  auto expected = texts_of(arguments, "exactly");
  std::vector<std::string> listed;
  for (const nlohmann::json& entry : *tunnels) {
    const std::string id = text_of(entry, "tunnel");
    const std::string known = context.history().truth.tunnel_with_id(id);
    listed.push_back(known.empty() ? fmt::format("'{}' (id '{}'), which was never accepted", text_of(entry, "name"), id)
                                   : known);
  }
  std::sort(expected.begin(), expected.end());
  std::sort(listed.begin(), listed.end());
  if (listed == expected) return Finding::pass(fmt::format("{} tunnels are listed, as they should be", listed.size()));
  Finding finding = Finding::fail("the list of tunnels is another one", some_of(expected), some_of(listed));
  finding.show(call->t, call->line, call->result->dump());
  return finding;
}

}  // namespace plumbline::conformance
