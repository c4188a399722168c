#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {

Finding check_host_header(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [window, why] = context.window(arguments);
  if (window == nullptr) return why;
  const std::string expected = text_of(arguments, "is");
  const auto& hits = context.hits(*window);
  if (hits.empty()) {
    return context.none_reached(*window, "no Pod saw a request", "Host: " + expected);
  }
  Finding finding = Finding::fail("", "Host: " + expected, "");
  std::set<std::string> others;
  for (const HitRecord* hit : hits) {
    if (hit->value.host == expected) continue;
    std::string shown = hit->value.host;
    for (std::size_t at = 0; (at = shown.find('\n', at)) != std::string::npos;) shown.replace(at, 1, " and ");
    finding.show(hit->value.t, hit->line, fmt::format("{} got Host: {}", without_uid(hit->value.pod), shown));
    others.insert(shown);
  }
  if (others.empty()) return Finding::pass(fmt::format("{} requests carried Host: {}", hits.size(), expected));
  finding.sentence = "Pods got another Host";
  finding.seen = "Host: " + some_of({others.begin(), others.end()}, 3);
  return finding;
}

}  // namespace plumbline::conformance
