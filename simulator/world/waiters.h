// Those who wait for a fact of the world: asked again a moment after something changed, not at every change.
// Runs on the world's thread; all members must be called there.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <string>

#include "model/error.h"

namespace plumbline::world {

/// Changes that come together are looked at together.
inline constexpr std::chrono::milliseconds kLookAgain{2};

class Waiters {
 public:
  /// Says what is still missing; empty when nothing is.
  using Missing = std::function<std::string()>;
  using Done = std::function<void(Result<void>)>;

  explicit Waiters(boost::asio::io_context& io) : io_(io), look_(io) {}

  /// Calls `done` once: when nothing is missing (at once if so now), or after `deadline` with kUnavailable and what is.
  void wait(Missing missing, std::chrono::milliseconds deadline, Done done);
  /// Something changed.
  void changed();

 private:
  struct Waiter {
    Waiter(boost::asio::io_context& io, Missing what, Done whom)
        : missing(std::move(what)), done(std::move(whom)), deadline(io) {}
    Missing missing;
    Done done;
    boost::asio::steady_timer deadline;
  };
  void look();

  boost::asio::io_context& io_;
  boost::asio::steady_timer look_;
  bool pending_ = false;
  std::list<Waiter> waiting_;
};

}  // namespace plumbline::world
