#include <map>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"
#include "conformance/checks/statistics.h"
#include "model/counted.h"

namespace plumbline::conformance {
namespace {

constexpr double kMissMax = 1e-6;  ///< a random gateway may leave a node out by chance with this probability at most

}  // namespace

Finding check_nodes(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [window, why] = context.window(arguments);
  if (window == nullptr) return why;
  const std::string tunnel = context.tunnel(arguments, window);
  // What left the set up to a deadline ago may still be served; what is a node throughout must be.
  const std::int64_t grace = context.deadline_us("propagation");
  const Membership membership = context.membership(tunnel, window->t, window->t1);
  const Membership allowed = context.membership(tunnel, std::max<std::int64_t>(0, window->t - grace), window->t1);
  if (membership.steady.empty() && membership.ever.empty()) {
    return context.why_nothing(fmt::format("a node of tunnel '{}'", tunnel));
  }
  const auto first = context.first_hits(*window);
  std::map<std::string, std::int64_t> counts;
  Finding strange = Finding::fail("", "", "");
  std::vector<std::string> strangers;
  const auto ever = context.membership(tunnel, 0, window->t1).ever;
  bool once_nodes = true;  // all strangers: then they may merely have been left too late
  for (const HitRecord* hit : context.hits(*window)) {
    const std::int64_t count = ++counts[hit->value.pod];
    if (allowed.ever.contains(hit->value.pod)) continue;
    once_nodes = once_nodes && ever.contains(hit->value.pod);
    if (count == 1) {
      strangers.push_back(without_uid(hit->value.pod));
      strange.show(hit->value.t, hit->line,
                   fmt::format("request {} of the window reached {}", hit->value.id.n, hit->value.pod));
    }
  }
  std::vector<std::string> missing, expected_names;
  std::vector<Cell> cells;
  double weight_total = 0;
  for (const auto& [pod, node] : membership.steady) weight_total += node.weight;
  for (const auto& [pod, node] : membership.steady) {
    if (node.weight == 0) continue;
    expected_names.push_back(without_uid(pod));
    if (!counts.contains(pod)) {
      missing.push_back(without_uid(pod));
      cells.push_back({node.weight / weight_total, node.weight, 0});
    }
  }
  if (expected_names.empty() && counts.empty())
    return context.why_nothing(fmt::format("a node of tunnel '{}' that has a weight", tunnel));
  const std::string expected = fmt::format("{}: {}", counted(expected_names.size(), "node"), some_of(expected_names));
  if (!strangers.empty()) {
    strange.sentence = fmt::format("{} of tunnel '{}' {} hit: {}",
                                   strangers.size() == 1 ? "a Pod that is no node" : "Pods that are no nodes", tunnel,
                                   strangers.size() == 1 ? "was" : "were", some_of(strangers));
    strange.expected = expected;
    strange.seen = fmt::format("hits at {}", some_of(strangers));
    return once_nodes ? context.unless_stalled(std::move(strange), window->t - grace, window->t1) : strange;
  }
  const bool only = truth_of(arguments, "only");
  if (!missing.empty() && counts.empty()) return context.none_reached(*window, "no node got a request", expected);
  if (!missing.empty() && !only) {
    const auto requests = static_cast<std::int64_t>(first.size());
    if (random_misses(cells, requests) > kMissMax) {
      return Finding::inconclusive(
          fmt::format("{} requests are too few to say that {} is left out", requests, some_of(missing)));
    }
    Finding finding =
        Finding::fail(fmt::format("{} is a node of tunnel '{}' and got no request", some_of(missing), tunnel), expected,
                      fmt::format("{} requests, none at {}", requests, some_of(missing)));
    finding.show(window->t, window->line, fmt::format("window '{}'", window->as));
    return context.unless_stalled(std::move(finding), window->t - grace, window->t1);
  }
  Finding finding = Finding::pass(only ? "only nodes were hit" : "exactly the nodes were hit");
  finding.measured = {{"nodes", expected_names.size()}, {"requests", first.size()}};
  return finding;
}

}  // namespace plumbline::conformance
