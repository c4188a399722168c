#include "simulator/kube/http/watch_stream.h"

#include <fmt/format.h>

#include "simulator/kube/http/presentation.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {

WatchStream::WatchStream(Store& store, WatchOptions options) : store_(store), options_(std::move(options)) {
  if (options_.form == Accepted::kTable) printer_.emplace(*options_.kind, *options_.version, options_.content);
  const std::uint64_t from = options_.resource_version.value_or(0);
  if (from == 0) {
    if (options_.initial_events)
      store_.visit(options_.kind->id, options_.space, options_.labels, [this](const ObjectPtr& object) {
        if (options_.fields.matches(*object)) push({"ADDED", object, {}});
      });
    if (options_.initial_events_end) push_bookmark(true);
  } else {
    const auto changes = store_.changes_since(options_.kind->id, from);
    if (!changes) {
      const Failure failure = changes.error();
      end(&failure);
      return;
    }
    for (const Event& event : *changes)
      if (options_.space.empty() || event.object->space() == options_.space) on_event(event);
  }
  queue_max_ = queue_.size() + kWatchQueueMax;
  subscription_ = store_.subscribe(options_.kind->id, options_.space, [this](const Event& event) { on_event(event); });
}

WatchStream::~WatchStream() {
  if (gone_) gone_();
}

bool WatchStream::held() const {
  if (trouble_.mute) return true;
  const auto due = queue_.front().due;
  return due != std::chrono::steady_clock::time_point{} && due > std::chrono::steady_clock::now();
}

void WatchStream::trouble(Trouble trouble) {
  trouble_ = std::move(trouble);
  // What waited for a delay that is over waits no more.
  if (trouble_.delay.count() == 0)
    for (Line& line : queue_) line.due = {};
  release();
}

void WatchStream::release() {
  if (!queue_.empty() && !held() && ready_) ready_();
}

bool WatchStream::matches(const Object& object) const {
  return options_.labels.matches(object.labels()) && options_.fields.matches(object);
}

// An object that begins to match is ADDED to this watcher, one that no longer does is DELETED, as it was.
void WatchStream::on_event(const Event& event) {
  const bool was = event.previous && matches(*event.previous);
  const bool is = event.op != Op::kDeleted && matches(*event.object);
  if (is)
    push({was ? "MODIFIED" : "ADDED", event.object, {}});
  else if (was && event.op == Op::kDeleted)
    push({"DELETED", event.object, {}});
  else if (was)
    push({"DELETED", event.previous, {}, event.object->resource_version()});
}

void WatchStream::end(const Failure* why) {
  if (ended_) return;
  queue_.clear();
  if (why != nullptr)
    queue_.push_back({"ERROR", nullptr, fmt::format("{{\"type\":\"ERROR\",\"object\":{}}}\n", to_text(why->status()))});
  ended_ = true;
  subscription_ = {};
  if (ready_) ready_();
}

void WatchStream::finish() {
  if (ended_) return;
  if (options_.bookmarks) push_bookmark(false);
  ended_ = true;
  subscription_ = {};
  if (ready_) ready_();
}

void WatchStream::push(Line line) {
  if (ended_) return;
  // Memory is bounded: who does not read is cut off, and lists again.
  if (queue_.size() >= queue_max_) return end();
  if (trouble_.delay.count() > 0) line.due = std::chrono::steady_clock::now() + trouble_.delay;
  const bool twice = line.object && trouble_.twice && trouble_.twice();
  if (twice) queue_.push_back(line);
  queue_.push_back(std::move(line));
  if (queue_.size() <= (twice ? 2 : 1) && ready_ && !held()) ready_();
}

void WatchStream::bookmark() { push_bookmark(false); }

void WatchStream::push_bookmark(bool initial_end) {
  Value metadata{{"resourceVersion", std::to_string(store_.resource_version())}};
  if (initial_end) metadata["annotations"]["k8s.io/initial-events-end"] = "true";
  const Value object{{"kind", options_.kind->name},
                     {"apiVersion", options_.kind->api_version(*options_.version)},
                     {"metadata", metadata}};
  push({"BOOKMARK", nullptr, fmt::format("{{\"type\":\"BOOKMARK\",\"object\":{}}}\n", to_text(object))});
}

void WatchStream::write(const Line& line, std::string& out) {
  out += "{\"type\":\"";
  out += line.type;
  out += "\",\"object\":";
  if (printer_) {
    const std::uint64_t version = line.version != 0 ? line.version : line.object->resource_version();
    write_text(printer_->table({line.object}, store_.now().text(), Value{{"resourceVersion", std::to_string(version)}},
                               !columns_sent_),
               out);
    columns_sent_ = true;
  } else if (line.version != 0) {
    Value gone = presented(*line.object, *options_.kind, *options_.version, options_.form);
    gone["metadata"]["resourceVersion"] = std::to_string(line.version);
    write_text(gone, out);
  } else {
    write_presented(store_, line.object, *options_.kind, *options_.version, options_.form, out);
  }
  out += "}\n";
}

void WatchStream::take(std::string& out, std::size_t size_max) {
  while (!queue_.empty() && out.size() < size_max && !held()) {
    const Line& line = queue_.front();
    if (line.object)
      write(line, out);
    else
      out += line.text;
    queue_.pop_front();
  }
}

}  // namespace plumbline::kube
