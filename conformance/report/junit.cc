#include <fmt/format.h>

#include "conformance/report/writers.h"

namespace plumbline::conformance {
namespace {

/// For attributes and text; characters that XML 1.0 does not have become '?'.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char byte : text) {
    switch (byte) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\t':
        out += "&#9;";
        break;
      default:
        out += static_cast<unsigned char>(byte) < 0x20 ? '?' : byte;
    }
  }
  return out;
}

double seconds_of(const Report& report, const RuleReport& rule) {
  double seconds = 0;
  for (const auto& [name, verdict] : rule.scenarios) {
    for (const ReportedScenario& scenario : report.input.scenarios) {
      if (scenario.name == name) seconds += scenario.seconds;
    }
  }
  return seconds;
}

std::string test_case(const Report& report, const RuleReport& rule) {
  std::string out =
      fmt::format("    <testcase classname=\"{}\" name=\"{} {}\" time=\"{:.3f}\"", to_string(rule.rule.level),
                  rule.rule.id.str(), escaped(rule.rule.title), seconds_of(report, rule));
  const std::string message = escaped(rule.reason);
  const std::string detail = escaped(fmt::format("source: {}\nexpected: {}\nseen: {}\nreplay: {}", rule.rule.source,
                                                 rule.expected, rule.seen, rule.replay));
  switch (rule.verdict) {
    case Verdict::kPass:
    case Verdict::kObserved:
      return out + "/>\n";
    case Verdict::kFail:
      return out + fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", message, detail);
    case Verdict::kHarnessError:
    case Verdict::kInconclusive:
    case Verdict::kNotJudged:
      return out + fmt::format(">\n      <error message=\"{}: {}\">{}</error>\n    </testcase>\n",
                               to_string(rule.verdict), message, detail);
    default:
      return out +
             fmt::format(">\n      <skipped message=\"{}: {}\"/>\n    </testcase>\n", to_string(rule.verdict), message);
  }
}

int count(const std::map<Verdict, int>& counts, std::initializer_list<Verdict> verdicts) {
  int sum = 0;
  for (const Verdict verdict : verdicts) {
    if (const auto found = counts.find(verdict); found != counts.end()) sum += found->second;
  }
  return sum;
}

}  // namespace

std::string junit_report(const Report& report) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"plumbline {}\" time=\"{:.3f}\">\n", escaped(report.input.candidate.name),
                     report.input.seconds);
  if (report.input.interrupted) {
    out += fmt::format(
        "  <testsuite name=\"run\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
        "    <testcase classname=\"run\" name=\"the run comes to its end\">\n      <error message=\"{}\"/>\n"
        "    </testcase>\n  </testsuite>\n",
        report.interruption());
  }
  const std::string last_words = fmt::format("{}", fmt::join(report.input.last_words, "\n"));
  for (const auto& [level, counts] : report.counts) {
    int tests = 0;
    for (const auto& [verdict, number] : counts) tests += number;
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n",
                       to_string(level), tests, count(counts, {Verdict::kFail}),
                       count(counts, {Verdict::kHarnessError, Verdict::kInconclusive, Verdict::kNotJudged}),
                       count(counts, {Verdict::kNotDeclared}));
    for (const RuleReport& rule : report.rules) {
      if (rule.rule.level == level) out += test_case(report, rule);
    }
    if (!last_words.empty()) out += fmt::format("    <system-err>{}</system-err>\n", escaped(last_words));
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace plumbline::conformance
