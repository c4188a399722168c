#include "conformance/command_line/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "model/counted.h"

namespace plumbline::conformance {
namespace {

constexpr std::size_t kLiveBytesMax = 100;

const char* colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
    case Verdict::kObserved:
      return "\x1b[32m";
    case Verdict::kFail:
    case Verdict::kHarnessError:
      return "\x1b[31m";
    default:
      return "\x1b[33m";
  }
}

}  // namespace

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

Progress::Progress(bool terminal) : terminal_(terminal) {}

Progress::~Progress() { erase_live_line(); }

void Progress::erase_live_line() {
  if (live_) fmt::print(stderr, "\r\x1b[K");
  live_ = false;
}

void Progress::introduced(const wire::HelloResult& candidate) {
  erase_live_line();
  fmt::print(stderr, "candidate {} {}: {}, {}\n", candidate.name, candidate.version,
             counted(candidate.features.size(), "feature"), counted(candidate.workers, "worker"));
}

void Progress::started(const std::string& scenario) { running_.push_back(scenario); }

void Progress::finished(const ScenarioRun& run, std::size_t done, std::size_t all) {
  erase_live_line();
  done_ = done;
  all_ = all;
  std::erase(running_, run.name);
  const Verdict verdict = run.judgement.verdict;
  if (verdict == Verdict::kNotDeclared) return;  // the report says why; there is nothing to wait for
  const std::string word = fmt::format("{:<13}", to_string(verdict));
  fmt::print(stderr, "{} {:<52} {:>5.1f} s{}{}\n", terminal_ ? colour_of(verdict) + word + "\x1b[0m" : word, run.name,
             static_cast<double>(run.took.count()) / 1000.0, run.judgement.reason.empty() ? "" : "  ",
             run.judgement.reason);
}

void Progress::tick() {
  if (!terminal_ || running_.empty()) return;
  std::string line = all_ == 0 ? "" : fmt::format("{}/{} done; ", done_, all_);
  line += fmt::format("running {}", fmt::join(running_, ", "));
  if (line.size() > kLiveBytesMax) line = line.substr(0, kLiveBytesMax) + "...";
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
  live_ = true;
}

}  // namespace plumbline::conformance
