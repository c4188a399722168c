#include "simulator/world/waiters.h"

#include <fmt/format.h>

namespace plumbline::world {

void Waiters::wait(Missing missing, std::chrono::milliseconds deadline, Done done) {
  if (missing().empty()) return done({});
  const auto waiter = waiting_.emplace(waiting_.end(), io_, std::move(missing), std::move(done));
  waiter->deadline.expires_after(deadline);
  waiter->deadline.async_wait([this, waiter, deadline](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    const std::string what = waiter->missing();
    const Done tell = std::move(waiter->done);
    waiting_.erase(waiter);
    if (what.empty()) return tell({});
    tell(Error{Reason::kUnavailable, fmt::format("not after {} ms: {}", deadline.count(), what), "", ""});
  });
}

void Waiters::changed() {
  if (pending_ || waiting_.empty()) return;
  pending_ = true;
  look_.expires_after(kLookAgain);
  look_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    pending_ = false;
    look();
  });
}

void Waiters::look() {
  for (auto waiter = waiting_.begin(); waiter != waiting_.end();) {
    if (!waiter->missing().empty()) {
      ++waiter;
      continue;
    }
    const Done tell = std::move(waiter->done);
    waiter = waiting_.erase(waiter);
    tell({});
  }
}

}  // namespace plumbline::world
