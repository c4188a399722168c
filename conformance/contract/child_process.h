// Starts a program in a process group of its own, inside a given network namespace, with pipes to it.
// Owns the child: the destructor kills the whole group and reaps it. Used by one thread at a time.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "model/error.h"

namespace plumbline::conformance {

struct ChildOptions {
  std::vector<std::string> command;      ///< not empty; command[0] is a path, or is looked up in PATH
  std::string folder;                    ///< working folder; "" keeps the current one
  int network_namespace = -1;            ///< entered before exec; -1 stays in the current one
  std::vector<std::string> environment;  ///< "NAME=value", added to the current environment
};

/// How a process ended.
struct ExitStatus {
  int code = -1;   ///< exit code, -1 when a signal ended it
  int signal = 0;  ///< 0 when it exited by itself
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};
/// "exit code 3", "signal 11".
std::string to_string(const ExitStatus& status);

class ChildProcess {
 public:
  /// kNotFound when the program does not exist or cannot be executed, kUnavailable when the system has no room.
  static Result<ChildProcess> start(const ChildOptions& options);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  /// Non-blocking ends of the pipes, owned by this object.
  int stdin_fd() const { return stdin_; }
  int stdout_fd() const { return stdout_; }
  int stderr_fd() const { return stderr_; }
  /// Becomes readable when the process has ended.
  int exit_fd() const { return exit_; }
  void close_stdin();
  /// Reaps; requires that exit_fd() is readable, or kill_group() was called. Gives the same answer again later.
  ExitStatus wait();
  /// SIGKILL to the process group. Harmless when it is gone.
  void kill_group();

 private:
  ChildProcess() = default;
  pid_t pid_ = -1;
  int stdin_ = -1, stdout_ = -1, stderr_ = -1, exit_ = -1;
  bool reaped_ = false;
  ExitStatus status_;
};

}  // namespace plumbline::conformance
