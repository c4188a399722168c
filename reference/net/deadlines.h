// Deadlines of many connections for the price of one timer: a wheel of slots, each a list of entries. Setting a
// deadline is a few pointer writes, so it may be done for every request. Entries may fire up to one tick late, never
// early. No clock and no timer of its own: the worker calls advance(). Used by one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>

namespace plumbline::gateway {

using Moment = std::chrono::steady_clock::time_point;

class Deadlines {
 public:
  static constexpr std::chrono::milliseconds kTick{5};
  static constexpr std::size_t kSlots = 4096;  ///< deadlines beyond 20 s are looked at again every 20 s

  struct Links {
    Links* before = this;
    Links* after = this;
  };

  /// One deadline; at most one is set at a time. Lives in its owner; unset when destroyed.
  class Entry : private Links {
   public:
    explicit Entry(std::function<void()> on_expiry) : on_expiry_(std::move(on_expiry)) {}
    ~Entry() { unset(); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    void unset();

   private:
    friend class Deadlines;
    Moment at_{};
    std::function<void()> on_expiry_;
  };

  explicit Deadlines(Moment now) : now_(now) {}
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  /// Replaces what `entry` was set to. `on_expiry` is called once, from advance(); it may set or unset any entry.
  void set(Entry& entry, Moment at);
  /// Calls what has expired by `now`. `now` never goes back.
  void advance(Moment now);
  /// What advance() was told last.
  Moment now() const { return now_; }

 private:
  std::size_t slot_of(Moment at) const;

  Moment now_;  ///< everything due until here has fired
  std::array<Links, kSlots> slots_;
};

}  // namespace plumbline::gateway
