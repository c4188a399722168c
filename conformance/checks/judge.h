// The judge: a history in, verdicts out. Pure: the same history gives the same verdicts, at any time, on any machine.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "conformance/checks/finding.h"
#include "conformance/checks/history.h"
#include "model/ids.h"
#include "model/verdict.h"

namespace plumbline::conformance {

struct ExpectationResult {
  RuleId rule;
  std::string noun;
  std::string place;  ///< "file:line:column" of the expectation
  Finding finding;
};

struct RuleResult {
  RuleId rule;
  Verdict verdict = Verdict::kNotJudged;
};

/// Everything that one history says.
struct Judgement {
  std::string scenario, row, title;
  Verdict verdict = Verdict::kHarnessError;  ///< worst of the rules
  std::string reason;                        ///< why nothing, or not all, could be judged; empty otherwise
  bool mistake = false;                      ///< that reason is a mistake in the scenario, with its place
  std::vector<ExpectationResult> expectations;
  std::vector<RuleResult> rules;  ///< in the order of the plan
  std::uint64_t seed = 0;
  double seconds = 0;  ///< from the world's start to the end of the history
  nlohmann::json candidate = nlohmann::json::object();
  nlohmann::json deadlines = nlohmann::json::object();
  nlohmann::json interpretations = nlohmann::json::object();
  nlohmann::json versions = nlohmann::json::object();
  int stalls = 0;  ///< spans in which the host did not run us
  double stall_ms_max = 0;
  std::int64_t requests = 0;  ///< that users sent, probes left out
  std::int64_t drops = 0;     ///< of them without a response
  bool ignored_stop = false;  ///< `stop` was neither answered nor obeyed in time, or the candidate went on running
};

/// Judges every expectation of the plan that the history's header carries.
Judgement judge(const History& history);
/// Loads and judges. A file that cannot be read, or is malformed or truncated, is a Judgement with kHarnessError.
Judgement judge_file(const std::string& path);

/// For `plumbline judge --json` and the reports.
nlohmann::json to_json(const Judgement& judgement);

}  // namespace plumbline::conformance
