#include <algorithm>
#include <cmath>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"
#include "conformance/checks/statistics.h"
#include "model/counted.h"

namespace plumbline::conformance {
namespace {

constexpr std::size_t kSamplesMax = 1000;  ///< of a larger sample, evenly spaced ones are kept

nlohmann::json summary(std::vector<double> values) {
  nlohmann::json out{{"count", values.size()},
                     {"p50_ms", percentile(values, 0.5)},
                     {"p99_ms", percentile(values, 0.99)},
                     {"max_ms", percentile(values, 1)}};
  std::sort(values.begin(), values.end());
  const std::size_t kept = std::min(values.size(), kSamplesMax);
  for (std::size_t i = 0; i < kept; ++i) out["ms"].push_back(values[(i + 1) * values.size() / kept - 1]);
  return out;
}

}  // namespace

Finding check_propagation(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [window, why] = context.window(arguments);
  if (window == nullptr) return why;
  const auto [step, why_step] = context.step(arguments, "after");
  if (step == nullptr) return why_step;
  const std::string tunnel = context.tunnel(arguments, window);
  const std::string which = text_of(arguments, "pods");
  const std::int64_t within = context.within_us(arguments);
  if (window->t > step->t) return Finding::harness_error("the window began after the step");
  std::vector<Transition> fresh, gone;
  if (which != "gone") fresh = context.joined(tunnel, step->t, window->t1);
  if (which != "new") gone = context.left(tunnel, step->t, window->t1);
  if (fresh.empty() && gone.empty())
    return context.why_nothing(fmt::format("a Pod that joined or left after '{}'", step->as));

  const auto& hits = context.hits(*window);
  const auto& results = context.results(*window);
  Finding finding = Finding::fail("", fmt::format("within {:.0f} ms", milliseconds(within)), "");
  std::vector<double> joined, left;
  std::vector<std::string> late;
  std::vector<std::string> thin;
  const auto weight_at = [&](std::int64_t t) {
    double weight = 0;
    for (const TruthNode& node : context.history().truth.expected(tunnel, t)) weight += node.weight;
    return std::max(1.0, weight);
  };
  for (const Transition& transition : fresh) {
    const auto first = std::find_if(hits.begin(), hits.end(), [&](const HitRecord* hit) {
      return hit->value.pod == transition.pod && hit->value.t >= transition.t;
    });
    const std::int64_t deadline = transition.t + within;
    if (first != hits.end() && (*first)->value.t <= deadline) {
      joined.push_back(milliseconds((*first)->value.t - transition.t));
      continue;
    }
    // It may take effect as late as at the deadline, and then wait for its turn.
    const std::int64_t until = first == hits.end() ? INT64_MAX : (*first)->value.t;
    const auto missed = std::count_if(results.begin(), results.end(), [&](const ResultRecord* result) {
      return result->value.t > deadline && result->value.t < until && result->value.status != 0;
    });
    if (static_cast<double>(missed) * transition.node.weight / weight_at(transition.t) < kPicksToNotice) {
      thin.push_back(without_uid(transition.pod));
      continue;
    }
    const std::string text = first == hits.end()
                                 ? fmt::format("{} got no request", without_uid(transition.pod))
                                 : fmt::format("{} got its first request after {:.0f} ms", without_uid(transition.pod),
                                               milliseconds((*first)->value.t - transition.t));
    late.push_back(text);
    finding.show(transition.t, first == hits.end() ? window->line : (*first)->line, text);
  }
  for (const Transition& transition : gone) {
    std::int64_t last = transition.t;
    int line = window->line;
    for (const HitRecord* hit : hits) {
      if (hit->value.pod != transition.pod || hit->value.t <= last) continue;
      last = hit->value.t;
      line = hit->line;
    }
    const double served_ms = milliseconds(last - transition.t);
    if (last <= transition.t + within) {
      // That it ceased shows only where it would have been met again.
      const double picks = static_cast<double>(context.answered_since(tunnel, last)) * transition.node.weight /
                           weight_at(std::max<std::int64_t>(0, transition.t - 1));
      if (picks < kPicksToNotice) {
        thin.push_back(without_uid(transition.pod));
      } else {
        left.push_back(served_ms);
      }
      continue;
    }
    left.push_back(served_ms);
    const std::string text =
        fmt::format("{} got requests for {:.0f} ms after it left", without_uid(transition.pod), served_ms);
    late.push_back(text);
    finding.show(last, line, text);
  }
  nlohmann::json measured = nlohmann::json::object();
  if (!joined.empty()) measured["joined"] = summary(joined);
  if (!left.empty()) measured["left"] = summary(left);
  if (!late.empty()) {
    finding.sentence = counted(late.size(), "change") + " took longer than the deadline";
    finding.seen = some_of(late, 3);
    finding.measured = measured;
    return context.unless_stalled(std::move(finding), step->t, window->t1);
  }
  Finding result =
      !thin.empty()
          ? Finding::inconclusive(fmt::format(
                "too few requests to tell when {} joined or left; a window that goes on for longer would show it",
                some_of(thin)))
          : Finding::pass(fmt::format("{} Pods joined and {} left within the deadline", joined.size(), left.size()));
  result.measured = measured;
  return result;
}

}  // namespace plumbline::conformance
