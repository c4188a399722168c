// What a check found, and the few ways to say it. Value types.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/verdict.h"

namespace plumbline::conformance {

/// A record that shows what a verdict says.
struct Evidence {
  std::int64_t t = 0;  ///< microseconds since the world's start
  int line = 0;        ///< of the history, 1-based; 0 when it has none
  std::string text;
};

/// What became of one expectation.
struct Finding {
  static constexpr std::size_t kEvidenceMax = 10;  ///< further records are counted in the sentence, not kept

  Verdict verdict = Verdict::kNotJudged;
  std::string sentence;  ///< what was found, for a person
  std::string expected, seen;
  nlohmann::json measured = nlohmann::json::object();  ///< numbers, also when it passed; times in milliseconds
  std::vector<Evidence> evidence;

  static Finding of(Verdict verdict, std::string sentence) {
    Finding finding;
    finding.verdict = verdict;
    finding.sentence = std::move(sentence);
    return finding;
  }
  static Finding pass(std::string sentence) { return of(Verdict::kPass, std::move(sentence)); }
  static Finding fail(std::string sentence, std::string expected, std::string seen) {
    Finding finding = of(Verdict::kFail, std::move(sentence));
    finding.expected = std::move(expected);
    finding.seen = std::move(seen);
    return finding;
  }
  static Finding inconclusive(std::string sentence) { return of(Verdict::kInconclusive, std::move(sentence)); }
  static Finding not_judged(std::string sentence) { return of(Verdict::kNotJudged, std::move(sentence)); }
  static Finding harness_error(std::string sentence) { return of(Verdict::kHarnessError, std::move(sentence)); }

  void show(std::int64_t t, int line, std::string text) {
    if (evidence.size() < kEvidenceMax) evidence.push_back({t, line, std::move(text)});
  }
};

}  // namespace plumbline::conformance
