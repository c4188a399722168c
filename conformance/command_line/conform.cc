#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include "conformance/command_line/candidates.h"
#include "conformance/command_line/commands.h"
#include "conformance/command_line/outputs.h"
#include "conformance/command_line/progress.h"
#include "conformance/command_line/reporting.h"
#include "conformance/command_line/suite_choice.h"
#include "conformance/runner/interrupts.h"
#include "model/counted.h"

namespace plumbline::conformance {
namespace {

/// What a verdict about the data plane alone is about (docs/candidate-contract.md, profiles).
const std::set<std::string>& data_plane_features() {
  static const std::set<std::string> kFeatures{"multi-cluster", "weights", "extra-labels", "host-header",
                                               "https-backend"};
  return kFeatures;
}

/// Histories in `folder` that the run did not write: `judge DIR/*.jsonl` would judge them, too.
std::size_t foreign_histories(const std::string& folder, const SuiteResult& result) {
  if (folder.empty()) return 0;
  std::set<std::filesystem::path> own;
  for (const ScenarioRun& run : result.runs) own.insert(std::filesystem::path(run.history).filename());
  std::error_code unreadable;
  std::size_t number = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable))
    if (entry.path().extension() == ".jsonl" && !own.contains(entry.path().filename())) ++number;
  return number;
}

}  // namespace

ExitCode conform(const RunOptions& options, const InstalledAt& at) {
  end_when_interrupted();
  const auto descriptor = find_startable(options.candidate, at);
  if (!descriptor) return fail(ExitCode::kUsage, descriptor.error().text);
  auto chosen = read_suite(options.files, at);
  if (!chosen) return fail(ExitCode::kUsage, chosen.error().text);
  yaml::Problems unknown;
  check_rules(*descriptor, chosen->rules, unknown);
  if (!unknown.empty()) return fail(ExitCode::kUsage, unknown.text());
  auto plans = only_rules(std::move(chosen->plans), options.rules);
  if (const std::string* why = chosen->rules.why_not_yet(RuleId(options.rules)); why != nullptr && !plans)
    return fail(ExitCode::kUsage, fmt::format("no scenario judges {} yet: {}", options.rules, *why));
  if (plans) plans = only_shard(std::move(*plans), options.shard);
  if (!plans) return fail(ExitCode::kUsage, plans.error().text);

  SuiteOptions suite;
  suite.descriptor = *descriptor;
  suite.plans = std::move(*plans);
  if (options.profile == "data-plane") suite.allowed = data_plane_features();
  suite.interpretations = default_interpretations(chosen->rules);
  suite.programs = at.programs.string();
  suite.jobs = options.jobs > 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
  suite.seed = options.seed;
  suite.history_dir = options.history_dir;
  suite.keep_on_fail = options.keep_on_fail;
  suite.cap = std::chrono::seconds(options.cap_seconds);
  if (const auto good = check_output_files({{"--json", options.json_file}, {"--junit", options.junit_file}}); !good) {
    return fail(ExitCode::kUsage, good.error().text);
  }
  if (const auto good = check_output_folder("--history-dir", options.history_dir); !good) {
    return fail(ExitCode::kUsage, good.error().text);
  }

  const auto begun = std::chrono::steady_clock::now();
  Result<SuiteResult> result = SuiteResult{};
  {
    Progress progress(stderr_is_terminal());
    result = run_suite(suite, progress);
  }
  if (!result && result.error().reason == Reason::kUnavailable) return fail_for_host(result.error().text);
  if (!result) return fail(ExitCode::kOurFailure, result.error().text);
  if (!result->not_introduced.empty()) fail(ExitCode::kSubjectFailed, result->not_introduced);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const Report report =
      make_report(report_input(options, *descriptor, suite.plans, *result, took.count()), chosen->rules);
  if (const auto written = write_reports(options, report); !written) {
    return fail(ExitCode::kOurFailure, written.error().text);
  }
  if (!result->kept_in.empty()) fmt::print(stderr, "histories kept in {}\n", result->kept_in);
  if (const std::size_t foreign = foreign_histories(options.history_dir, *result); foreign > 0)
    fmt::print(stderr, "note: {} also has {} that this run did not write\n", options.history_dir,
               counted(foreign, ".jsonl file"));
  if (result->interrupted) return fail(ExitCode::kInconclusive, "interrupted; nothing runs any more");
  return report.exit;
}

}  // namespace plumbline::conformance
