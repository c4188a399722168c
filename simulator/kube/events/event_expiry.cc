#include "simulator/kube/events/event_expiry.h"

#include <algorithm>
#include <utility>

namespace plumbline::kube {
namespace {

constexpr std::size_t kExpiredAtOnce = 1000;
/// The clock may be set while nobody looks.
constexpr std::chrono::minutes kLookEvery{1};

}  // namespace

EventExpiry::EventExpiry(boost::asio::io_context& io, Operations& operations, Store::WallClock clock)
    : operations_(operations),
      clock_(std::move(clock)),
      timer_(io),
      events_(operations.store().subscribe(KindId::kEvent, "", [this](const Event& event) { on_event(event); })) {}

void EventExpiry::on_event(const Event& event) {
  if (event.op == Op::kDeleted) return;
  due_.push_back({clock_() + kEventLife, event.object->identity(), event.object->resource_version()});
  wait(false);
}

bool EventExpiry::expire() {
  const auto now = clock_();
  for (std::size_t looked = 0; !due_.empty() && due_.front().at <= now; ++looked) {
    if (looked == kExpiredAtOnce) return true;
    const Due due = std::move(due_.front());
    due_.pop_front();
    const ObjectPtr event = operations_.store().find(KindId::kEvent, due.event->space, due.event->name);
    if (event && event->resource_version() == due.resource_version) (void)operations_.erase(event->key());
  }
  return false;
}

void EventExpiry::wait(bool more) {
  if (waiting_ || due_.empty()) return;
  waiting_ = true;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due_.front().at - clock_());
  timer_.expires_after(more ? std::chrono::milliseconds(1)
                            : std::clamp(left, std::chrono::milliseconds(1), std::chrono::milliseconds(kLookEvery)));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    waiting_ = false;
    wait(expire());
  });
}

}  // namespace plumbline::kube
