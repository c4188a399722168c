// Taints of nodes, and which Pods tolerate them. Pure functions.
#pragma once

#include <string_view>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

inline constexpr const char* kNotReadyTaint = "node.kubernetes.io/not-ready";
inline constexpr const char* kUnreachableTaint = "node.kubernetes.io/unreachable";
inline constexpr const char* kUnschedulableTaint = "node.kubernetes.io/unschedulable";

/// Whether one of `tolerations` is for this taint. `toleration` gets it when wanted: its tolerationSeconds may end.
bool tolerated(const Value& taint, const Value& tolerations, Value* toleration = nullptr);
/// What keeps a Pod with these tolerations from a node with this spec, a cordon first; null when nothing does.
Value untolerated(const Value& tolerations, const Value& node_spec);
/// Whether a Pod with these tolerations may be put on a node with this spec (NoSchedule and NoExecute count).
bool may_be_put(const Value& tolerations, const Value& node_spec);

}  // namespace plumbline::kube
