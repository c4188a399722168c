// Keeps one Pod of every DaemonSet on each node that it may be on: nodes that carry spec.template.spec.nodeSelector and
// whose taints are tolerated. Rolls within maxUnavailable. The Pods are bound here, not by the scheduler. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/revisions.h"
#include "simulator/kube/controllers/work_queue.h"
#include "simulator/kube/events/event_recorder.h"

namespace plumbline::kube {

class DaemonSets {
 public:
  DaemonSets(boost::asio::io_context& io, Operations& operations, EventRecorder& events);

 private:
  using OnNodes = std::map<std::string, std::vector<ObjectPtr>, std::less<>>;  ///< Pods by node, oldest first
  OnNodes pods_of(const Object& set) const;
  void sync(const ObjectKey& key);
  void remove_pod(const Object& set, const Object& pod);
  void write_status(const ObjectKey& key, const Revisions& revisions, std::size_t desired, std::size_t misplaced);

  Operations& operations_;
  EventRecorder& recorder_;
  Store& store_;
  WorkQueue queue_;
  Store::Subscription sets_, pods_, nodes_;
};

}  // namespace plumbline::kube
