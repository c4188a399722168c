#include "model/verdict.h"

#include <algorithm>
#include <utility>

namespace plumbline {
namespace {

constexpr std::array<std::pair<Verdict, std::string_view>, 7> kVerdicts{{
    {Verdict::kFail, "FAIL"},
    {Verdict::kHarnessError, "HARNESS_ERROR"},
    {Verdict::kInconclusive, "INCONCLUSIVE"},
    {Verdict::kNotJudged, "NOT_JUDGED"},
    {Verdict::kNotDeclared, "NOT_DECLARED"},
    {Verdict::kPass, "PASS"},
    {Verdict::kObserved, "OBSERVED"},
}};

}  // namespace

std::string_view to_string(Verdict verdict) { return kVerdicts[static_cast<std::size_t>(verdict)].second; }

std::optional<Verdict> parse_verdict(std::string_view text) {
  for (const auto& [verdict, name] : kVerdicts) {
    if (name == text) return verdict;
  }
  return std::nullopt;
}

Verdict worst(std::span<const Verdict> children) {
  if (children.empty()) return Verdict::kNotJudged;
  return *std::min_element(children.begin(), children.end());
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::kDocumented:
      return "D";
    case Level::kEntailed:
      return "K";
    case Level::kExpected:
      return "E";
  }
  return "E";
}

std::optional<Level> parse_level(std::string_view text) {
  for (const Level level : {Level::kDocumented, Level::kEntailed, Level::kExpected}) {
    if (to_string(level) == text) return level;
  }
  return std::nullopt;
}

ExitCode exit_code(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
    case Verdict::kObserved:
    case Verdict::kNotDeclared:
      return ExitCode::kGood;
    case Verdict::kFail:
      return ExitCode::kSubjectFailed;
    case Verdict::kHarnessError:
      return ExitCode::kOurFailure;
    case Verdict::kInconclusive:
    case Verdict::kNotJudged:
      return ExitCode::kInconclusive;
  }
  return ExitCode::kOurFailure;
}

}  // namespace plumbline
