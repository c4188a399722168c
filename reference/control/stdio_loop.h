// The gateway as a child process that speaks the candidate contract on stdin and stdout. Ends on `stop`, end of input,
// SIGINT or SIGTERM.
#pragma once

#include <mutex>
#include <string>

#include "model/verdict.h"
#include "reference/control/notifier.h"
#include "reference/control/policies.h"

namespace plumbline::gateway {

inline constexpr unsigned kWorkersMax = 64;

struct StdioOptions {
  unsigned workers = 1;
};

/// Notifications as lines on stdout, log lines on stderr too. Thread-safe; each line is written whole.
class StdoutNotifier : public Notifier {
 public:
  void write(LogLevel level, std::string_view message) override;
  void event(const nlohmann::json& event) override;
  void line(const std::string& text);

 private:
  std::mutex mutex_;
};

/// Serves until the end. Blocks SIGPIPE. kGood, or kOurFailure when stdin cannot be read.
ExitCode serve_stdio(const StdioOptions& options, const Policies& policies, StdoutNotifier& notifier);

}  // namespace plumbline::gateway
