// One data-plane worker: a thread's io_context, its listener (SO_REUSEPORT), its Dispatcher, its pool of connections to
// Pods, its deadlines and its sessions. Shares nothing with other workers. Members without a note are for its own
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_set>

#include "reference/net/deadlines.h"
#include "reference/net/io.h"
#include "reference/net/server.h"
#include "reference/net/upstream_pool.h"

namespace plumbline::gateway {

class Session;

class Worker {
 public:
  /// `options` must outlive the worker.
  Worker(const ServerOptions& options, unsigned index);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Before run(). Returns the port; kUnavailable when the address cannot be bound.
  Result<std::uint16_t> listen(std::uint16_t port);
  /// The body of the worker's thread; returns after stop() when every session has ended.
  void run();
  /// Thread-safe; in the order of the calls.
  void update(std::function<void(Dispatcher&)> change);
  /// Thread-safe. Closes the listener and every connection.
  void stop();

  // ---- for sessions ----
  const ServerOptions& options() const { return options_; }
  Dispatcher& dispatcher() { return dispatcher_; }
  UpstreamPool& pool() { return pool_; }
  Deadlines& deadlines() { return deadlines_; }
  Executor executor() { return io_.get_executor(); }
  Moment now() const { return std::chrono::steady_clock::now(); }
  bool stopping() const { return stopping_; }
  void ended(Session& session);

 private:
  Task<void> accept_users();
  Task<void> keep_time();
  void start_clock();

  const ServerOptions& options_;
  asio::io_context io_;
  Dispatcher dispatcher_;
  std::uint64_t departures_seen_ = 0;
  UpstreamPool pool_;
  Deadlines deadlines_;
  Acceptor acceptor_;
  Timer pause_;  ///< of accepting, when descriptors have run out
  Timer clock_;
  bool clock_runs_ = false;
  bool stopping_ = false;
  std::uint64_t connections_ = 0;
  std::unordered_set<Session*> sessions_;  ///< owned by their coroutines
};

}  // namespace plumbline::gateway
