#include "conformance/runner/settlement.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "model/check.h"

namespace plumbline::conformance {

Settlement::Settlement(int workers) : workers_(workers) {
  CHECK(workers >= 1, "a candidate has at least one worker");
  // k (1 - 1/k)^n <= kMissMax: the chance that one of k workers is missed n times in a row.
  in_a_row_min_ = 1;
  if (workers > 1) {
    in_a_row_min_ = static_cast<std::int64_t>(std::ceil(std::log(kMissMax / workers) / std::log1p(-1.0 / workers)));
  }
}

void Settlement::expect(const std::vector<ExpectedPod>& pods) {
  std::map<std::string, double> expected;
  for (const auto& pod : pods) {
    if (pod.weight > 0) expected[pod.pod] += pod.weight;
  }
  if (expected == expected_) return;
  expected_ = std::move(expected);
  std::erase_if(seen_, [&](const std::string& pod) { return !expected_.contains(pod); });
  in_a_row_ = 0;
}

bool Settlement::answered(const std::string& pod) {
  const bool right = expected_.empty() ? pod.empty() : expected_.contains(pod);
  if (!right) {
    in_a_row_ = 0;
    seen_.clear();
    return false;
  }
  ++in_a_row_;
  if (!pod.empty()) seen_.insert(pod);
  return true;
}

bool Settlement::settled() const { return all_seen() && in_a_row_ >= in_a_row_needed(); }

/// Part of one worker's turns that one more Pod, as light as the lightest, would have; 1 when no Pod is expected.
double Settlement::stranger_share() const {
  double total = 0;
  double lightest = 0;
  for (const auto& [pod, weight] : expected_) {
    total += weight;
    lightest = lightest == 0 ? weight : std::min(lightest, weight);
  }
  return lightest == 0 ? 1 : lightest / (total + lightest);
}

std::int64_t Settlement::in_a_row_needed() const {
  if (expected_.empty()) return in_a_row_min_;
  const double share = stranger_share() / workers_;
  return std::max(in_a_row_min_, static_cast<std::int64_t>(std::ceil(std::log(kMissMax) / std::log1p(-share))));
}

std::int64_t Settlement::probes_to_see_all() const {
  if (expected_.empty()) return 0;
  // n e^(-s m) <= kMissMax for n Pods, the lightest of share s, picked at random: round robin needs far fewer.
  const double count = static_cast<double>(expected_.size());
  return static_cast<std::int64_t>(std::ceil(std::log(count / kMissMax) / stranger_share()));
}

std::vector<std::string> Settlement::missing() const {
  std::vector<std::string> list;
  for (const auto& [pod, weight] : expected_) {
    if (!seen_.contains(pod)) list.push_back(pod);
  }
  return list;
}

}  // namespace plumbline::conformance
