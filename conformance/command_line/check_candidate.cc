#include <fmt/format.h>

#include "conformance/command_line/candidates.h"
#include "conformance/command_line/commands.h"
#include "conformance/runner/candidate_check.h"
#include "conformance/runner/interrupts.h"
#include "conformance/runner/schedule.h"
#include "simulator/network/isolation.h"
#include "simulator/world/world_file.h"

namespace plumbline::conformance {
namespace {

constexpr std::chrono::seconds kWorldAllowance{60};
constexpr int kCallsMax = 30;

}  // namespace

ExitCode check_candidate(const CheckOptions& options, const InstalledAt& at) {
  end_when_interrupted();
  const auto descriptor = find_startable(options.descriptor, at);
  if (!descriptor) return fail(ExitCode::kUsage, descriptor.error().text);
  const auto rules = Register::read(at.home / "conformance/rules");
  if (!rules) return fail(ExitCode::kOurFailure, rules.error().text);
  yaml::Problems unknown;
  check_rules(*descriptor, *rules, unknown);
  if (!unknown.empty()) return fail(ExitCode::kUsage, unknown.text());
  fmt::print("ok      {:<28} {}\n", "descriptor", descriptor->file.empty() ? descriptor->name : descriptor->file);
  std::fflush(stdout);
  yaml::Problems problems;
  WorkerOrder order;
  order.plan.world = world::read_world_file(at.home / "scenarios/worlds/httpbin.yaml", problems);
  if (!problems.empty()) return fail(ExitCode::kOurFailure, problems.text());
  order.descriptor = *descriptor;
  order.programs = at.programs.string();
  order.seed = options.seed;
  int code = 0;
  bool capped = false;
  Interrupts interrupts;
  // Longer than a candidate can take that answers each call just in time.
  const auto& deadlines = descriptor->deadlines;
  const auto cap = kWorldAllowance + deadlines.start + kCallsMax * deadlines.control + deadlines.propagation;
  Schedule schedule({{"check", [&] { return run_candidate_check(order); }, cap}}, 1, network::spawn_isolated,
                    interrupts);
  const auto end = schedule.run({{},
                                 [&](const FinishedJob& job) {
                                   code = job.exit_code;
                                   capped = job.capped;
                                 },
                                 {}});
  if (!end) return fail_for_host(end.error().text);
  if (*end == Schedule::End::kInterrupted) return fail(ExitCode::kInconclusive, "interrupted; nothing runs any more");
  if (capped) return fail(ExitCode::kOurFailure, "the check did not come to its end in time");
  if (code == static_cast<int>(ExitCode::kGood)) {
    fmt::print("{} speaks the contract; judge it: plumbline conform --candidate {}\n", descriptor->name,
               options.descriptor);
    return ExitCode::kGood;
  }
  return code == static_cast<int>(ExitCode::kSubjectFailed) ? ExitCode::kSubjectFailed : ExitCode::kOurFailure;
}

}  // namespace plumbline::conformance
