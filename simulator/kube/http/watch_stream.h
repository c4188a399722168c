// One WATCH: the events that match its selectors, from a resourceVersion on, as lines of JSON. Not a socket: a
// transport takes its lines when it can write. Lines of unprinted objects are assembled from the bytes all watchers
// share. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "simulator/kube/http/negotiation.h"
#include "simulator/kube/printing/table.h"
#include "simulator/kube/store/store.h"

namespace plumbline::kube {

/// Events that may wait for a slow watcher; then its watch ends, and it must list again.
inline constexpr std::size_t kWatchQueueMax = 20000;

struct WatchOptions {
  const Kind* kind = nullptr;
  const KindVersion* version = nullptr;
  std::string space;
  LabelSelector labels;
  FieldSelector fields;
  /// nullopt (not given) and 0 begin with what there is.
  std::optional<std::uint64_t> resource_version;
  bool bookmarks = false;
  bool initial_events = true;       ///< begin with what there is, when no other resourceVersion is given
  bool initial_events_end = false;  ///< sendInitialEvents: a bookmark says when what there was has been told
  std::chrono::seconds timeout{0};
  Accepted form = Accepted::kJson;
  TablePrinter::Content content = TablePrinter::Content::kMetadata;  ///< of Tables
};

class WatchStream {
 public:
  /// `store` must outlive this, unless nothing but the destructor is called after it.
  WatchStream(Store& store, WatchOptions options);
  ~WatchStream();
  WatchStream(const WatchStream&) = delete;
  WatchStream& operator=(const WatchStream&) = delete;

  std::chrono::seconds timeout() const { return options_.timeout; }
  bool wants_bookmarks() const { return options_.bookmarks; }
  /// Called whenever there is something to take after there was nothing.
  void on_ready(std::function<void()> ready) { ready_ = std::move(ready); }
  /// Called when it is destroyed.
  void on_gone(std::function<void()> gone) { gone_ = std::move(gone); }
  /// Appends lines to `out` until it has `size_max` bytes or nothing is left, or may be told yet.
  void take(std::string& out, std::size_t size_max);
  /// Nothing is queued.
  bool empty() const { return queue_.empty(); }
  /// After what is queued, the watch ends.
  bool ended() const { return ended_; }
  /// Queues a bookmark: everything up to now has been told.
  void bookmark();
  /// What a fault does to the events of a watch.
  struct Trouble {
    bool mute = false;                   ///< nothing is told until this is over
    std::chrono::milliseconds delay{0};  ///< events are told so much later, once release() is called then
    std::function<bool()> twice;         ///< whether this event is told twice; none when empty
  };
  void trouble(Trouble trouble);
  /// Tells what has become due.
  void release();
  /// Its time is over: it ends after what is queued, and a bookmark where those are wanted.
  void finish();
  /// Ends it now, with an ERROR event when `why` is given.
  void end(const Failure* why = nullptr);

 private:
  struct Line {
    std::string_view type;
    ObjectPtr object;  ///< null: `text` is the whole line
    std::string text;
    std::uint64_t version = 0;                       ///< of the event, where it is not the object's
    std::chrono::steady_clock::time_point due = {};  ///< not to be told before
  };
  bool held() const;
  void on_event(const Event& event);
  void push(Line line);
  void push_bookmark(bool initial_end);
  bool matches(const Object& object) const;
  void write(const Line& line, std::string& out);

  Store& store_;
  WatchOptions options_;
  std::optional<TablePrinter> printer_;
  bool columns_sent_ = false;
  std::deque<Line> queue_;
  /// What there was at the beginning may be any number; what waits beyond that is limited.
  std::size_t queue_max_ = std::numeric_limits<std::size_t>::max();
  bool ended_ = false;
  Trouble trouble_;
  std::function<void()> ready_, gone_;
  Store::Subscription subscription_;
};

}  // namespace plumbline::kube
