// What every check needs from a history: windows with their hits and results, nodes over time, deadlines, and the
// reasons for which nothing can be said. Read-only; made once a history.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/checks/finding.h"
#include "conformance/checks/history.h"

namespace plumbline::conformance {

/// Nodes of a tunnel over a span of time, by Pod; a Pod that several rows match has the sum of their weights.
struct Membership {
  std::map<std::string, TruthNode> steady;  ///< nodes at every moment of the span
  std::map<std::string, TruthNode> ever;    ///< nodes at some moment of it
  bool constant() const { return steady.size() == ever.size() && !changed; }
  bool changed = false;  ///< a weight changed
};

/// A Pod that became a node, or ceased to be one.
struct Transition {
  std::string pod;
  TruthNode node;
  std::int64_t t = 0;
};

class CheckContext {
 public:
  /// `history` must outlive the context.
  explicit CheckContext(const History& history);

  const History& history() const { return history_; }
  const nlohmann::json& plan() const { return plan_; }
  int workers() const { return workers_; }
  /// False when the candidate introduced itself and did not declare `feature`.
  bool offers(const std::string& feature) const;
  std::string instance_address() const;

  /// The window that argument `during` names, when something was sent in it. Null with the finding that explains it.
  struct FoundWindow {
    const Window* window = nullptr;
    Finding why;
  };
  FoundWindow window(const nlohmann::json& arguments) const;
  /// The same, also of a window that was cut short: what is seen to break a rule in a part of it breaks it.
  FoundWindow part_of_window(const nlohmann::json& arguments) const;
  /// As window(), though nothing was sent.
  FoundWindow span(const nlohmann::json& arguments) const;
  /// The step that argument `name` names, when it was carried out; else the finding that explains it.
  struct FoundStep {
    const StepRecord* step = nullptr;
    Finding why;
  };
  FoundStep step(const nlohmann::json& arguments, const char* name) const;

  const std::vector<const HitRecord*>& hits(const Window& window) const;        ///< ordered by time
  const std::vector<const ResultRecord*>& results(const Window& window) const;  ///< ordered by time
  /// When the user sent the request that made this hit; the hit's own time when the history does not say.
  std::int64_t sent(const HitRecord& hit) const;
  /// Answered requests of all windows of `tunnel` that were sent after `t`.
  std::int64_t answered_since(const std::string& tunnel, std::int64_t t) const;
  /// The first hit of each request of the window; repeats are retries. Traps left out.
  std::vector<const HitRecord*> first_hits(const Window& window) const;

  /// Argument `of`, else the tunnel of the window's API, else the only tunnel.
  std::string tunnel(const nlohmann::json& arguments, const Window* window) const;
  Membership membership(const std::string& tunnel, std::int64_t from, std::int64_t to) const;
  /// Everything that was a node at some moment of the span, row by row; repeats are left in.
  std::vector<TruthNode> nodes_ever(const std::string& tunnel, std::int64_t from, std::int64_t to) const;
  std::vector<Transition> joined(const std::string& tunnel, std::int64_t from, std::int64_t to) const;
  std::vector<Transition> left(const std::string& tunnel, std::int64_t from, std::int64_t to) const;

  /// Microseconds of argument `within`: a deadline's name or milliseconds; default: propagation.
  std::int64_t within_us(const nlohmann::json& arguments) const;
  std::int64_t deadline_us(const std::string& name) const;

  /// The candidate is gone or silent, or talks nonsense: since when, and how. An orderly `stop` is none of these; users
  /// without answers are one only when the scenario was cut short among them (else expectations speak for themselves).
  struct Silence {
    std::int64_t t = 0;
    std::int64_t asked = 0;  ///< when the call began that got no answer in time; t when it is no matter of time
    int line = 0;
    std::string text;
  };
  const std::optional<Silence>& silence() const { return silence_; }
  /// What silence() makes of any expectation: FAIL with the silence as evidence; INCONCLUSIVE when the host stalled
  /// while an answer was awaited. Needs silence().
  Finding silenced(std::string sentence, std::string expected) const;
  /// A failure that a stall of the host may explain (lateness, absence) becomes INCONCLUSIVE; anything else stays.
  Finding unless_stalled(Finding finding, std::int64_t from, std::int64_t to) const;
  /// A PASS that rests on what the flow log does not show is INCONCLUSIVE when the log lost attempts.
  Finding unless_flow_log_lost(Finding finding) const;
  /// Why something that the plan asks for is not in the history.
  Finding why_missing(const std::string& what) const;
  /// FAIL: no request of `window` reached whom it had to. Requests that reached Pods without the header that says which
  /// they are are told.
  Finding none_reached(const Window& window, const std::string& sentence, const std::string& expected) const;
  /// The same for what only the scenario could have made: a scenario without it shows nothing, which is not our
  /// failure.
  Finding why_nothing(const std::string& what) const;

 private:
  void notice(std::int64_t asked, std::int64_t t, int line, std::string text);
  void notice_unanswered_users();

  const History& history_;
  nlohmann::json plan_;
  int workers_ = 1;
  std::map<int, std::vector<const HitRecord*>> hits_;
  std::map<int, std::vector<const ResultRecord*>> results_;
  std::map<std::pair<int, int>, std::int64_t> sent_;  ///< by window and number of the request
  std::optional<Silence> silence_;
};

/// "10.0.16.1" of "10.0.16.1:80", or of itself.
std::string host_of(const std::string& address);

/// "cluster/namespace/name#uid" hits that are traps have this prefix.
bool is_trap(const std::string& pod);

}  // namespace plumbline::conformance
