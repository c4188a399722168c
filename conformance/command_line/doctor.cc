#include <fmt/format.h>

#include "conformance/command_line/commands.h"
#include "simulator/network/isolation.h"

namespace plumbline::conformance {

ExitCode doctor() {
  const auto pid = network::spawn_isolated([] { return 0; });
  if (!pid) return fail(ExitCode::kOurFailure, pid.error().text);
  const int code = network::wait_isolated(*pid);
  fmt::print("namespaces: {}\n", code == 0 ? "good" : fmt::format("a child ended with {}", code));
  return code == 0 ? ExitCode::kGood : ExitCode::kOurFailure;
}

}  // namespace plumbline::conformance
