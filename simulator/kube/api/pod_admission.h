// What real servers add to a Pod when it is created: its service account and where its token is mounted, tolerations,
// priority, class of service. Results for one template are kept, so that ten thousand Pods of it share their spec.
// One thread.
#pragma once

#include <map>
#include <string>

#include "simulator/kube/store/store.h"

namespace plumbline::kube {

class PodAdmission {
 public:
  /// `store` must outlive this.
  explicit PodAdmission(Store& store) : store_(store) {}
  /// `pod` has its defaults. 403 when its service account or its PriorityClass does not exist, or when it says itself
  /// what follows from that class; the account `default` comes with its namespace, sooner or later, and is not asked
  /// for.
  Outcome<void> admit(Value& pod);
  /// What is done to a Pod that changes: it goes on to tolerate nodes that are unreachable for a while.
  static void admit_change(Value& pod);

 private:
  void admit_spec(const std::string& space, const ObjectPtr& account, Value& spec);

  Store& store_;
  struct Kept {
    Value before, after;
    ObjectPtr account;
  };
  std::map<const void*, Kept> kept_;  ///< by the identity of the spec before; a few, the oldest go
};

/// "Guaranteed", "Burstable" or "BestEffort", by what its containers ask for.
std::string_view quality_of_service(const Value& spec);

}  // namespace plumbline::kube
