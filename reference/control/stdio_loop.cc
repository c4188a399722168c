#include "reference/control/stdio_loop.h"

#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "reference/control/json_rpc.h"
#include "wire/contract.h"

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;
constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

/// Lines of stdin, one after the other.
class LineReader {
 public:
  explicit LineReader(asio::io_context& io) : input_(io) {
    // A duplicate, so that closing it leaves stdin as the parent gave it.
    const int copy = ::dup(STDIN_FILENO);
    boost::system::error_code error;
    if (copy >= 0) input_.assign(copy, error);
    usable_ = copy >= 0 && !error;
  }

  bool usable() const { return usable_; }

  /// nullopt at the end of input. `too_long`: the line was longer than the contract allows and is dropped.
  asio::awaitable<std::optional<std::string>> next(bool& too_long) {
    too_long = false;
    while (true) {
      const auto end = unread_.find('\n', scanned_);
      if (end != std::string::npos) {
        std::string line = unread_.substr(0, end);
        unread_.erase(0, end + 1);
        scanned_ = 0;
        co_return line;
      }
      scanned_ = unread_.size();
      if (unread_.size() > wire::kLineBytesMax) {
        too_long = true;
        unread_.clear();
        scanned_ = 0;
      }
      std::array<char, kPieceBytes> piece;
      const std::size_t got = co_await read(piece);
      if (got == 0) co_return std::nullopt;
      unread_.append(piece.data(), got);
    }
  }

 private:
  asio::awaitable<std::size_t> read(std::array<char, kPieceBytes>& piece) {
    auto [error, got] = co_await input_.async_read_some(asio::buffer(piece), asio::as_tuple(asio::use_awaitable));
    if (!error) co_return got;
    // Regular files cannot be waited for; they never block either.
    if (error != asio::error::operation_not_supported && error.value() != EPERM) co_return 0;
    const ssize_t direct = ::read(input_.native_handle(), piece.data(), piece.size());
    co_return direct > 0 ? static_cast<std::size_t>(direct) : 0;
  }

  asio::posix::stream_descriptor input_;
  bool usable_ = false;
  std::string unread_;
  std::size_t scanned_ = 0;
};

asio::awaitable<void> serve(LineReader& lines, Contract& contract, StdoutNotifier& out, asio::io_context& io) {
  while (!contract.stopped()) {
    bool too_long = false;
    const auto line = co_await lines.next(too_long);
    if (!line) break;
    if (too_long) {
      out.line(fault_line({nullptr, wire::kInvalidRequestCode, "the line is longer than 16 MiB"}));
      continue;
    }
    if (line->find_first_not_of(" \t\r") == std::string::npos) continue;
    auto parsed = parse_request(*line);
    if (const auto* fault = std::get_if<RpcFault>(&parsed)) {
      out.line(fault_line(*fault));
      continue;
    }
    auto& request = std::get<RpcRequest>(parsed);
    const Reply reply = co_await contract.call(request.method, std::move(request.params));
    if (request.is_notification) continue;
    out.line(reply.is_error ? error_line(request.id, reply.body) : response_line(request.id, reply.body));
  }
  io.stop();
}

}  // namespace

void StdoutNotifier::write(LogLevel level, std::string_view message) {
  std::fprintf(stderr, "%s: %.*s\n", to_string(level).data(), static_cast<int>(message.size()), message.data());
  if (level >= LogLevel::kWarning) line(notification_line("log", {{"level", to_string(level)}, {"message", message}}));
}

void StdoutNotifier::event(const nlohmann::json& event) { line(notification_line("event", event)); }

void StdoutNotifier::line(const std::string& text) {
  const std::lock_guard lock(mutex_);
  const std::string whole = text + "\n";
  std::size_t written = 0;
  while (written < whole.size()) {
    const ssize_t got = ::write(STDOUT_FILENO, whole.data() + written, whole.size() - written);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;  // nobody reads any more; the end of stdin will say so
    written += static_cast<std::size_t>(got);
  }
}

ExitCode serve_stdio(const MakeContract& make, StdoutNotifier& notifier) {
  std::signal(SIGPIPE, SIG_IGN);
  asio::io_context io(1);
  const std::unique_ptr<Contract> contract = make(io.get_executor());
  LineReader lines(io);
  if (!lines.usable()) {
    notifier.write(LogLevel::kError, "stdin cannot be read");
    return ExitCode::kOurFailure;
  }
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (!error) io.stop();
  });
  asio::co_spawn(io, serve(lines, *contract, notifier, io), asio::detached);
  io.run();
  contract->shut_down();
  return ExitCode::kGood;
}

}  // namespace plumbline::gateway
