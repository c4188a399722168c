#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"
#include "conformance/checks/statistics.h"

namespace plumbline::conformance {
namespace {

struct Named {
  std::string name;
  Cell cell;
};

/// A service of a tunnel is a row of its list: the same Service in two rows is two cells.
std::string cell_name(const TruthNode& node, const std::string& by, bool twice) {
  if (by == "cluster") return node.cluster;
  if (by != "service") return without_uid(node.pod);
  return twice ? fmt::format("{} (row {})", node.service, node.row + 1) : node.service;
}

/// Cells with shares and reduced weights; hits still zero. `cell_of` gives each Pod its cell.
std::vector<Named> cells_of(const std::map<std::string, TruthNode>& nodes, const std::string& by,
                            std::map<std::string, std::size_t>& cell_of) {
  std::int64_t total = 0, divisor = 0;
  std::map<std::string, std::set<std::size_t>> rows;
  for (const auto& [pod, node] : nodes) {
    rows[node.service].insert(node.row);
    total += node.weight;
    divisor = std::gcd(divisor, std::int64_t{node.weight});
  }
  std::vector<Named> cells;
  if (divisor == 0) return cells;  // no node has a weight
  std::map<std::string, std::size_t> index;
  for (const auto& [pod, node] : nodes) {
    if (node.weight == 0) continue;
    const auto [place, fresh] = index.try_emplace(cell_name(node, by, rows[node.service].size() > 1), cells.size());
    if (fresh) cells.push_back({place->first, {0, 0, 0}});
    Cell& cell = cells[place->second].cell;
    cell.weight += node.weight / divisor;
    cell.share = static_cast<double>(cell.weight * divisor) / static_cast<double>(total);
    cell_of[pod] = place->second;
  }
  return cells;
}

}  // namespace

Finding check_shares(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [window, why] = context.window(arguments);
  if (window == nullptr) return why;
  const nlohmann::json* stated = member(arguments, "effect");
  if (stated == nullptr || !stated->is_number()) return Finding::harness_error("shares without 'effect'");
  const double effect = stated->get<double>();
  const std::string by = text_of(arguments, "by");
  const Membership membership = context.membership(context.tunnel(arguments, window), window->t, window->t1);
  if (!membership.constant()) return Finding::inconclusive("the nodes changed during the window");
  std::map<std::string, std::size_t> cell_of;
  std::vector<Named> cells = cells_of(membership.steady, by, cell_of);
  if (cells.empty()) return context.why_nothing("a node to share requests");
  if (cells.size() == 1) return Finding::inconclusive(fmt::format("one {} alone has nothing to share with", by));

  std::int64_t requests = 0;
  for (const HitRecord* hit : context.first_hits(*window)) {
    const auto cell = cell_of.find(hit->value.pod);
    if (cell == cell_of.end()) continue;  // strangers are what `nodes` judges
    ++cells[cell->second].cell.hits;
    ++requests;
  }
  if (requests == 0) {
    return context.none_reached(*window, "no node got a request", fmt::format("{} shared requests", window->requests));
  }
  const double alpha = kFalseAlarmPerRun / kStatisticalChecksMax / static_cast<double>(cells.size());
  double power_min = 1, deviation_max = 0;
  nlohmann::json shares = nlohmann::json::object();
  std::vector<std::string> wrong, expected, seen;
  for (const Named& named : cells) {
    const Cell& cell = named.cell;
    const Band band = accepted_band(cell, requests, alpha, context.workers());
    const double ideal = cell.share * static_cast<double>(requests);
    deviation_max = std::max(deviation_max, std::abs(static_cast<double>(cell.hits) - ideal) / ideal);
    if (cell.share < 1) power_min = std::min(power_min, power(cell, requests, band, effect));
    shares[named.name] = {{"expected", cell.share},
                          {"seen", static_cast<double>(cell.hits) / static_cast<double>(requests)}};
    if (cell.hits >= band.low && cell.hits <= band.high) continue;
    wrong.push_back(named.name);
    expected.push_back(
        fmt::format("{} {:.1f}% ({} to {} of {})", named.name, 100 * cell.share, band.low, band.high, requests));
    seen.push_back(fmt::format("{} {:.1f}% ({})", named.name,
                               100.0 * static_cast<double>(cell.hits) / static_cast<double>(requests), cell.hits));
  }
  Finding finding;
  if (!wrong.empty()) {
    finding = Finding::fail(
        fmt::format("requests were not shared by weight: {} of {} {}s out of bounds", wrong.size(), cells.size(), by),
        some_of(expected, 3), some_of(seen, 3));
    finding.show(window->t, window->line, fmt::format("window '{}'", window->as));
  } else if (power_min < kPowerMin) {
    std::vector<Cell> plain;
    plain.reserve(cells.size());
    for (const Named& named : cells) plain.push_back(named.cell);
    const std::int64_t needed = requests_needed(plain, effect, alpha, context.workers());
    finding = Finding::inconclusive(fmt::format("{} requests are too few to see an effect of {:.0f}%: {} are needed",
                                                requests, 100 * effect, needed));
  } else {
    finding = Finding::pass(fmt::format("{} requests shared by weight over {} {}s", requests, cells.size(), by));
  }
  finding.measured = {{"requests", requests},
                      {"shares", shares},
                      {"effect", effect},
                      {"power", power_min},
                      {"alpha_spent", alpha * static_cast<double>(cells.size())},
                      {"stopping", "fixed sample"},
                      {"deviation_max", deviation_max}};
  return finding;
}

}  // namespace plumbline::conformance
