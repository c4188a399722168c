// Keeps the status of PodDisruptionBudgets: how many of their Pods are healthy, how many must be, how many may go. Who
// evicts asks it (Operations::evict). One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/pace.h"
#include "simulator/kube/controllers/work_queue.h"
#include "simulator/kube/events/event_recorder.h"

namespace plumbline::kube {

/// A Pod that was to be evicted and is still there after this long counts again.
inline constexpr std::chrono::seconds kDisruptionLimit{120};

class DisruptionBudgets {
 public:
  /// All must outlive this. `look_again`: how long after a Pod was to be evicted it is looked for.
  DisruptionBudgets(boost::asio::io_context& io, Operations& operations, EventRecorder& events,
                    std::chrono::microseconds look_again = kDisruptionLimit);

 private:
  struct Expected {
    std::int64_t pods = 0, healthy = 0;
  };
  struct Scale {
    std::int64_t replicas = 0;
    bool unmanaged = false;  ///< of some Pods nobody says how many there should be
  };
  void on_pod(const Event& event);
  void sync(const ObjectKey& key);
  Outcome<Expected> expected(const Object& budget, const std::vector<ObjectPtr>& pods);
  /// What those who keep the Pods want together. The Failure's message says who cannot tell.
  Outcome<Scale> scale_of(const std::vector<ObjectPtr>& pods) const;
  /// The Pods that are about to go, and not yet seen going, with the time of their eviction.
  Value still_going(const Object& budget, const std::vector<ObjectPtr>& pods);
  void write_status(const ObjectPtr& budget, Value status);

  Operations& operations_;
  EventRecorder& recorder_;
  Store& store_;
  const std::chrono::microseconds look_again_;
  WorkQueue queue_;
  Pace pace_{queue_};
  Store::Subscription budgets_, pods_;
};

}  // namespace plumbline::kube
