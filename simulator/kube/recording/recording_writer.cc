#include "simulator/kube/recording/recording_writer.h"

#include <algorithm>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {

RecordingWriter::RecordingWriter(const std::string& cluster, Store& store, Sink sink, Clock clock)
    : sink_(std::move(sink)), clock_(std::move(clock)), began_(clock_()) {
  sink_(to_line(RecordingHead{cluster, store.resource_version(), store.now().string()}));
  // What is read this once only is not kept for the watchers, nor in place of what they need.
  const auto tell = [this](const ObjectPtr& object) {
    sink_(to_line(object->is_encoded() ? *object->encoded() : to_text(object->value())));
  };
  std::vector<const Kind*> kinds = store.registry().served();
  // Who plays it knows a custom kind by its definition.
  std::stable_partition(kinds.begin(), kinds.end(),
                        [](const Kind* kind) { return kind->id == KindId::kCustomResourceDefinition; });
  for (const Kind* kind : kinds) store.visit(kind->id, "", {}, tell);
  subscription_ = store.subscribe([this, &store](const Event& event) {
    ++changes_;
    sink_(to_line(since_began(), event.op, *store.encoding(event.object)));
  });
}

void RecordingWriter::stop() { subscription_ = {}; }

void RecordingWriter::end() {
  stop();
  sink_(to_line(RecordingEnd{since_began(), changes_}));
}

std::chrono::microseconds RecordingWriter::since_began() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(clock_() - began_);
}

}  // namespace plumbline::kube
