#include "simulator/kube/recording/recorder.h"

#include <algorithm>

namespace plumbline::kube {

Recorder::Recorder(const std::string& cluster, Store& store, Sink sink, Clock clock)
    : sink_(std::move(sink)), clock_(std::move(clock)), began_(clock_()) {
  sink_(to_line(RecordingHead{cluster, store.resource_version(), store.now().string()}));
  const auto tell = [this, &store](const ObjectPtr& object) { sink_(to_line(*store.encoding(object))); };
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

void Recorder::end() {
  subscription_ = {};
  sink_(to_line(RecordingEnd{since_began(), changes_}));
}

std::chrono::microseconds Recorder::since_began() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(clock_() - began_);
}

}  // namespace plumbline::kube
