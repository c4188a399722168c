#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/writers.h"
#include "model/counted.h"

namespace plumbline::conformance {
namespace {

constexpr std::size_t kTextMax = 160;      ///< longer evidence is cut; the JSON report has all of it
constexpr std::size_t kRulesNamedMax = 9;  ///< that were not run; more are counted

class Screen {
 public:
  explicit Screen(bool colour) : colour_(colour) {}
  void line(const std::string& text) { text_ += text + "\n"; }
  void gap() { text_ += "\n"; }
  std::string bold(const std::string& text) const { return paint("1", text); }
  std::string painted(Verdict verdict) const {
    const std::string word(to_string(verdict));
    switch (verdict) {
      case Verdict::kPass:
        return paint("32", word);
      case Verdict::kFail:
      case Verdict::kHarnessError:
        return paint("31", word);
      default:
        return paint("33", word);
    }
  }
  std::string take() { return std::move(text_); }

 private:
  std::string paint(const char* code, const std::string& text) const {
    return colour_ ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  }
  bool colour_;
  std::string text_;
};

std::string cut(const std::string& text) {
  if (text.size() <= kTextMax) return text;
  std::size_t end = kTextMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

constexpr Verdict kVerdicts[] = {Verdict::kPass,      Verdict::kFail,        Verdict::kInconclusive,
                                 Verdict::kNotJudged, Verdict::kNotDeclared, Verdict::kHarnessError,
                                 Verdict::kObserved};

void counts(Screen& screen, const Report& report) {
  for (const auto& [level, name] : {std::pair{Level::kDocumented, "D documented"},
                                    {Level::kEntailed, "K entailed"},
                                    {Level::kExpected, "E expected"}}) {
    const auto found = report.counts.find(level);
    if (found == report.counts.end()) continue;
    std::string row = fmt::format("  {:<14}", name);
    for (const Verdict verdict : kVerdicts) {
      const auto number = found->second.find(verdict);
      if (number != found->second.end()) row += fmt::format("{:>4} {}", number->second, screen.painted(verdict));
    }
    screen.line(row);
  }
}

void failures(Screen& screen, const Report& report) {
  if (!report.input.not_introduced.empty()) {
    screen.gap();
    screen.line(fmt::format("  {} every rule: {}", screen.painted(Verdict::kFail), report.input.not_introduced));
    if (report.input.last_words.empty()) return;
    screen.line("  What it said last on its stderr:");
    for (const std::string& line : report.input.last_words) screen.line("    | " + cut(line));
    return;
  }
  bool any = false;
  for (const RuleReport& rule : report.rules) {
    if (rule.verdict != Verdict::kFail && rule.verdict != Verdict::kHarnessError) continue;
    if (!any) {
      screen.gap();
      screen.line(screen.bold("Broken"));
    }
    any = true;
    std::string found =
        fmt::format("  {} {} {}  [{}]  {}", screen.painted(rule.verdict), rule.rule.id.str(), rule.rule.title,
                    rule.rule.source.empty() ? "expected" : rule.rule.source, cut(rule.reason));
    if (!rule.expected.empty()) found += fmt::format("; expected: {}", cut(rule.expected));
    if (!rule.seen.empty()) found += fmt::format("; seen: {}", cut(rule.seen));
    if (rule.others > 0) found += fmt::format("; and {}", counted(rule.others, "more finding"));
    if (!rule.known_failure.empty()) found += "; known to its owner: " + rule.known_failure;
    // The file that is replayed may hold several cases.
    if (!rule.told_by.empty() && rule.replay.find(rule.told_by + ".yaml") == std::string::npos)
      found += "; in " + rule.told_by;
    if (!rule.replay.empty()) found += "; replay: " + rule.replay;
    screen.line(found);
    if (!rule.history.empty()) screen.line("       history: " + rule.history);
  }
}

/// Whole, as `plumbline lint` says them: who reads them has to mend them.
void mistakes(Screen& screen, const Report& report) {
  bool any = false;
  for (const ReportedScenario& scenario : report.input.scenarios) {
    if (!scenario.judgement.mistake) continue;
    if (!any) {
      screen.gap();
      screen.line(screen.bold("Mistakes in scenarios"));
    }
    any = true;
    screen.line("  " + scenario.judgement.reason);
  }
}

/// Why `rule` has no verdict; a mistake that is told above is not told again.
std::string why_open(const RuleReport& rule, const Report& report) {
  const auto& scenarios = report.input.scenarios;
  const auto told = std::find_if(scenarios.begin(), scenarios.end(), [&](const ReportedScenario& scenario) {
    return scenario.judgement.mistake && scenario.judgement.reason == rule.reason;
  });
  return told == scenarios.end() ? cut(rule.reason) : fmt::format("because of the mistake in {}", told->name);
}

/// Rules that nothing judged in this run. Who ran a few of many knows that; the whole suite has to name them.
void open_rules(Screen& screen, const Report& report) {
  const auto ids = [](const auto& rules, const auto& id_of) {
    std::vector<std::string> list;
    for (const auto& rule : rules) list.push_back(id_of(rule).str());
    return fmt::format("{}", fmt::join(list, " "));
  };
  const std::size_t not_run = report.not_run.size(), not_yet = report.not_yet.size();
  if (not_run > kRulesNamedMax) {
    screen.line(fmt::format("  {} rules were not run{} (--json names them)", not_run,
                            not_yet > 0 ? fmt::format(", {} have no scenario yet", not_yet) : ""));
    return;
  }
  if (not_run > 0) {
    screen.line(fmt::format("  {} {} not run: {}", not_run, not_run == 1 ? "rule was" : "rules were",
                            ids(report.not_run, [](const RuleId& rule) { return rule; })));
  }
  if (not_yet > 0) {
    screen.line(fmt::format("  {} have no scenario yet (plumbline rules says why): {}", counted(not_yet, "rule"),
                            ids(report.not_yet, [](const NotYet& entry) { return entry.rule; })));
  }
}

/// As large as the verdict: what it does not cover.
void not_covered(Screen& screen, const Report& report) {
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const RuleReport& rule : report.rules) {
    if (rule.verdict == Verdict::kInconclusive || rule.verdict == Verdict::kNotJudged ||
        rule.verdict == Verdict::kNotDeclared) {
      by_reason[fmt::format("{}: {}", screen.painted(rule.verdict), why_open(rule, report))].push_back(
          rule.rule.id.str());
    }
  }
  screen.gap();
  screen.line(screen.bold("Not covered by this verdict"));
  for (const auto& [reason, ids] : by_reason) screen.line(fmt::format("  {}  {}", fmt::join(ids, " "), reason));
  const auto ran = report.input.scenarios.size();
  if (ran < report.input.expected || report.input.interrupted) {
    screen.line(fmt::format("  {} of {} scenarios did not run{}",
                            report.input.expected - std::min(ran, report.input.expected), report.input.expected,
                            report.input.interrupted ? ": interrupted" : ""));
  }
  if (!report.unjudged_features.empty()) {
    screen.line(
        fmt::format("  declared features that no scenario judged: {}", fmt::join(report.unjudged_features, " ")));
  }
  for (const std::string& feature : report.input.candidate.unknown_features)
    screen.line("  declared and no feature, so that nothing judges it: " + feature);
  open_rules(screen, report);
  if (by_reason.empty() && report.not_yet.empty() && report.not_run.empty() && report.unjudged_features.empty())
    screen.line("  nothing");
}

void conditions(Screen& screen, const Report& report) {
  screen.gap();
  screen.line(screen.bold("Judged with"));
  if (report.deviations.empty()) screen.line("  default interpretations and deadlines");
  for (const auto& deviation : report.deviations) screen.line("  " + deviation);
}

void measured(Screen& screen, const Report& report) {
  screen.gap();
  screen.line(screen.bold("Measured"));
  for (const auto& [name, latency] :
       {std::pair{"a new Pod's first request", &report.joined}, {"a gone Pod's last request", &report.left}}) {
    if (latency->count == 0) continue;
    screen.line(fmt::format("  {:<26} p50 {:.0f} ms, p99 {:.0f} ms, max {:.0f} ms ({})", name, latency->p50_ms,
                            latency->p99_ms, latency->max_ms, counted(latency->count, "Pod")));
  }
  screen.line(fmt::format("  requests {}, without a response {}", report.requests, report.drops));
  if (report.ignored_stops > 0)
    screen.line(
        fmt::format("  `stop` was ignored in {}, which no rule judges", counted(report.ignored_stops, "scenario")));
}

void run_line(Screen& screen, const Report& report) {
  screen.gap();
  std::string line;
  if (!report.input.mutants.empty()) {
    const auto killed = std::count_if(report.input.mutants.begin(), report.input.mutants.end(),
                                      [](const ReportedMutant& mutant) { return !mutant.killed_by.empty(); });
    line += fmt::format("mutants killed {} of {}, ", killed, report.input.mutants.size());
  }
  line += fmt::format("{} of {} scenarios ran", report.executed(), report.input.expected);
  const auto undeclared =
      std::count_if(report.input.scenarios.begin(), report.input.scenarios.end(),
                    [](const ReportedScenario& one) { return one.judgement.verdict == Verdict::kNotDeclared; });
  if (undeclared > 0) line += fmt::format(" ({} not declared)", undeclared);
  line += fmt::format(" in {:.1f} s, seed {}", report.input.seconds, report.input.seed);
  for (const auto& [name, version] : report.input.versions) line += fmt::format(", {} {}", name, version);
  line += report.stalls == 0 ? ", no host stalls"
                             : fmt::format(", {} host stalls (longest {:.0f} ms)", report.stalls, report.stall_ms_max);
  screen.line(line);
}

}  // namespace

std::string terminal_report(const Report& report, bool colour) {
  Screen screen(colour);
  screen.line(screen.bold(report.sentence()));
  counts(screen, report);
  failures(screen, report);
  mistakes(screen, report);
  not_covered(screen, report);
  conditions(screen, report);
  measured(screen, report);
  run_line(screen, report);
  return screen.take();
}

}  // namespace plumbline::conformance
