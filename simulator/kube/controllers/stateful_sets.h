// Keeps the Pods of every StatefulSet: one of each ordinal, in order (or all at once, as podManagementPolicy says),
// rolled from the highest ordinal down to the partition. Volumes are not simulated: claims are not made. One thread.
#pragma once

#include <map>
#include <string>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/revisions.h"
#include "simulator/kube/controllers/work_queue.h"
#include "simulator/kube/events/event_recorder.h"

namespace plumbline::kube {

class StatefulSets {
 public:
  StatefulSets(boost::asio::io_context& io, Operations& operations, EventRecorder& events);

 private:
  using Replicas = std::map<std::int64_t, ObjectPtr>;  ///< by ordinal
  Replicas replicas_of(const Object& set) const;
  void sync(const ObjectKey& key);
  /// False when something was done that must be waited for.
  bool scale(const Object& set, const Revisions& revisions, const Replicas& replicas);
  void roll(const Object& set, const Revisions& revisions, const Replicas& replicas);
  void create_replica(const Object& set, const Object& revision, std::int64_t ordinal);
  void remove_replica(const Object& set, const Object& pod);
  void write_status(const ObjectKey& key, const Revisions& revisions);

  Operations& operations_;
  EventRecorder& recorder_;
  Store& store_;
  WorkQueue queue_;
  Store::Subscription sets_, pods_;
};

}  // namespace plumbline::kube
