// The gateway as a child process that speaks the candidate contract on stdin and stdout. Ends on `stop`, end of input,
// SIGINT or SIGTERM.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "model/verdict.h"
#include "reference/control/contract.h"
#include "reference/control/notifier.h"

namespace plumbline::gateway {

inline constexpr unsigned kWorkersMax = 64;

/// Notifications as lines on stdout, log lines on stderr too. Thread-safe; each line is written whole.
class StdoutNotifier : public Notifier {
 public:
  void write(LogLevel level, std::string_view message) override;
  void event(const nlohmann::json& event) override;
  void line(const std::string& text);

 private:
  std::mutex mutex_;
};

/// Makes the one who answers, on the executor of the control thread.
using MakeContract = std::function<std::unique_ptr<Contract>(boost::asio::any_io_executor)>;

/// Serves until the end. Ignores SIGPIPE. kGood, or kOurFailure when stdin cannot be read.
ExitCode serve_stdio(const MakeContract& make, StdoutNotifier& notifier);

}  // namespace plumbline::gateway
