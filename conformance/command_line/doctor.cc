#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "conformance/command_line/commands.h"
#include "conformance/command_line/suite_choice.h"
#include "simulator/network/host_check.h"

namespace plumbline::conformance {
namespace {

using network::HostCheck;

/// The sibling programs that are not there.
std::string absent(const InstalledAt& at, std::initializer_list<const char*> programs) {
  std::string missing;
  for (const char* name : programs) {
    if (::access((at.programs / name).c_str(), X_OK) != 0)
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", name);
  }
  return missing;
}

/// The reference is what most commands start; people's simulations and mutants are built when they are wanted.
HostCheck programs_check(const InstalledAt& at) {
  const std::string missing = absent(at, {"plumbline-gateway"});
  if (!missing.empty())
    return {"programs", false, fmt::format("{} not in {}", missing, at.programs.string()),
            "`make build` builds all of them into one folder; keep them together"};
  const std::string later = absent(at, {"plumbline-sim", "plumbline-mutant"});
  if (later.empty()) return {"programs", true, at.programs.string(), ""};
  return {"programs", true, fmt::format("{}; not built yet: {} (`make build`)", at.programs.string(), later), ""};
}

/// Rules and scenarios, which are read at run time.
HostCheck files_check(const InstalledAt& at) {
  const auto suite = read_suite({}, at);
  if (suite) {
    return {"rules and scenarios", true,
            fmt::format("{}: {} rules, {} plans", at.home.string(), suite->rules.rules().size(), suite->plans.size()),
            ""};
  }
  const std::string& text = suite.error().text;
  return {"rules and scenarios", false, text.substr(0, text.find('\n')),
          "set PLUMBLINE_HOME to the folder of this repository"};
}

}  // namespace

ExitCode doctor(const InstalledAt& at) {
  auto checks = network::check_host();
  checks.push_back(programs_check(at));
  checks.push_back(files_check(at));
  for (const auto& check : checks) {
    fmt::print("{:<8} {:<24} {}\n", check.ok ? "good" : "MISSING", check.name, check.detail);
    if (!check.ok) fmt::print("         {:<24} {}\n", "", check.remedy);
  }
  const bool good = std::all_of(checks.begin(), checks.end(), [](const HostCheck& check) { return check.ok; });
  fmt::print("{}\n", good ? "This host can run simulated worlds; try: plumbline conform --candidate reference"
                          : "This host cannot run simulated worlds yet: mend what is MISSING, then ask again.");
  return good ? ExitCode::kGood : ExitCode::kOurFailure;
}

ExitCode fail_for_host(const std::string& text) {
  fail(ExitCode::kOurFailure, text);
  for (const auto& check : network::check_host()) {
    if (!check.ok) fmt::print(stderr, "  {}: {}\n    {}\n", check.name, check.detail, check.remedy);
  }
  return ExitCode::kOurFailure;
}

}  // namespace plumbline::conformance
