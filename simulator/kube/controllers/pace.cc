#include "simulator/kube/controllers/pace.h"

namespace plumbline::kube {

bool Pace::rests(const ObjectKey& key) {
  const auto found = until_.find(key);
  if (found == until_.end()) return false;
  const auto now = clock_();
  if (now >= found->second) {
    until_.erase(found);
    return false;
  }
  queue_.add_after(key, std::chrono::duration_cast<std::chrono::microseconds>(found->second - now));
  return true;
}

void Pace::worked(const ObjectKey& key, std::size_t things) {
  if (things < kThingsWithoutRest) return;
  until_[key] = clock_() + kRestPerThing * static_cast<std::int64_t>(things);
}

}  // namespace plumbline::kube
