// The templates that a StatefulSet or DaemonSet had, as ControllerRevisions: what `kubectl rollout history` and `undo`
// read. Pure functions on the store; one thread.
#pragma once

#include <string>
#include <vector>

#include "simulator/kube/api/operations.h"

namespace plumbline::kube {

inline constexpr const char* kRevisionHashLabel = "controller-revision-hash";

/// {"apiVersion": "apps/v1", "kind": ..., ..., "controller": true}: how what `owner` makes names it.
Value controller_reference(const Kind& kind, const Object& owner);

struct Revisions {
  ObjectPtr update;            ///< of the present template
  std::vector<ObjectPtr> all;  ///< ordered by revision, `update` last
};

/// Makes the revision of the present template of `owner` when there is none, makes an old one the newest again after a
/// rollback, and forgets those beyond spec.revisionHistoryLimit of which no Pod (`live` hashes) is.
Revisions sync_revisions(Operations& operations, const Object& owner, const std::vector<std::string>& live);

}  // namespace plumbline::kube
