// The jsonrpc driver: JSON-RPC 2.0, one message a line, on the stdin and stdout of a child, or on a UNIX socket.
// A thread of its own reads, so that notifications arrive at once, also between calls.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "conformance/contract/driver.h"
#include "conformance/contract/line_splitter.h"

namespace plumbline::conformance {

struct JsonRpcOptions {
  ChildOptions child;  ///< its command is empty when `attach` is set
  /// Path of a UNIX socket. With the first byte of the first request go descriptors of the namespaces of the world
  /// (SCM_RIGHTS): user, mount, IPC, network (that of child.network_namespace), PID.
  std::string attach;
};

class JsonRpcDriver : public Driver {
 public:
  JsonRpcDriver(JsonRpcOptions options, CandidateObserver& observer);
  ~JsonRpcDriver() override;
  Result<void> start() override;
  CallOutcome call(const std::string& method, const nlohmann::json& params,
                   std::chrono::milliseconds deadline) override;
  StopOutcome stop(std::chrono::milliseconds grace) override;
  void kill() override;
  bool alive() const override;

 private:
  using Clock = std::chrono::steady_clock;

  Result<int> connect_socket() const;
  ssize_t write_some(std::string_view bytes);
  bool send_line(const std::string& line, Clock::time_point deadline, CallOutcome& outcome);
  void read_until_end();
  bool drain(int fd, bool is_log);
  void on_line(std::string_view line, bool too_long);
  void on_closed();
  bool wait_for_exit(Clock::time_point deadline);

  JsonRpcOptions options_;
  CandidateObserver& observer_;
  std::optional<ChildProcess> child_;
  int socket_ = -1;
  bool namespaces_passed_ = false;
  int wake_ = -1;  ///< tells the reading thread to end
  LineSplitter messages_;
  LineSplitter log_;
  std::thread reader_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t last_id_ = 0;
  std::int64_t pending_ = 0;            ///< id that a call waits for; 0 when none does
  std::optional<CallOutcome> answer_;   ///< of the pending call
  std::optional<std::string> invalid_;  ///< invalid output that no call has been told of yet
  bool closed_ = false;
  std::optional<ExitStatus> status_;
};

}  // namespace plumbline::conformance
