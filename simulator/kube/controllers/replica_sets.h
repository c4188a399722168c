// Keeps the number of Pods of every ReplicaSet; adopts Pods that match and have no controller, releases Pods that no
// longer match. Counts are kept per change, so a Pod's change costs the same however many Pods there are. One thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/work_queue.h"
#include "simulator/kube/events/event_recorder.h"

namespace plumbline::kube {

class ReplicaSets {
 public:
  ReplicaSets(boost::asio::io_context& io, Operations& operations, EventRecorder& events);

 private:
  struct Tally {
    std::map<std::string_view, bool> active;  ///< names of Pods, which their identities keep; whether each is ready
    std::size_t ready = 0;                    ///< of those
    void forget(std::string_view pod);
    void count(std::string_view pod, bool is_ready);
  };

  void on_pod(const Event& event);
  void on_replica_set(const Event& event);
  void sync(const ObjectKey& key);
  /// When one is refused the set comes again later, and its status says why.
  void create_pods(const Object& set, std::size_t count);
  void remove_pods(const Object& set, const Tally& tally, std::size_t count);
  void write_status(const ObjectPtr& set, const Tally& tally);
  void adopt(const ObjectKey& pod);
  void release(const ObjectPtr& pod, const Object& set);

  Operations& operations_;
  EventRecorder& recorder_;
  Store& store_;
  std::unordered_map<std::string, Tally> tallies_;        ///< by the ReplicaSet's uid
  std::unordered_map<std::string, std::string> refused_;  ///< why a set's last Pod was, by the set's uid
  WorkQueue queue_;
  WorkQueue strays_;  ///< Pods whose controller may have to change
  Store::Subscription pods_, sets_;
};

}  // namespace plumbline::kube
