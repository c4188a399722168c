// What becomes of nodes that are in trouble, and of the Pods on them: taints by the node's Ready condition, Pods that
// are no longer counted as ready, eviction when a toleration ends, removal when the node is gone. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <unordered_map>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/work_queue.h"
#include "simulator/kube/events/event_recorder.h"

namespace plumbline::kube {

class Nodes {
 public:
  /// All must outlive this.
  Nodes(boost::asio::io_context& io, Operations& operations, EventRecorder& events);

  /// What the node's kubelet says, or, with "Unknown", that it says nothing any more. `status`: "True", "False",
  /// "Unknown". 400 for anything else, 404.
  Outcome<void> set_ready(const std::string& node, std::string_view status);

 private:
  void on_node(const Event& event);
  void tell(const Event& event);
  void sync(const ObjectKey& node);
  void sync_pod(const ObjectKey& pod);
  void tell_eviction(const Object& pod, std::string_view words);
  void visit_pods(const std::string& node, const std::function<void(const ObjectPtr&)>& visit) const;

  boost::asio::io_context& io_;
  Operations& operations_;
  EventRecorder& recorder_;
  Store& store_;
  std::unordered_map<std::string, std::unique_ptr<boost::asio::steady_timer>> evictions_;  ///< by the Pod's uid
  WorkQueue queue_, pods_queue_;
  Store::Subscription nodes_, pods_;
};

}  // namespace plumbline::kube
