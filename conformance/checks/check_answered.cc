#include <map>
#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {
namespace {

bool allowed(int status, const std::vector<std::string>& statuses) {
  const std::string text = std::to_string(status);
  for (const auto& entry : statuses) {
    if (entry == text || (entry.size() == 3 && entry.substr(1) == "xx" && text.size() == 3 && entry[0] == text[0]))
      return true;
  }
  return false;
}

}  // namespace

Finding check_answered(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [window, why] = context.window(arguments);
  if (window == nullptr) return why;
  auto statuses = texts_of(arguments, "status");
  if (statuses.empty()) statuses = {"200"};
  const std::string by = text_of(arguments, "by");
  std::map<int, std::set<int>> pod_statuses;  // by request: what Pods answered
  std::map<int, std::string> traps;           // by request: what is no Pod and was reached
  for (const HitRecord* hit : context.hits(*window)) {
    if (is_trap(hit->value.pod)) {
      traps[hit->value.id.n] = hit->value.pod;
    } else {
      pod_statuses[hit->value.id.n].insert(hit->value.status);
    }
  }

  const auto& results = context.results(*window);
  if (results.empty()) return Finding::harness_error("the window has no results");
  Finding finding = Finding::fail("", fmt::format("{} from {}", some_of(statuses), by), "");
  std::map<std::string, int> wrong;
  bool excusable = true;  // as late or absent; an answer that nobody gave, or another than was given, is neither
  for (const ResultRecord* record : results) {
    const auto& result = record->value;
    const auto reached = pod_statuses.find(result.id.n);
    std::string text;
    if (result.status == 0) {
      text = "no response (" + result.error + ")";
    } else if (!allowed(result.status, statuses)) {
      text = fmt::format("status {}", result.status);
    } else if (by == "pods" && reached == pod_statuses.end()) {
      text = fmt::format("status {} that no Pod gave", result.status);
    } else if (by == "pods" && !reached->second.contains(result.status)) {
      text = fmt::format("status {} where the Pod gave {}", result.status, *reached->second.rbegin());
    } else if (by == "gateway" && reached != pod_statuses.end()) {
      text = "a Pod was reached";
    } else if (by == "gateway" && traps.contains(result.id.n)) {
      text = fmt::format("{} was reached", traps.at(result.id.n));
    } else {
      continue;
    }
    excusable = excusable && (result.status == 0 || !allowed(result.status, statuses));
    finding.show(result.t, record->line, fmt::format("request {}: {}", result.id.n, text));
    ++wrong[text];
  }
  if (wrong.empty()) {
    Finding passed =
        Finding::pass(fmt::format("{} requests were answered with {} by {}", results.size(), some_of(statuses), by));
    passed.measured["requests"] = results.size();
    return passed;
  }
  std::vector<std::string> seen;
  int count = 0;
  for (const auto& [text, times] : wrong) {
    seen.push_back(fmt::format("{} x {}", times, text));
    count += times;
  }
  finding.sentence = fmt::format("{} of {} requests were not answered as expected", count, results.size());
  finding.seen = some_of(seen, 3);
  finding.measured = {{"requests", results.size()}, {"wrong", count}};
  return excusable ? context.unless_stalled(std::move(finding), window->t, window->t1) : finding;
}

}  // namespace plumbline::conformance
