// Scheduler and kubelets of a cluster: gives each Pod a node in turn, has the runtime start it, reports its status, and
// sees its termination through. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/work_queue.h"
#include "simulator/kube/events/event_recorder.h"
#include "simulator/kube/pod_runtime.h"

namespace plumbline::kube {

class Kubelet {
 public:
  /// All must outlive this.
  Kubelet(boost::asio::io_context& io, Operations& operations, EventRecorder& events, PodRuntime& runtime,
          std::chrono::milliseconds start_delay);

  /// What the readiness probe says. A Pod that isn't running yet becomes so with this readiness. 404.
  Outcome<void> set_ready(const ObjectKey& pod, bool ready);

 private:
  enum class Stage { kStarting, kRunning, kTerminating };
  struct Sandbox {
    std::shared_ptr<const Identity> pod;
    Stage stage = Stage::kStarting;
    bool ready = true;
    std::unique_ptr<boost::asio::steady_timer> timer;
    std::int64_t grace_seconds = 0;
  };

  void on_pod(const Event& event);
  void on_node(const Event& event);
  /// What the node of the Pod says of itself: "True", "False", "Unknown".
  std::string_view node_ready(const Object& pod) const;
  void refresh(const ObjectPtr& pod, const Sandbox& sandbox);
  void sync(const ObjectKey& key);
  void bind(const ObjectPtr& pod);
  std::string choose_node(const Object& pod);
  std::string why_nowhere(const Object& pod) const;
  void tell_unready(const Object& pod);
  void tell_killing(const Object& pod);
  void start(const std::string& uid);
  void report_running(const ObjectPtr& pod, const std::string& address, bool ready);
  void terminate(const ObjectPtr& pod, Sandbox& sandbox);
  void gone(const std::string& uid, bool killed);
  ObjectPtr pod_of(const Sandbox& sandbox) const {
    return store_.find(sandbox.pod->kind, sandbox.pod->space, sandbox.pod->name);
  }
  void after(Sandbox& sandbox, std::chrono::milliseconds delay, std::function<void()> then);

  boost::asio::io_context& io_;
  Operations& operations_;
  EventRecorder& recorder_;
  Store& store_;
  PodRuntime& runtime_;
  std::chrono::milliseconds start_delay_;
  std::unordered_map<std::string_view, Sandbox> sandboxes_;  ///< by the uid that their Pod's identity has
  std::unordered_map<std::string, bool> early_;              ///< readiness told before the Pod was started, by uid
  std::vector<ObjectPtr> nodes_;
  bool nodes_known_ = false;
  std::size_t next_node_ = 0;
  std::shared_ptr<Kubelet*> self_;  ///< what a runtime's late `gone` finds empty after destruction
  WorkQueue queue_;
  Store::Subscription pods_, node_changes_;
};

}  // namespace plumbline::kube
