// The parts of the built-in types, in the notation (notation.h); builtin.h puts them together.
#pragma once

#include <string_view>

namespace plumbline::kube {

std::string_view meta_types();       ///< ObjectMeta, LabelSelector, Condition ...
std::string_view pod_types();        ///< Pod and all that it is made of, but for containers and volumes
std::string_view container_types();  ///< what a Pod runs
std::string_view volume_types();     ///< what Pods may mount
std::string_view core_types();       ///< Service, Endpoints, Node, Namespace, Secret, Event ...
std::string_view workload_types();   ///< Deployment, ReplicaSet, StatefulSet, DaemonSet, ControllerRevision
std::string_view policy_types();     ///< RBAC, disruption budgets, leases, reviews of access
std::string_view network_types();    ///< EndpointSlice, Ingress, IngressClass
std::string_view extension_types();  ///< CustomResourceDefinition, APIService

}  // namespace plumbline::kube
