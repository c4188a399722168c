#include "reference/core/following/reflector.h"

#include <algorithm>

namespace plumbline::gateway {

std::chrono::milliseconds Backoff::next() {
  constexpr int kDoublingsMax = 20;
  const auto longest = std::min(options_.last, options_.first * (1 << std::min(failures_, kDoublingsMax)));
  ++failures_;
  const auto half = static_cast<std::uint64_t>(longest.count() / 2);
  return longest - std::chrono::milliseconds(random_.below(half + 1));
}

Reflector::Next Reflector::start() { return {Step::kList, "", {}}; }

Reflector::Next Reflector::listed(const std::string& resource_version, std::optional<std::chrono::milliseconds> poll) {
  version_ = resource_version;
  if (poll) {
    after_wait_ = Step::kList;
    return {Step::kWait, "", *poll};
  }
  return {Step::kWatch, version_, {}};
}

Reflector::Next Reflector::list_failed() { return wait(Step::kList); }

void Reflector::seen(const std::string& resource_version) {
  version_ = resource_version;
  backoff_.reset();
}

Reflector::Next Reflector::watch_ended(WatchEnd how) {
  // Even a watch that ended in good order is followed by a short pause: a server that ends each at once is not flooded.
  return wait(how == WatchEnd::kGone ? Step::kList : Step::kWatch);
}

Reflector::Next Reflector::waited() { return {after_wait_, after_wait_ == Step::kWatch ? version_ : "", {}}; }

Reflector::Next Reflector::wait(Step after) {
  after_wait_ = after;
  return {Step::kWait, "", backoff_.next()};
}

}  // namespace plumbline::gateway
