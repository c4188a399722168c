#include "reference/net/deadlines.h"

#include <algorithm>

#include "model/check.h"

namespace plumbline::gateway {
namespace {

void unlink(Deadlines::Links& links) {
  links.before->after = links.after;
  links.after->before = links.before;
  links.before = links.after = &links;
}

void link(Deadlines::Links& slot, Deadlines::Links& links) {
  links.before = slot.before;
  links.after = &slot;
  slot.before->after = &links;
  slot.before = &links;
}

std::size_t tick_of(Moment at) { return static_cast<std::size_t>(at.time_since_epoch() / Deadlines::kTick); }

}  // namespace

void Deadlines::Entry::unset() { unlink(*this); }

// The slot of the first tick that begins at or after `at`, within the wheel's horizon and after now.
std::size_t Deadlines::slot_of(Moment at) const {
  const std::size_t present = tick_of(now_);
  return std::clamp(tick_of(at) + 1, present + 1, present + kSlots - 1) % kSlots;
}

void Deadlines::set(Entry& entry, Moment at) {
  unlink(entry);
  entry.at_ = at;
  link(slots_[slot_of(at)], entry);
}

void Deadlines::advance(Moment now) {
  CHECK(now >= now_, "time does not go back");
  const std::size_t last = tick_of(now);
  for (std::size_t tick = std::max(tick_of(now_) + 1, last >= kSlots ? last - kSlots + 1 : 0); tick <= last; ++tick) {
    Links due;
    Links& slot = slots_[tick % kSlots];
    if (slot.after == &slot) continue;
    due.before = slot.before;
    due.after = slot.after;
    due.before->after = due.after->before = &due;
    slot.before = slot.after = &slot;
    now_ = std::max(now_, Moment(tick * std::chrono::duration_cast<Moment::duration>(kTick)));
    while (due.after != &due) {
      Entry& entry = static_cast<Entry&>(*due.after);
      unlink(entry);
      if (entry.at_ > now) {
        link(slots_[slot_of(entry.at_)], entry);
      } else {
        entry.on_expiry_();
      }
    }
  }
  now_ = now;
}

}  // namespace plumbline::gateway
