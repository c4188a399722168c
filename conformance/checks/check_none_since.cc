#include <algorithm>
#include <cmath>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"
#include "conformance/checks/statistics.h"

namespace plumbline::conformance {
namespace {

/// When a settle step of an API of `tunnel` that began after `t` had seen the change on every worker; INT64_MAX: never.
std::int64_t settled_after(const History& history, const std::string& tunnel, std::int64_t t) {
  std::int64_t settled = INT64_MAX;
  for (const StepRecord& step : history.steps) {
    if (step.t < t || !step.settled.value_or(false)) continue;
    const bool ours = std::any_of(history.windows.begin(), history.windows.end(), [&](const Window& window) {
      return window.kind == "probe" && window.tunnel == tunnel && window.t >= step.t && window.t1 <= step.t1;
    });
    if (ours) settled = std::min(settled, step.t1);
  }
  return settled;
}

/// Until when connections may be attempted for requests that users had sent by `bar`; at most `deadline`.
std::int64_t in_flight_until(const History& history, std::int64_t bar, std::int64_t deadline) {
  std::int64_t until = bar;
  for (const ResultRecord& record : history.results) {
    if (record.value.t <= bar) until = std::max(until, record.value.t1);
  }
  return std::min(until, std::max(bar, deadline));
}

}  // namespace

// One bar for both sides: the deadline, or the moment the change was seen to have settled when that was earlier. A hit
// or an attempt beyond it is late, unless it belongs to a request that was under way when it settled; only answered
// requests beyond it are evidence that none was. Every request of the tunnel counts, probes too: they are dispatched
// like any other.
Finding check_none_since(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [step, why] = context.step(arguments, "after");
  if (step == nullptr) return why;
  const History& history = context.history();
  const std::string tunnel = context.tunnel(arguments, nullptr);
  const std::int64_t within = context.within_us(arguments);
  const auto gone = context.left(tunnel, step->t, history.end);
  if (gone.empty()) return context.why_nothing(fmt::format("a Pod that left tunnel '{}' after '{}'", tunnel, step->as));

  double weight_before = 0;
  for (const TruthNode& node : history.truth.expected(tunnel, step->t)) weight_before += node.weight;

  Finding finding = Finding::fail(
      "", fmt::format("nothing once settled, nor later than {:.0f} ms after it left", milliseconds(within)), "");
  std::vector<std::string> served;
  double picks_min = INFINITY, last_ms = 0;
  std::int64_t late_end = 0;
  for (const Transition& transition : gone) {
    const std::int64_t deadline = transition.t + within;
    const std::int64_t bar = std::min(deadline, settled_after(history, tunnel, transition.t));
    const std::int64_t in_flight = in_flight_until(history, bar, deadline);
    std::int64_t late = 0;
    for (const HitRecord& record : history.hits) {
      if (record.value.pod != transition.pod || record.value.t < transition.t) continue;
      last_ms = std::max(last_ms, milliseconds(record.value.t - transition.t));
      if (record.value.t <= bar || (record.value.t <= deadline && context.sent(record) <= bar)) continue;
      ++late;
      late_end = std::max(late_end, record.value.t);
      finding.show(record.value.t, record.line,
                   fmt::format("{} was hit {:.0f} ms after it left", without_uid(transition.pod),
                               milliseconds(record.value.t - transition.t)));
    }
    for (const SynRecord& record : history.syns) {
      if (record.value.to != transition.node.address || record.value.t <= in_flight) continue;
      const auto pods = history.truth.pods(record.value.t);
      const bool reused = std::any_of(pods.begin(), pods.end(), [&](const TruthPod& pod) {
        return pod.address == record.value.to && pod.key != transition.pod;
      });
      if (reused) continue;
      ++late;
      late_end = std::max(late_end, record.value.t);
      finding.show(record.value.t, record.line,
                   fmt::format("connection attempt to {} ({}) {:.0f} ms after it left", record.value.to,
                               without_uid(transition.pod), milliseconds(record.value.t - transition.t)));
    }
    if (late > 0) served.push_back(fmt::format("{} ({} times)", without_uid(transition.pod), late));
    picks_min = std::min(picks_min, static_cast<double>(context.answered_since(tunnel, bar)) * transition.node.weight /
                                        std::max(1.0, weight_before));
  }
  if (!served.empty()) {
    finding.sentence = fmt::format("{} was still used after the deadline or once settled", some_of(served));
    finding.seen = some_of(served);
    finding.measured["last_ms"] = last_ms;
    return context.unless_stalled(std::move(finding), step->t, late_end);
  }
  Finding result =
      picks_min < kPicksToNotice
          ? Finding::inconclusive(fmt::format("too little traffic after the deadline: a Pod that is still used would "
                                              "have been expected {:.1f} times, {:.0f} are needed",
                                              picks_min, kPicksToNotice))
          : Finding::pass(fmt::format("{} Pods that left got nothing after the deadline", gone.size()));
  result.measured = {{"pods", gone.size()}, {"last_ms", last_ms}};
  return context.unless_flow_log_lost(std::move(result));
}

}  // namespace plumbline::conformance
