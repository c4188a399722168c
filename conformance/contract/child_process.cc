#include "conformance/contract/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "model/check.h"

namespace plumbline::conformance {
namespace {

void close_fd(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  bool open() { return ::pipe2(ends.data(), O_CLOEXEC) == 0; }
  ~Pipe() {
    close_fd(ends[0]);
    close_fd(ends[1]);
  }
  int take(std::size_t end) { return std::exchange(ends[end], -1); }
};

enum class Stage : int { kNamespace, kFolder, kExec };
struct Failure {
  Stage stage;
  int error;
};

/// Everything the child needs, prepared before fork: between fork and exec only async-signal-safe calls are allowed.
struct Prepared {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder;
  int network_namespace;
  int in, out, err, report;
};

[[noreturn]] void fail_child(const Prepared& prepared, Stage stage) {
  const Failure failure{stage, errno};
  [[maybe_unused]] const auto written = ::write(prepared.report, &failure, sizeof failure);
  ::_exit(127);
}

[[noreturn]] void run_child(const Prepared& prepared) {
  ::setpgid(0, 0);
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (prepared.network_namespace >= 0 && ::setns(prepared.network_namespace, CLONE_NEWNET) != 0) {
    fail_child(prepared, Stage::kNamespace);
  }
  if (*prepared.folder != '\0' && ::chdir(prepared.folder) != 0) fail_child(prepared, Stage::kFolder);
  ::dup2(prepared.in, 0);
  ::dup2(prepared.out, 1);
  ::dup2(prepared.err, 2);
  ::syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
  ::execvpe(prepared.arguments[0], prepared.arguments.data(), prepared.environment.data());
  fail_child(prepared, Stage::kExec);
}

Error start_error(const ChildOptions& options, const Failure& failure) {
  const std::string why = std::strerror(failure.error);
  const std::string& program = options.command.front();
  switch (failure.stage) {
    case Stage::kNamespace:
      return {Reason::kUnavailable, fmt::format("{}: cannot enter its network namespace: {}", program, why), "",
              program};
    case Stage::kFolder:
      return {Reason::kNotFound, fmt::format("{}: cannot enter the folder {}: {}", program, options.folder, why), "",
              program};
    case Stage::kExec:
      break;
  }
  return {Reason::kNotFound, fmt::format("{}: cannot be executed: {}", program, why), "", program};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

std::string to_string(const ExitStatus& status) {
  return status.signal != 0 ? fmt::format("signal {}", status.signal) : fmt::format("exit code {}", status.code);
}

Result<ChildProcess> ChildProcess::start(const ChildOptions& options) {
  CHECK(!options.command.empty(), "a command has at least a program");
  Pipe in, out, err, report;
  if (!in.open() || !out.open() || !err.open() || !report.open()) {
    return Error{Reason::kUnavailable, fmt::format("no pipes: {}", std::strerror(errno)), "", ""};
  }
  std::vector<std::string> arguments = options.command;
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  environment.insert(environment.end(), options.environment.begin(), options.environment.end());
  const Prepared prepared{
      pointers(arguments), pointers(environment), options.folder.c_str(), options.network_namespace, in.ends[0],
      out.ends[1],         err.ends[1],           report.ends[1]};
  const pid_t pid = ::fork();
  if (pid < 0) return Error{Reason::kUnavailable, fmt::format("cannot fork: {}", std::strerror(errno)), "", ""};
  if (pid == 0) run_child(prepared);

  ::setpgid(pid, pid);  // also here, so that kill_group() works from now on; fails harmlessly after exec
  close_fd(report.ends[1]);
  Failure failure{};
  ssize_t got = 0;
  do {
    got = ::read(report.ends[0], &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got == sizeof failure) {
    ::waitpid(pid, nullptr, 0);
    return start_error(options, failure);
  }
  ChildProcess child;
  child.pid_ = pid;
  child.stdin_ = in.take(1);
  child.stdout_ = out.take(0);
  child.stderr_ = err.take(0);
  for (const int fd : {child.stdin_, child.stdout_, child.stderr_}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  child.exit_ = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (child.exit_ < 0) {
    return Error{Reason::kUnavailable, fmt::format("pidfd_open: {}; Linux 5.3 is needed", std::strerror(errno)), "",
                 ""};
  }
  ::fcntl(child.exit_, F_SETFD, FD_CLOEXEC);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      stdin_(std::exchange(other.stdin_, -1)),
      stdout_(std::exchange(other.stdout_, -1)),
      stderr_(std::exchange(other.stderr_, -1)),
      exit_(std::exchange(other.exit_, -1)),
      reaped_(other.reaped_),
      status_(other.status_) {}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    kill_group();
    wait();
  }
  for (int* fd : {&stdin_, &stdout_, &stderr_, &exit_}) close_fd(*fd);
}

void ChildProcess::close_stdin() { close_fd(stdin_); }

ExitStatus ChildProcess::wait() {
  if (reaped_) return status_;
  int raw = 0;
  while (::waitpid(pid_, &raw, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  if (WIFSIGNALED(raw)) {
    status_ = {-1, WTERMSIG(raw)};
  } else {
    status_ = {WEXITSTATUS(raw), 0};
  }
  return status_;
}

void ChildProcess::kill_group() {
  // After reaping, the group may still hold the program's own children; its number stays taken as long as it does.
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

}  // namespace plumbline::conformance
