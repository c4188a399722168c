#include "simulator/kube/http/watch_stream.h"

#include <fmt/format.h>

namespace plumbline::kube {

WatchStream::WatchStream(Store& store, WatchOptions options) : store_(store), options_(std::move(options)) {
  if (options_.table) printer_.emplace(options_.kind, *options_.table);
  const std::uint64_t from = options_.resource_version.value_or(0);
  if (from == 0) {
    store_.visit(options_.kind, options_.space, options_.labels, [this](const ObjectPtr& object) {
      if (options_.fields.matches(*object)) push({"ADDED", object, {}});
    });
    if (options_.initial_events_end) push_bookmark(true);
  } else {
    const auto changes = store_.changes_since(options_.kind, from);
    if (!changes) {
      push({"ERROR", nullptr, fmt::format("{{\"type\":\"ERROR\",\"object\":{}}}\n", changes.error().status().dump())});
      ended_ = true;
      return;
    }
    for (const Event& event : *changes)
      if (options_.space.empty() || event.object->space() == options_.space) on_event(event);
  }
  subscription_ = store_.subscribe(options_.kind, options_.space, [this](const Event& event) { on_event(event); });
}

bool WatchStream::matches(const Object& object) const {
  return options_.labels.matches(object.labels()) && options_.fields.matches(object);
}

// An object that begins to match is ADDED to this watcher, one that no longer does is DELETED.
void WatchStream::on_event(const Event& event) {
  const bool was = event.previous && matches(*event.previous);
  const bool is = event.op != Op::kDeleted && matches(*event.object);
  if (is)
    push({was ? "MODIFIED" : "ADDED", event.object, {}});
  else if (was)
    push({"DELETED", event.object, {}});
}

void WatchStream::push(Line line) {
  if (ended_) return;
  if (queue_.size() >= kWatchQueueMax) {
    queue_.clear();
    ended_ = true;
    subscription_ = {};
  } else {
    queue_.push_back(std::move(line));
  }
  if ((ended_ || queue_.size() == 1) && ready_) ready_();
}

void WatchStream::bookmark() { push_bookmark(false); }

void WatchStream::push_bookmark(bool initial_end) {
  const Kind& kind = kind_of(options_.kind);
  Json metadata{{"resourceVersion", std::to_string(store_.resource_version())}, {"creationTimestamp", nullptr}};
  if (initial_end) metadata["annotations"]["k8s.io/initial-events-end"] = "true";
  const Json line{{"type", "BOOKMARK"},
                  {"object", {{"kind", kind.name}, {"apiVersion", kind.api_version()}, {"metadata", metadata}}}};
  push({"BOOKMARK", nullptr, line.dump() + "\n"});
}

std::string WatchStream::print(const Line& line) {
  const Json table = printer_->table({line.object}, store_.now(), line.object->resource_version(), !columns_sent_);
  columns_sent_ = true;
  return fmt::format("{{\"type\":\"{}\",\"object\":{}}}\n", line.type, table.dump());
}

void WatchStream::take(std::string& out, std::size_t size_max) {
  while (!queue_.empty() && out.size() < size_max) {
    const Line& line = queue_.front();
    if (!line.object) {
      out += line.text;
    } else if (printer_) {
      out += print(line);
    } else {
      out += "{\"type\":\"";
      out += line.type;
      out += "\",\"object\":";
      out += line.object->bytes();
      out += "}\n";
    }
    queue_.pop_front();
  }
}

}  // namespace plumbline::kube
