// Verdicts, their order, and the exit codes of every binary (docs/ARCHITECTURE.md, Verdicts).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace plumbline {

/// Ordered from worst to best: a parent is its worst child. kObserved carries a value and never worsens a parent.
enum class Verdict { kFail, kHarnessError, kInconclusive, kNotJudged, kNotDeclared, kPass, kObserved };

/// "FAIL", "HARNESS_ERROR", "INCONCLUSIVE", "NOT_JUDGED", "NOT_DECLARED", "PASS", "OBSERVED".
std::string_view to_string(Verdict verdict);
std::optional<Verdict> parse_verdict(std::string_view text);
/// The worst of `children`; kNotJudged when there are none, because nothing was looked at.
Verdict worst(std::span<const Verdict> children);

/// How binding a rule is: documented, entailed, expected (docs: rule register).
enum class Level { kDocumented, kEntailed, kExpected };
/// "D", "K", "E".
std::string_view to_string(Level level);
std::optional<Level> parse_level(std::string_view text);

/// The same in every binary.
enum class ExitCode : int {
  kGood = 0,
  kSubjectFailed = 1,  ///< the candidate broke a rule
  kUsage = 2,          ///< command line or input file
  kInconclusive = 3,   ///< inconclusive or not judged
  kOurFailure = 4,     ///< harness error, or an unsuitable host
};

/// The exit code that a verdict stands for.
ExitCode exit_code(Verdict verdict);

}  // namespace plumbline
