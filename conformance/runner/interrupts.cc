#include "conformance/runner/interrupts.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <string_view>

#include "model/check.h"
#include "model/verdict.h"

namespace plumbline::conformance {
namespace {

constexpr int kWishes[] = {SIGINT, SIGTERM};
constexpr std::string_view kWords = "plumbline: interrupted; nothing runs any more\n";

void end_now(int) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kWords.data(), kWords.size());
  ::_exit(static_cast<int>(ExitCode::kInconclusive));
}

}  // namespace

void end_when_interrupted() {
  for (const int wish : kWishes) ::signal(wish, end_now);
}

Interrupts::Interrupts() {
  sigset_t held;
  sigemptyset(&held);
  for (const int wish : kWishes) sigaddset(&held, wish);
  ::sigprocmask(SIG_BLOCK, &held, &before_);
  descriptor_ = ::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
  CHECK(descriptor_ >= 0, "a signalfd is available at start");
}

Interrupts::~Interrupts() {
  if (came_) came();
  ::close(descriptor_);
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool Interrupts::came() {
  signalfd_siginfo wish{};
  while (::read(descriptor_, &wish, sizeof wish) == static_cast<ssize_t>(sizeof wish)) came_ = true;
  return came_;
}

void Interrupts::forget_in_child() const {
  for (const int wish : kWishes) ::signal(wish, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace plumbline::conformance
