// Who tells of something, by the names that real clusters' Events have.
#pragma once

#include <string_view>

namespace plumbline::kube {

struct EventSource {
  std::string_view component;  ///< "deployment-controller"
  std::string_view manager;    ///< the program it is part of, which owns what it writes
  std::string_view host = {};  ///< the node, of a kubelet
};

inline constexpr EventSource kDeploymentController{"deployment-controller", "kube-controller-manager"};
inline constexpr EventSource kReplicaSetController{"replicaset-controller", "kube-controller-manager"};
inline constexpr EventSource kStatefulSetController{"statefulset-controller", "kube-controller-manager"};
inline constexpr EventSource kDaemonSetController{"daemonset-controller", "kube-controller-manager"};
inline constexpr EventSource kNodeController{"node-controller", "kube-controller-manager"};
inline constexpr EventSource kTaintEviction{"taint-eviction-controller", "kube-controller-manager"};
inline constexpr EventSource kDisruptionController{"controllermanager", "kube-controller-manager"};
inline constexpr EventSource kServiceController{"service-controller", "cloud-controller-manager"};
inline constexpr EventSource kDefaultScheduler{"default-scheduler", "kube-scheduler"};

/// `node` must outlive the use of the source.
constexpr EventSource kubelet_of(std::string_view node) { return {"kubelet", "kubelet", node}; }

}  // namespace plumbline::kube
