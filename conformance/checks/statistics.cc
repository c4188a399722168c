#include "conformance/checks/statistics.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

namespace plumbline::conformance {
namespace {

using Binomial = boost::math::binomial_distribution<double>;

/// P(X <= k)
double at_most(std::int64_t k, std::int64_t n, double p) {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  return boost::math::cdf(Binomial(static_cast<double>(n), p), static_cast<double>(k));
}

/// P(X > k)
double above(std::int64_t k, std::int64_t n, double p) {
  if (k < 0) return 1;
  if (k >= n || p <= 0) return 0;
  if (p >= 1) return 1;
  return boost::math::cdf(boost::math::complement(Binomial(static_cast<double>(n), p), static_cast<double>(k)));
}

/// Largest k with P(X < k) <= tail.
std::int64_t low_end(std::int64_t n, double p, double tail) {
  std::int64_t from = 0, to = n;
  while (from < to) {
    const std::int64_t middle = from + (to - from + 1) / 2;
    if (at_most(middle - 1, n, p) <= tail) {
      from = middle;
    } else {
      to = middle - 1;
    }
  }
  return from;
}

/// Smallest k with P(X > k) <= tail.
std::int64_t high_end(std::int64_t n, double p, double tail) {
  std::int64_t from = 0, to = n;
  while (from < to) {
    const std::int64_t middle = from + (to - from) / 2;
    if (above(middle, n, p) <= tail) {
      to = middle;
    } else {
      from = middle + 1;
    }
  }
  return from;
}

}  // namespace

Band accepted_band(const Cell& cell, std::int64_t requests, double alpha, int workers) {
  const double expected = static_cast<double>(requests) * cell.share;
  const double allowance = static_cast<double>(workers) * static_cast<double>(cell.weight);
  Band band{low_end(requests, cell.share, alpha / 2), high_end(requests, cell.share, alpha / 2)};
  band.low = std::max<std::int64_t>(0, std::min(band.low, static_cast<std::int64_t>(std::floor(expected - allowance))));
  band.high = std::min(requests, std::max(band.high, static_cast<std::int64_t>(std::ceil(expected + allowance))));
  return band;
}

double power(const Cell& cell, std::int64_t requests, const Band& band, double effect) {
  const double more = std::min(1.0, cell.share * (1 + effect));
  const double less = std::max(0.0, cell.share * (1 - effect));
  const double sees_more = above(band.high, requests, more) + at_most(band.low - 1, requests, more);
  const double sees_less = above(band.high, requests, less) + at_most(band.low - 1, requests, less);
  return std::min(sees_more, sees_less);
}

std::int64_t requests_needed(const std::vector<Cell>& cells, double effect, double alpha, int workers) {
  constexpr std::int64_t kRequestsMax = 100'000'000;
  const auto enough = [&](std::int64_t requests) {
    return std::all_of(cells.begin(), cells.end(), [&](const Cell& cell) {
      return cell.share >= 1 ||
             power(cell, requests, accepted_band(cell, requests, alpha, workers), effect) >= kPowerMin;
    });
  };
  std::int64_t high = 64;
  while (!enough(high)) {
    if (high > kRequestsMax) return INT64_MAX;
    high *= 2;
  }
  std::int64_t low = high / 2;
  while (static_cast<double>(high - low) > 0.05 * static_cast<double>(high)) {
    const std::int64_t middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

double round_robin_bound(const Cell& cell, int workers) {
  constexpr double kPicksMore = 2;
  return static_cast<double>(workers) * (static_cast<double>(cell.weight) * (1 - cell.share) + kPicksMore);
}

double random_within_bound(const std::vector<Cell>& cells, std::int64_t requests, int workers) {
  std::vector<double> within;
  for (const Cell& cell : cells) {
    const double expected = static_cast<double>(requests) * cell.share;
    const double bound = round_robin_bound(cell, workers);
    const auto low = static_cast<std::int64_t>(std::ceil(expected - bound));
    const auto high = static_cast<std::int64_t>(std::floor(expected + bound));
    within.push_back(at_most(high, requests, cell.share) - at_most(low - 1, requests, cell.share));
  }
  if (within.size() < 2) return 1;
  std::sort(within.begin(), within.end());
  double product = 1;
  for (std::size_t i = 1; i < within.size(); ++i) product *= std::max(0.0, within[i]);
  return product;
}

double random_misses(const std::vector<Cell>& cells, std::int64_t requests) {
  double sum = 0;
  for (const Cell& cell : cells) sum += std::pow(std::max(0.0, 1 - cell.share), static_cast<double>(requests));
  return std::min(1.0, sum);
}

double percentile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

}  // namespace plumbline::conformance
