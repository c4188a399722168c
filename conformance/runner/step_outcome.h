// How one step went. Value type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace plumbline::conformance {

struct StepOutcome {
  enum class Kind {
    kDone,
    kRefused,   ///< the candidate said no
    kSilent,    ///< the candidate did not answer, answered nonsense, or is gone
    kSkipped,   ///< the candidate lacks the feature, or an earlier refusal leaves nothing to act on
    kCut,       ///< the scenario's time was up meanwhile
    kMistaken,  ///< the scenario asks for what the world does not have: its author's mistake
    kBroken,    ///< the world or the harness could not do it: our failure
  };
  Kind kind = Kind::kDone;
  std::string error;            ///< why, when it is not done
  std::optional<bool> settled;  ///< of `settle`
  std::optional<std::int64_t> probes;

  static StepOutcome refused(std::string why) { return {Kind::kRefused, std::move(why), {}, {}}; }
  static StepOutcome silent(std::string why) { return {Kind::kSilent, std::move(why), {}, {}}; }
  static StepOutcome skipped(std::string why) { return {Kind::kSkipped, std::move(why), {}, {}}; }
  static StepOutcome cut(std::string what) { return {Kind::kCut, std::move(what), {}, {}}; }
  static StepOutcome mistaken(std::string why) { return {Kind::kMistaken, std::move(why), {}, {}}; }
  static StepOutcome broken(std::string why) { return {Kind::kBroken, std::move(why), {}, {}}; }
};

}  // namespace plumbline::conformance
