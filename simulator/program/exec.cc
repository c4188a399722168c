#include "simulator/program/exec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "simulator/network/failure.h"
#include "simulator/network/isolation.h"
#include "simulator/program/control.h"

namespace plumbline::program {
namespace {

using network::Descriptor;
using network::unavailable;

constexpr int kNotStarted = 127;

}  // namespace

Result<std::string> choose_world(const std::optional<std::string>& wanted, const std::vector<std::string>& up) {
  const auto not_found = [&](const std::string& text) {
    return Error{Reason::kNotFound, text, "world", wanted.value_or("")};
  };
  if (up.empty()) {
    return not_found(fmt::format("no world{} is up; start one with `plumbline sim up WORLD.yaml`",
                                 wanted ? " " + *wanted : std::string()));
  }
  if (!wanted && up.size() == 1) return up.front();
  if (!wanted) {
    return not_found(fmt::format("{} worlds are up: {}; choose one with --world, for example --world {}", up.size(),
                                 fmt::join(up, ", "), up.front()));
  }
  if (std::find(up.begin(), up.end(), *wanted) != up.end()) return *wanted;
  return not_found(
      fmt::format("no world {} is up; {} {}", *wanted, fmt::join(up, ", "), up.size() == 1 ? "is" : "are"));
}

namespace {

bool is_own_user_namespace(int fd) {
  struct stat theirs {};
  struct stat ours {};
  return ::fstat(fd, &theirs) == 0 && ::stat("/proc/self/ns/user", &ours) == 0 && theirs.st_ino == ours.st_ino &&
         theirs.st_dev == ours.st_dev;
}

Result<void> enter(const Places& places) {
  const std::filesystem::path folder = std::filesystem::current_path();
  if (!is_own_user_namespace(places.user.get()) && ::setns(places.user.get(), CLONE_NEWUSER) != 0) {
    return unavailable("the world's user namespace cannot be entered");
  }
  if (::setns(places.ipc.get(), CLONE_NEWIPC) != 0 || ::setns(places.net.get(), CLONE_NEWNET) != 0 ||
      ::setns(places.pid.get(), CLONE_NEWPID) != 0 || ::setns(places.mount.get(), CLONE_NEWNS) != 0) {
    return unavailable("the world's namespaces cannot be entered");
  }
  std::error_code ignored;
  std::filesystem::current_path(folder, ignored);
  return {};
}

[[noreturn]] void become(const std::vector<std::string>& command, const sigset_t& mask) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  fmt::print(stderr, "{}: {}\n", command.front(), std::strerror(errno));
  ::_exit(kNotStarted);
}

}  // namespace

Result<int> run_inside(const ExecOrder& order) {
  const auto world = choose_world(order.world, worlds_up());
  if (!world) return world.error();
  const auto places = ask_control(*world, order.place);
  if (!places) return places.error();
  if (auto entered = enter(*places); !entered) return entered.error();

  sigset_t passed_on;
  sigset_t before;
  ::sigemptyset(&passed_on);
  ::sigaddset(&passed_on, SIGTERM);
  ::sigaddset(&passed_on, SIGINT);
  ::sigprocmask(SIG_BLOCK, &passed_on, &before);
  const pid_t pid = ::fork();
  if (pid < 0) return unavailable("fork");
  if (pid == 0) become(order.command, before);
  const Descriptor signals(::signalfd(-1, &passed_on, SFD_CLOEXEC));
  const Descriptor command(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  for (;;) {
    pollfd entries[] = {{command.get(), POLLIN, 0}, {signals.get(), POLLIN, 0}};
    if (::poll(entries, 2, -1) < 0 && errno != EINTR) break;
    if (entries[0].revents != 0) break;
    signalfd_siginfo signal{};
    // The terminal sends SIGINT to the command itself.
    if (entries[1].revents != 0 && ::read(signals.get(), &signal, sizeof signal) == sizeof signal &&
        signal.ssi_signo == SIGTERM) {
      ::kill(pid, SIGTERM);
    }
  }
  return network::wait_isolated(pid);
}

}  // namespace plumbline::program
