// The numbers behind statistical checks (facts: a conformance test that accepts any legitimate weighted round robin).
// Pure functions; false-alarm and miss rates are constants here, never an author's business.
#pragma once

#include <cstdint>
#include <vector>

namespace plumbline::conformance {

inline constexpr double kFalseAlarmPerRun = 1e-6;  ///< over all statistical checks of a suite run
inline constexpr int kStatisticalChecksMax = 64;   ///< checks a suite run may have; each gets an equal part
inline constexpr double kPowerMin = 0.999;         ///< to see the effect that the author states

/// Expected picks in which a random gateway misses a Pod altogether with probability 1e-6: fewer show nothing.
inline constexpr double kPicksToNotice = 14;

/// One cell of a distribution: a Pod, a service or a cluster.
struct Cell {
  double share = 0;         ///< expected part of all requests, in (0, 1]
  std::int64_t weight = 1;  ///< reduced weight of the cell
  std::int64_t hits = 0;
};

/// Accepted numbers of hits.
struct Band {
  std::int64_t low = 0, high = 0;
  friend bool operator==(const Band&, const Band&) = default;
};

/// What a random gateway with the right shares stays in with probability 1 - alpha, widened to what any round robin
/// with `workers` independent states stays in for certain: weight * workers around the expectation.
Band accepted_band(const Cell& cell, std::int64_t requests, double alpha, int workers);

/// Probability that a random gateway, whose share of this cell is wrong by the relative `effect` (either way, the
/// smaller of both), leaves the band.
double power(const Cell& cell, std::int64_t requests, const Band& band, double effect);

/// Smallest number of requests (within 5 %) at which every cell has kPowerMin; INT64_MAX when none up to 100 million
/// has.
std::int64_t requests_needed(const std::vector<Cell>& cells, double effect, double alpha, int workers);

/// Largest |hits - expectation| of a round robin on one connection: `workers` states, each off by at most the cell's
/// reduced weight and two picks more (start of the cycle, and two-level balancers).
double round_robin_bound(const Cell& cell, int workers);

/// Probability that a random gateway with the right shares stays within round_robin_bound in every cell (cells taken
/// as independent but for one, which slightly overstates it).
double random_within_bound(const std::vector<Cell>& cells, std::int64_t requests, int workers);

/// Probability that a random gateway misses at least one of the cells in `requests` picks, at most.
double random_misses(const std::vector<Cell>& cells, std::int64_t requests);

/// The smallest of `values` that at least `part` (0 to 1) of them do not exceed; 0 when there are none.
double percentile(std::vector<double> values, double part);

}  // namespace plumbline::conformance
