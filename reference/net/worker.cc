#include "reference/net/worker.h"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "reference/net/session.h"

namespace plumbline::gateway {
namespace {

constexpr std::chrono::milliseconds kAcceptPause{10};
constexpr std::chrono::milliseconds kPoolSweepEvery{1000};

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

}  // namespace

Worker::Worker(const ServerOptions& options, unsigned index)
    : options_(options),
      io_(1),
      dispatcher_(index, options.workers, options.seed),
      pool_(options.pooled_connections_max),
      deadlines_(now()),
      acceptor_(io_.get_executor()),
      pause_(io_.get_executor()),
      clock_(io_.get_executor()) {}

Worker::~Worker() = default;

Result<std::uint16_t> Worker::listen(std::uint16_t port) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address_v4(options_.address, error);
  if (!error) acceptor_.open(asio::ip::tcp::v4(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && options_.workers > 1) acceptor_.set_option(ReusePort(true), error);
  if (!error) acceptor_.set_option(asio::ip::tcp::no_delay(true), error);  // accepted sockets inherit it
  if (!error) acceptor_.bind({address, port}, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    Error refused;
    refused.reason = Reason::kUnavailable;
    refused.object = options_.address + ":" + std::to_string(port);
    refused.text = "cannot listen on " + refused.object + ": " + error.message();
    return refused;
  }
  return acceptor_.local_endpoint().port();
}

void Worker::run() {
  asio::co_spawn(io_.get_executor(), accept_users(), asio::detached);
  io_.run();
}

void Worker::update(std::function<void(Dispatcher&)> change) {
  asio::post(io_, [this, change = std::move(change)] {
    change(dispatcher_);
    if (dispatcher_.departures() == departures_seen_) return;
    departures_seen_ = dispatcher_.departures();
    pool_.keep_only([this](std::string_view key) { return dispatcher_.is_node(key); });
  });
}

void Worker::stop() {
  asio::post(io_, [this] {
    stopping_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    clock_.cancel();
    pool_.clear();
    for (Session* session : sessions_) session->close();
  });
}

void Worker::ended(Session& session) { sessions_.erase(&session); }

Task<void> Worker::accept_users() {
  while (!stopping_) {
    auto [error, socket] = co_await acceptor_.async_accept(kCompletion);
    if (stopping_) break;
    if (error) {
      pause_.expires_after(kAcceptPause);
      co_await pause_.async_wait(kCompletion);
      continue;
    }
    auto session = std::make_unique<Session>(*this, std::move(socket), ++connections_);
    sessions_.insert(session.get());
    Session& started = *session;
    asio::co_spawn(io_.get_executor(), started.run(std::move(session)), asio::detached);
    start_clock();
  }
}

void Worker::start_clock() {
  if (clock_runs_) return;
  clock_runs_ = true;
  asio::co_spawn(io_.get_executor(), keep_time(), asio::detached);
}

// Ticks only while there is something to time.
Task<void> Worker::keep_time() {
  Moment swept = now();
  while (!stopping_ && (!sessions_.empty() || !pool_.empty())) {
    clock_.expires_after(Deadlines::kTick);
    co_await clock_.async_wait(kCompletion);
    const Moment present = now();
    deadlines_.advance(present);
    if (present - swept >= kPoolSweepEvery) {
      swept = present;
      pool_.close_idle(present - options_.pooled_idle_timeout);
    }
  }
  clock_runs_ = false;
}

}  // namespace plumbline::gateway
