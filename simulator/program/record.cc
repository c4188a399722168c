#include "simulator/program/record.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>

#include "simulator/network/descriptor.h"
#include "simulator/program/control.h"
#include "simulator/program/end_signals.h"
#include "simulator/program/exec.h"

namespace plumbline::program {
namespace {

using network::Descriptor;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kStandardOutput = "-";
constexpr std::chrono::milliseconds kProgressEvery{500};
constexpr std::chrono::seconds kLastLinesPatience{5};  // for the world to finish the recording

ExitCode record_failed(ExitCode exit, const std::string& text) {
  std::fputs(fmt::format("plumbline-sim: {}\n", text).c_str(), stderr);
  return exit;
}

/// Counts lines by how they begin, without reading them.
class LineCount {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) {
      if (byte == '\n') {
        const auto begins = [&](std::string_view text) { return std::string_view(start_).starts_with(text); };
        any_ = true;
        objects_ += begins(R"({"state")") ? 1 : 0;
        changes_ += begins(R"({"atUs")") ? 1 : 0;
        // Fields of the last line are in the order of their names.
        ended_ = begins(R"({"changes")");
        start_.clear();
      } else if (start_.size() < kStartMax) {
        start_ += byte;
      }
    }
  }
  bool any() const { return any_; }
  std::uint64_t objects() const { return objects_; }
  std::uint64_t changes() const { return changes_; }
  bool ended() const { return ended_; }

 private:
  static constexpr std::size_t kStartMax = 12;
  std::string start_;
  std::uint64_t objects_ = 0, changes_ = 0;
  bool any_ = false, ended_ = false;
};

/// Where the lines go.
class OutFile {
 public:
  /// Nothing is lost yet of a file that is there. What is wrong, or "".
  std::string open(const RecordOrder& order) {
    if (order.file == kStandardOutput) {
      fd_ = STDOUT_FILENO;
      return {};
    }
    file_.reset(::open(order.file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file_.valid()) {
      made_ = order.file;
    } else if (errno == EEXIST && order.overwrites) {
      file_.reset(::open(order.file.c_str(), O_WRONLY | O_CLOEXEC));
    } else if (errno == EEXIST) {
      return order.file + " is there already; --overwrite replaces it";
    }
    fd_ = file_.get();
    return file_.valid() ? "" : fmt::format("cannot write {}: {}", order.file, std::strerror(errno));
  }
  /// There is something to write: what the file held goes. False when it stays (errno).
  bool begin() const { return !regular() || ::ftruncate(fd_, 0) == 0; }
  /// There is nothing to write: no empty file stays.
  void discard() const {
    if (!made_.empty()) ::unlink(made_.c_str());
  }
  /// False when it does not take them, or does not before a signal comes (errno: EINTR).
  bool write(std::string_view bytes, int signals) const {
    const std::size_t portion = regular() ? bytes.size() : PIPE_BUF;  // which a pipe takes without making us wait
    while (!bytes.empty()) {
      pollfd entries[] = {{fd_, POLLOUT, 0}, {signals, POLLIN, 0}};
      ::poll(entries, 2, -1);
      if (entries[0].revents == 0 && entries[1].revents != 0) {
        errno = EINTR;
        return false;
      }
      if (entries[0].revents == 0) continue;
      const ssize_t count = ::write(fd_, bytes.data(), std::min(bytes.size(), portion));
      if (count < 0 && errno != EINTR) return false;
      if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

 private:
  bool regular() const {
    struct stat kind {};
    return ::fstat(fd_, &kind) == 0 && S_ISREG(kind.st_mode);
  }
  Descriptor file_;
  std::string made_;  ///< the file, when it was not there before
  int fd_ = -1;
};

class Progress {
 public:
  void show(const LineCount& count, Clock::time_point began) {
    if (!terminal_ || Clock::now() < next_) return;
    next_ = Clock::now() + kProgressEvery;
    fmt::print(stderr, "\r{}", sentence(count, began));
    std::fflush(stderr);
  }
  void finish(const LineCount& count, Clock::time_point began) const {
    fmt::print(stderr, "{}{}\n", terminal_ ? "\r" : "", sentence(count, began));
  }

 private:
  static std::string sentence(const LineCount& count, Clock::time_point began) {
    const std::chrono::duration<double> lasted = Clock::now() - began;
    return fmt::format("recorded {} objects and {} changes in {:.1f} s", count.objects(), count.changes(),
                       lasted.count());
  }
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  Clock::time_point next_{};
};

/// Milliseconds for poll until `when`, rounded up.
int until(Clock::time_point when) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

/// Copies until the other side has finished. The exit code.
ExitCode copy(const RecordOrder& order, const Descriptor& from, const OutFile& to, const EndSignals& signals) {
  const Clock::time_point began = Clock::now();
  Clock::time_point ends = order.lasts ? began + *order.lasts : Clock::time_point::max();
  LineCount count;
  Progress progress;
  bool said = false, asked = false;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    progress.show(count, began);
    pollfd entries[] = {{from.get(), POLLIN, 0}, {asked ? -1 : signals.fd(), POLLIN, 0}};
    const Clock::time_point next = std::min(ends, Clock::now() + kProgressEvery);
    if (::poll(entries, 2, until(next)) < 0 && errno != EINTR) break;
    if (entries[1].revents != 0 || Clock::now() >= ends) {
      if (asked) break;  // and it did not finish
      asked = true;
      signals.let_through();  // a second one ends it at once
      ends = Clock::now() + kLastLinesPatience;
      ::shutdown(from.get(), SHUT_WR);
    }
    if (entries[0].revents == 0) continue;
    const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    if (!to.write(bytes, signals.fd()))
      return record_failed(ExitCode::kOurFailure, fmt::format("cannot write {}: {}", order.file, std::strerror(errno)));
    count.add(bytes);
    if (count.any() && !said) {
      std::FILE* where = order.file == kStandardOutput ? stderr : stdout;
      fmt::print(where, "recording\n");
      std::fflush(where);
    }
    said = said || count.any();
  }
  progress.finish(count, began);
  if (count.ended()) return ExitCode::kGood;
  return record_failed(ExitCode::kOurFailure,
                       "the recording is cut off: the world was ended, or did not find its reader in time");
}

}  // namespace

ExitCode record(const RecordOrder& order) {
  ::signal(SIGPIPE, SIG_IGN);
  const auto world = choose_world(order.world, worlds_up());
  if (!world) return record_failed(ExitCode::kUsage, world.error().text);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return record_failed(ExitCode::kOurFailure, std::strerror(errno));
  const Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  OutFile file;
  if (const std::string why = file.open(order); !why.empty()) return record_failed(ExitCode::kUsage, why);
  const EndSignals signals;
  if (const auto begun = order_control(*world, {{"cluster", order.cluster}, {"record", true}}, theirs.get()); !begun) {
    file.discard();
    return record_failed(begun.error().reason == Reason::kUnavailable ? ExitCode::kOurFailure : ExitCode::kUsage,
                         begun.error().text);
  }
  theirs.reset();
  if (!file.begin())
    return record_failed(ExitCode::kUsage, fmt::format("cannot write {}: {}", order.file, std::strerror(errno)));
  return copy(order, ours, file, signals);
}

}  // namespace plumbline::program
