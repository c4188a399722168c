// When has a change taken effect? Counts the answers to probes; knows no time and no network. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace plumbline::conformance {

/// A Pod that should answer, and its share of the traffic.
struct ExpectedPod {
  std::string pod;  ///< "cluster/namespace/name#uid"
  double weight = 1;
};

/// Probes go out on fresh connections, so each meets any of the candidate's workers. The new state has been met when
/// every expected Pod has answered, and enough answers in a row were right that, but with probability kMissMax, no
/// worker was left out and no worker still has a Pod that ought to be gone. Turns are counted as random even of a round
/// robin: other traffic takes turns in between, so probes see any of them.
class Settlement {
 public:
  static constexpr double kMissMax = 1e-6;

  explicit Settlement(int workers);

  /// The state that is waited for. Pods of weight 0 are expected not to answer.
  void expect(const std::vector<ExpectedPod>& pods);
  /// One probe was answered by `pod`, "" when none did. True when that answer belongs to the expected state: an
  /// expected Pod, or none where none is expected.
  bool answered(const std::string& pod);
  bool settled() const;
  /// Right answers in a row that settle: see above.
  std::int64_t in_a_row_needed() const;
  /// Every expected Pod has answered since the last wrong answer.
  bool all_seen() const { return seen_.size() == expected_.size(); }
  /// So many probes show every expected Pod, but with probability kMissMax, whatever order the candidate picks them in.
  std::int64_t probes_to_see_all() const;
  /// So many probes show every expected Pod and then settle.
  std::int64_t probes_max() const { return probes_to_see_all() + in_a_row_needed(); }
  /// Expected Pods that have not answered since the last wrong answer, in order.
  std::vector<std::string> missing() const;

 private:
  double stranger_share() const;

  int workers_;
  std::int64_t in_a_row_min_;
  std::int64_t in_a_row_ = 0;
  std::map<std::string, double> expected_;
  std::set<std::string> seen_;
};

}  // namespace plumbline::conformance
