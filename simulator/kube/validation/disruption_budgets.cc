#include <fmt/format.h>

#include <charconv>

#include "simulator/kube/validation/validation.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

/// As check_share(), and at most everything.
void check_share_of_all(const Value& share, const FieldPath& path, Causes& causes) {
  const std::size_t before = causes.size();
  check_share(share, path, causes);
  if (!share.is_string() || causes.size() != before) return;
  const std::string_view text = share.text();
  unsigned percent = 0;
  const auto [_, error] = std::from_chars(text.data(), text.data() + text.size() - 1, percent);
  if (error != std::errc{} || percent > 100) causes.invalid(path, share, "must not be greater than 100%");
}

}  // namespace

void check_disruption_budget(const Value& budget, Causes& causes) {
  const FieldPath path("spec");
  const Value& spec = budget["spec"];
  const auto shown = [&](const char* field) { return to_text(spec[field]); };
  if (!spec["minAvailable"].is_null() && !spec["maxUnavailable"].is_null())
    causes.invalid_as(
        path,
        fmt::format(R"({{"MinAvailable":{},"Selector":{},"MaxUnavailable":{},"UnhealthyPodEvictionPolicy":{}}})",
                    shown("minAvailable"), shown("selector"), shown("maxUnavailable"),
                    shown("unhealthyPodEvictionPolicy")),
        "minAvailable and maxUnavailable cannot be both set");
  check_share_of_all(spec["minAvailable"], path / "minAvailable", causes);
  check_share_of_all(spec["maxUnavailable"], path / "maxUnavailable", causes);
  check_label_selector(spec["selector"], path / "selector", causes);
  if (const Value& policy = spec["unhealthyPodEvictionPolicy"];
      !policy.is_null() && policy != "IfHealthyBudget" && policy != "AlwaysAllow")
    causes.unsupported(path / "unhealthyPodEvictionPolicy", policy, {"AlwaysAllow", "IfHealthyBudget"});
  for (const char* count : {"disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"})
    if (budget["status"][count].integer() < 0)
      causes.invalid(FieldPath("status") / count, budget["status"][count], "must be greater than or equal to 0");
}

}  // namespace plumbline::kube
