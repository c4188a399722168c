#include <fmt/format.h>

#include <algorithm>

#include "conformance/command_line/commands.h"
#include "simulator/network/host_check.h"

namespace plumbline::conformance {

ExitCode doctor() {
  const auto checks = network::check_host();
  for (const auto& check : checks) {
    fmt::print("{:<8} {:<24} {}\n", check.ok ? "good" : "MISSING", check.name, check.detail);
    if (!check.ok) fmt::print("         {:<24} {}\n", "", check.remedy);
  }
  const bool good = std::all_of(checks.begin(), checks.end(), [](const network::HostCheck& check) { return check.ok; });
  fmt::print("{}\n", good ? "This host can run simulated worlds." : "This host cannot run simulated worlds yet.");
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
