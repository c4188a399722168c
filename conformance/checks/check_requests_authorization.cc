#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"
#include "wire/contract.h"

namespace plumbline::conformance {

Finding check_requests_authorization(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [step, why] = context.step(arguments, "outcome");
  if (step == nullptr) return why;
  if (context.silence() && !step->ok && !step->refused) return context.why_missing("an answer");
  std::string said;
  Reason reason = Reason::kInternal;
  for (const ControlRecord& control : context.history().controls) {
    if (control.step != step->index || !control.error) continue;
    const Error error = wire::error_from_json(*control.error);
    reason = error.reason;
    said = error.text + " " + error.object;
  }
  std::vector<std::string> unasked;
  for (const auto& cluster : texts_of(arguments, "clusters")) {
    bool asked = reason == Reason::kAuthorizationRequired && names(said, cluster);
    for (const OtherRecord& event : context.history().events) {
      asked = asked || (event.t >= step->t && text_of(event.json, "event") == "authorisation.requested" &&
                        text_of(event.json, "cluster") == cluster);
    }
    if (!asked) unasked.push_back(cluster);
  }
  if (unasked.empty() && step->refused) {
    return Finding::pass(fmt::format("'{}' made the candidate request authorisation", step->as));
  }
  Finding finding = Finding::fail(step->refused ? fmt::format("no authorisation was requested for {}", some_of(unasked))
                                                : fmt::format("'{}' was accepted although {} is not authorised",
                                                              step->as, some_of(texts_of(arguments, "clusters"))),
                                  "AuthorizationRequired that names the cluster, or the event authorisation.requested",
                                  step->refused ? step->error : "accepted");
  finding.show(step->t1, step->line, step->refused ? step->error : "accepted");
  return finding;
}

}  // namespace plumbline::conformance
