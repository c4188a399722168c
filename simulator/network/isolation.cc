#include "simulator/network/isolation.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "simulator/network/descriptor.h"
#include "simulator/network/failure.h"

// What leak checkers and gcov do when a process exits, which _exit() leaves out. Null in builds without them.
extern "C" {
[[gnu::weak]] int __lsan_do_recoverable_leak_check();  // NOLINT(bugprone-reserved-identifier): not ours to name
[[gnu::weak]] void __gcov_dump();                      // NOLINT(bugprone-reserved-identifier): not ours to name
}

namespace plumbline::network {
namespace {

constexpr int kSignalBase = 128;
constexpr int kSetupFailed = 4;
constexpr int kLeaked = 23;  ///< as LeakSanitizer has it

/// The exit code of a body that returned `code`, after instruments have had their say.
int after_instruments(int code) {
  if (__gcov_dump != nullptr) __gcov_dump();
  const bool leaked = __lsan_do_recoverable_leak_check != nullptr && __lsan_do_recoverable_leak_check() != 0;
  return code == 0 && leaked ? kLeaked : code;
}

/// Says on `report` what failed and ends this process.
[[noreturn]] void give_up(int report, const std::string& what) {
  const std::string text = unavailable(what).text;
  [[maybe_unused]] const ssize_t written = ::write(report, text.data(), text.size());
  ::_exit(kSetupFailed);
}

bool ended(int pidfd) {
  pollfd entry{pidfd, POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0;
}

/// Dies with `parent`. The check closes the gap in which it may have died before we asked.
void die_with(int parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (ended(parent)) ::_exit(kSignalBase + SIGKILL);
}

bool write_file(const char* path, const std::string& text) {
  const Descriptor file(::open(path, O_WRONLY | O_CLOEXEC));
  return file.valid() && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

void become_root_of_a_user_namespace(int report) {
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  if (::unshare(CLONE_NEWUSER) != 0) give_up(report, "a user namespace was refused");
  if (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", fmt::format("0 {} 1", uid)) ||
      !write_file("/proc/self/gid_map", fmt::format("0 {} 1", gid))) {
    give_up(report, "the user namespace has no user: writing its uid_map or gid_map was refused");
  }
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void make_mounts_our_own(int report) {
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    give_up(report, errno == EINVAL ? "private mounts were refused, / is no mount point; in a chroot, mount its folder "
                                      "on itself before: `mount --bind DIR DIR`"
                                    : "private mounts were refused");
  }
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
    give_up(report, "mounting /proc of the new PID namespace was refused");
  }
  if (::mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") != 0) {
    give_up(report, "mounting a tmpfs on /dev/shm was refused");
  }
  // No name server can be reached: who asks for a name is told at once that nobody answers, where there is such a file.
  [[maybe_unused]] const int without_names = ::mount("/dev/null", "/etc/resolv.conf", nullptr, MS_BIND, nullptr);
}

[[noreturn]] void be_first(const std::function<int()>& body, int guard, int report) {
  die_with(guard);
  ::close(guard);
  make_mounts_our_own(report);
  raise_descriptor_limit();
  ::close(report);
  const int code = after_instruments(body());
  std::fflush(nullptr);
  ::_exit(code);
}

/// The process between: only it may fork into the new PID namespace, and only it is seen by the caller.
[[noreturn]] void be_guard(const std::function<int()>& body, int caller, int report) {
  die_with(caller);
  ::signal(SIGINT, SIG_IGN);
  if (needs_user_namespace()) become_root_of_a_user_namespace(report);
  if (::unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET) != 0) {
    give_up(report, "PID, mount, IPC and network namespaces were refused");
  }
  die_with(caller);
  const int self = static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0));
  if (self < 0) give_up(report, "pidfd_open");
  const pid_t first = ::fork();
  if (first < 0) give_up(report, "fork");
  if (first == 0) {
    ::signal(SIGINT, SIG_DFL);
    ::close(caller);
    be_first(body, self, report);
  }
  ::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
  ::_exit(wait_isolated(first));
}

std::string remedy(const std::string& failure) {
  return failure + " (run `plumbline doctor` for what to change on this host)";
}

}  // namespace

Result<pid_t> spawn_isolated(const std::function<int()>& body) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return unavailable("no pipe");
  }
  Descriptor news(ends[0]);
  Descriptor report(ends[1]);
  const Descriptor self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (!self.valid()) return unavailable("pidfd_open");
  std::fflush(nullptr);
  const pid_t guard = ::fork();
  if (guard < 0) return unavailable("fork");
  if (guard == 0) {
    news.reset();
    be_guard(body, self.get(), report.get());
  }
  report.reset();
  std::string failure;
  char buffer[512];
  for (;;) {
    const ssize_t count = ::read(news.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    failure.append(buffer, static_cast<std::size_t>(count));
  }
  if (failure.empty()) return guard;
  wait_isolated(guard);
  return Error{Reason::kUnavailable, remedy(failure), "", ""};
}

int wait_isolated(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return kSetupFailed;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
}

bool needs_user_namespace() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[2]{};
  if (::syscall(SYS_capget, &header, sets) != 0) return true;
  for (const int capability : {CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_NET_RAW}) {
    if ((sets[capability / 32].effective & (1U << (capability % 32))) == 0) return true;
  }
  return false;
}

}  // namespace plumbline::network
