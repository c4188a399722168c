#include <cmath>
#include <map>
#include <numeric>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"
#include "conformance/checks/statistics.h"
#include "model/counted.h"

namespace plumbline::conformance {

Finding check_round_robin(const CheckContext& context, const nlohmann::json& arguments) {
  constexpr double kRandomPassesMax = 1 - kPowerMin;
  const auto [window, why] = context.part_of_window(arguments);
  if (window == nullptr) return why;
  if (window->fresh || window->connections != 1)
    return Finding::harness_error("roundRobin looks at one keep-alive connection");
  const Membership membership = context.membership(context.tunnel(arguments, window), window->t, window->t1);
  if (!membership.constant()) return Finding::inconclusive("the nodes changed during the window");
  if (membership.steady.size() < 2) return Finding::inconclusive("round robin over fewer than two Pods shows nothing");

  std::map<std::string, std::int64_t> hits;
  std::int64_t requests = 0;
  for (const HitRecord* hit : context.first_hits(*window)) {
    if (!membership.steady.contains(hit->value.pod)) continue;
    ++hits[hit->value.pod];
    ++requests;
  }
  if (requests == 0) {
    return context.none_reached(*window, "no node got a request", "requests in turn");
  }
  std::int64_t total = 0, divisor = 0;
  for (const auto& [pod, node] : membership.steady) {
    total += node.weight;
    divisor = std::gcd(divisor, std::int64_t{node.weight});
  }
  if (total == 0) return Finding::inconclusive("every weight is 0");
  std::vector<Cell> cells;
  std::vector<std::string> wrong;
  double worst_ratio = 0;
  for (const auto& [pod, node] : membership.steady) {
    if (node.weight == 0) continue;
    const Cell cell{static_cast<double>(node.weight) / static_cast<double>(total), node.weight / divisor, hits[pod]};
    const double ideal = cell.share * static_cast<double>(requests);
    const double bound = round_robin_bound(cell, context.workers());
    const double off = std::abs(static_cast<double>(cell.hits) - ideal);
    worst_ratio = std::max(worst_ratio, off / bound);
    if (off > bound)
      wrong.push_back(fmt::format("{} {} instead of {:.1f} +- {:.1f}", without_uid(pod), cell.hits, ideal, bound));
    cells.push_back(cell);
  }
  Finding finding;
  const double random_passes = random_within_bound(cells, requests, context.workers());
  if (!wrong.empty()) {
    finding = Finding::fail("counts on one connection are not those of round robin",
                            "each Pod within its bound for " + counted(context.workers(), "worker"), some_of(wrong, 3));
    finding.show(window->t, window->line, fmt::format("window '{}'", window->as));
  } else if (random_passes > kRandomPassesMax) {
    finding = Finding::inconclusive(
        fmt::format("{} requests are too few to tell round robin from random picks (which pass with {:.2g})", requests,
                    random_passes));
  } else {
    finding = Finding::pass(fmt::format("{} requests on one connection kept the bound of round robin", requests));
  }
  finding.measured = {{"requests", requests},
                      {"worst_of_bound", worst_ratio},
                      {"random_passes", random_passes},
                      {"workers", context.workers()}};
  return finding;
}

}  // namespace plumbline::conformance
