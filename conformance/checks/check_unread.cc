#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {

Finding check_unread(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [step, why] = context.step(arguments, "before");
  if (step == nullptr) return why;
  const std::string cluster = text_of(arguments, "cluster");
  const std::string instance = context.instance_address();
  if (instance.empty()) return Finding::harness_error("the history does not say the instance's address");
  Finding finding =
      Finding::fail(fmt::format("{} was asked before '{}'", cluster, step->as), "no request to its API server", "");
  int reads = 0;
  for (const AuditRecord& audit : context.history().audits) {
    if (audit.cluster != cluster || audit.t >= step->t || host_of(audit.from) != instance) continue;
    ++reads;
    finding.show(audit.t, audit.line,
                 fmt::format("{} {} as '{}' -> {}", audit.verb, audit.path, audit.user, audit.code));
  }
  finding.seen = fmt::format("{} requests from {}", reads, instance);
  if (reads > 0) return finding;
  return Finding::pass(fmt::format("no request to {} before '{}'", cluster, step->as));
}

}  // namespace plumbline::conformance
