#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {

Finding check_not_forwarded(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [window, why] = context.window(arguments);
  if (window == nullptr) return why;
  const auto& hits = context.hits(*window);
  if (hits.empty()) return Finding::pass(fmt::format("none of {} requests reached a Pod", window->requests));
  Finding finding = Finding::fail(fmt::format("{} requests reached a Pod", hits.size()), "no request reaches a Pod",
                                  fmt::format("{} of {} did", hits.size(), window->requests));
  for (const HitRecord* hit : hits) {
    finding.show(hit->value.t, hit->line, fmt::format("request {} reached {}", hit->value.id.n, hit->value.pod));
  }
  return finding;
}

}  // namespace plumbline::conformance
