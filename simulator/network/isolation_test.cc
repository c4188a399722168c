#include "simulator/network/isolation.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "simulator/network/descriptor.h"

namespace plumbline::network {
namespace {

constexpr int kPatienceMs = 20'000;

/// Runs `body` isolated and returns its exit code; -1 with a failure when it could not start.
int run(const std::function<int()>& body) {
  const auto pid = spawn_isolated(body);
  if (!pid) {
    ADD_FAILURE() << pid.error();
    return -1;
  }
  return wait_isolated(*pid);
}

#ifdef __SANITIZE_ADDRESS__
[[gnu::noinline]] void lose_memory() {
  [[maybe_unused]] auto* volatile lost = new std::string(1000, 'x');
  lost = nullptr;
}

TEST(Isolation, ALeakInsideIsSeen) {
  EXPECT_EQ(23, run([] {
              lose_memory();
              return 0;
            }));
}
#endif

struct Pipe {
  Descriptor out;
  Descriptor in;
};

Pipe pipe_of_ours() {
  int ends[2];
  EXPECT_EQ(0, ::pipe2(ends, O_CLOEXEC));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// True when every holder of the other end has gone; false when they live on after kPatienceMs.
bool closes(const Descriptor& out) {
  pollfd entry{out.get(), POLLIN, 0};
  char byte;
  while (::poll(&entry, 1, kPatienceMs) > 0) {
    if (::read(out.get(), &byte, 1) == 0) return true;
  }
  return false;
}

void wait_for_byte(const Descriptor& out) {
  char byte;
  ASSERT_EQ(1, ::read(out.get(), &byte, 1));
}

[[noreturn]] void linger() {
  for (;;) ::pause();
}

TEST(Isolation, ExitCodeOfTheBodyIsTheChilds) {
  EXPECT_EQ(37, run([] { return 37; }));
}

TEST(Isolation, BodyIsFirstProcessOfItsOwnProc) {
  EXPECT_EQ(0, run([] { return ::getpid() == 1 && std::filesystem::exists("/proc/1/exe") ? 0 : 1; }));
}

TEST(Isolation, NetworkIsEmptyButForLoopback) {
  EXPECT_EQ(3, run([] {
              std::ifstream links("/proc/net/dev");
              int lines = 0;
              for (std::string line; std::getline(links, line);) ++lines;
              return lines;  // two of heading, one of lo
            }));
}

TEST(Isolation, SharedMemoryFilesStayInside) {
  const std::string path = "/dev/shm/plumbline-isolation-test-" + std::to_string(::getpid());
  EXPECT_EQ(0, run([&] {
              std::ofstream(path) << "inside";
              return std::filesystem::exists(path) ? 0 : 1;
            }));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Isolation, NoNameServerIsAsked) {
  EXPECT_EQ(0, run([] {
              std::ifstream names("/etc/resolv.conf");
              return names.peek() == std::ifstream::traits_type::eof() ? 0 : 1;
            }));
}

TEST(Isolation, DescriptorsOfTheCallerAreOpenInside) {
  const Pipe pipe = pipe_of_ours();
  EXPECT_EQ(0, run([&] { return ::write(pipe.in.get(), "x", 1) == 1 ? 0 : 1; }));
  wait_for_byte(pipe.out);
}

TEST(Isolation, DeathBySignalIsReported) {
  EXPECT_EQ(128 + SIGILL, run([]() -> int { __builtin_trap(); }));
}

TEST(Isolation, KillingTheReturnedPidEndsEverythingInside) {
  Pipe pipe = pipe_of_ours();
  const auto pid = spawn_isolated([&]() -> int {
    if (::fork() == 0) {
      ::setsid();
      if (::write(pipe.in.get(), "x", 1) != 1) return 1;
      linger();
    }
    linger();
  });
  ASSERT_TRUE(pid) << pid.error();
  pipe.in.reset();
  wait_for_byte(pipe.out);
  ASSERT_EQ(0, ::kill(*pid, SIGKILL));
  EXPECT_EQ(128 + SIGKILL, wait_isolated(*pid));
  EXPECT_TRUE(closes(pipe.out));
}

TEST(Isolation, KillingTheCallerEndsEverythingInside) {
  Pipe pipe = pipe_of_ours();
  const pid_t caller = ::fork();
  if (caller == 0) {
    const auto pid = spawn_isolated([&]() -> int {
      if (::fork() == 0) ::setsid();
      if (::write(pipe.in.get(), "x", 1) != 1) return 1;
      linger();
    });
    if (!pid) ::_exit(1);
    linger();
  }
  pipe.in.reset();
  wait_for_byte(pipe.out);
  wait_for_byte(pipe.out);
  ASSERT_EQ(0, ::kill(caller, SIGKILL));
  EXPECT_EQ(128 + SIGKILL, wait_isolated(caller));
  EXPECT_TRUE(closes(pipe.out));
}

TEST(Isolation, WorksForAnOrdinaryUser) {
  constexpr uid_t kNobody = 65534;
  const pid_t ordinary = ::fork();
  if (ordinary == 0) {
    if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(100);
    // A process that just gave up root may not write its own uid_map; one that never was root may.
    ::prctl(PR_SET_DUMPABLE, 1);
    if (!needs_user_namespace()) ::_exit(101);
    const auto pid = spawn_isolated([] { return ::geteuid() == 0 && ::getpid() == 1 ? 0 : 1; });
    ::_exit(pid ? wait_isolated(*pid) : 102);
  }
  EXPECT_EQ(0, wait_isolated(ordinary));
}

}  // namespace
}  // namespace plumbline::network
