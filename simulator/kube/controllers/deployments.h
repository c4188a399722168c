// Rolls every Deployment: one ReplicaSet per Pod template, RollingUpdate within maxSurge and maxUnavailable, or
// Recreate. Keeps its status and its revisions. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "simulator/kube/api/operations.h"
#include "simulator/kube/controllers/work_queue.h"
#include "simulator/kube/events/event_recorder.h"

namespace plumbline::kube {

/// "25%" of `whole`, rounded `up` or down, or a plain number; 0 to INT32_MAX.
std::int64_t share_of(const Value& value, std::int64_t whole, bool up);

/// How far a rolling update may go from the wanted number of replicas.
struct RollingLimits {
  std::int64_t surge = 0;
  std::int64_t unavailable = 0;
};
/// Percentages count of `replicas`, surge rounded up and unavailable rounded down; both 0 become one unavailable.
RollingLimits rolling_limits(const Value& deployment, std::int64_t replicas);

/// Ten letters that stand for a Pod template.
std::string template_hash(const Value& pod_template);

class Deployments {
 public:
  Deployments(boost::asio::io_context& io, Operations& operations, EventRecorder& events);

 private:
  struct Sets {
    ObjectPtr current;           ///< of the present template; null before it is made
    std::vector<ObjectPtr> old;  ///< oldest first
  };

  void queue_owner(const Object& set);
  void sync(const ObjectKey& key);
  Sets sets_of(const Object& deployment, const std::string& hash) const;
  ObjectPtr make_current(const Object& deployment, const std::string& hash, std::int64_t revision,
                         std::int64_t replicas);
  void roll(const Object& deployment, const Sets& sets);
  void recreate(const Object& deployment, const Sets& sets);
  void set_replicas(const Object& deployment, const ObjectPtr& set, std::int64_t replicas);
  void tell_scaled(const Object& deployment, const Object& set, std::int64_t from, std::int64_t to);
  void clean_up(const Object& deployment, const Sets& sets);
  void write_status(const ObjectKey& key, const Sets& sets, std::int64_t revision);

  Operations& operations_;
  EventRecorder& recorder_;
  Store& store_;
  WorkQueue queue_;
  Store::Subscription deployments_, sets_, pods_;
};

}  // namespace plumbline::kube
