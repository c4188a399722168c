#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {

Finding check_forwarded_as(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [window, why] = context.window(arguments);
  if (window == nullptr) return why;
  const auto targets = texts_of(arguments, "targets");
  Finding finding = Finding::fail("", "", "");
  std::vector<std::string> expected, seen_as;
  std::size_t exchanges = 0;
  std::set<std::size_t> numbers;  ///< of their requests that have a target
  for (const OtherRecord& record : context.history().exchanges) {
    if (integer_of(record.json, "window", -1) != window->index) continue;
    const auto n = static_cast<std::size_t>(integer_of(record.json, "n", -1));
    ++exchanges;
    if (n >= targets.size()) continue;
    numbers.insert(n);
    const auto* seen = member(record.json, "seen");
    const bool reached = seen != nullptr && seen->is_array() && !seen->empty();
    const std::string target = reached ? text_of(seen->back(), "target") : "no Pod";
    if (reached && target == targets[n]) continue;
    expected.push_back(targets[n]);
    seen_as.push_back(target);
    finding.show(record.t, record.line, fmt::format("request {} arrived as {} instead of {}", n, target, targets[n]));
  }
  if (exchanges != targets.size() || numbers.size() != targets.size()) {
    return Finding::harness_error(
        fmt::format("{} targets for {} exchanges, {} of them theirs", targets.size(), exchanges, numbers.size()));
  }
  if (expected.empty()) return Finding::pass("Pods saw the expected request targets");
  finding.sentence = fmt::format("{} of {} requests arrived with another target", expected.size(), exchanges);
  finding.expected = some_of(expected, 3);
  finding.seen = some_of(seen_as, 3);
  return context.unless_stalled(std::move(finding), window->t, window->t1);
}

}  // namespace plumbline::conformance
