#include "conformance/runner/schedule.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "model/check.h"

namespace plumbline::conformance {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kTickMs = 100;
constexpr int kSignalBase = 128;

/// Turns SIGCHLD into reads while it lives.
class ChildNews {
 public:
  ChildNews() {
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &watched, &before_);
    fd_ = ::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    CHECK(fd_ >= 0, "a signalfd is available at start");
  }
  ~ChildNews() {
    ::close(fd_);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  /// Until a child ended, `other` is readable, or a tick has passed.
  void wait_or(int other) const {
    pollfd entries[] = {{fd_, POLLIN, 0}, {other, POLLIN, 0}};
    ::poll(entries, 2, kTickMs);
    signalfd_siginfo news{};
    while (::read(fd_, &news, sizeof news) == static_cast<ssize_t>(sizeof news)) {
    }
  }
  /// To be called in a forked child.
  void forget_in_child() const { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  int fd_ = -1;
  sigset_t before_{};
};

}  // namespace

Schedule::Schedule(std::vector<Job> jobs, unsigned side_by_side, Spawn spawn, Interrupts& interrupts)
    : jobs_(std::move(jobs)), side_by_side_(side_by_side), spawn_(std::move(spawn)), interrupts_(interrupts) {
  CHECK(side_by_side_ >= 1, "a schedule runs at least one job at a time");
}

Schedule::~Schedule() { kill_all(); }

Result<void> Schedule::start_next(const Watch& watch) {
  const std::size_t index = next_++;
  const auto pid = spawn_(jobs_[index].body);
  if (!pid) return pid.error();
  running_.emplace(*pid, Running{index, Clock::now()});
  if (watch.started) watch.started(index);
  return {};
}

void Schedule::reap(const Watch& watch) {
  for (auto entry = running_.begin(); entry != running_.end();) {
    int status = 0;
    const auto& [pid, running] = *entry;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - running.since);
    if (::waitpid(pid, &status, WNOHANG) != pid) {
      if (took > jobs_[running.index].cap && !running.capped) {
        entry->second.capped = true;
        ::kill(pid, SIGKILL);
      }
      ++entry;
      continue;
    }
    const FinishedJob finished{running.index, WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status),
                               running.capped, took};
    entry = running_.erase(entry);
    if (watch.finished) watch.finished(finished);
  }
}

void Schedule::kill_all() {
  for (const auto& [pid, running] : running_) ::kill(pid, SIGKILL);
  for (const auto& [pid, running] : running_) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  running_.clear();
}

Result<Schedule::End> Schedule::run(const Watch& watch) {
  const ChildNews children;
  const Spawn plain = spawn_;
  spawn_ = [this, &plain, &children](const std::function<int()>& body) {
    return plain([this, &body, &children] {
      children.forget_in_child();
      interrupts_.forget_in_child();
      return body();
    });
  };
  while (!interrupts_.came() && (next_ < jobs_.size() || !running_.empty())) {
    while (next_ < jobs_.size() && running_.size() < side_by_side_) {
      if (const auto started = start_next(watch); !started) return started.error();
    }
    children.wait_or(interrupts_.descriptor());
    if (interrupts_.came()) break;
    reap(watch);
    if (watch.tick) watch.tick();
  }
  kill_all();
  return interrupts_.came() ? End::kInterrupted : End::kAllDone;
}

}  // namespace plumbline::conformance
