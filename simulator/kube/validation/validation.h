// Is an object good? Each kind's rules, as the public API reference and real servers have them. Pure functions.
#pragma once

#include <vector>

#include "simulator/kube/store/object.h"
#include "simulator/kube/validation/causes.h"

namespace plumbline::kube {

/// The fields that are wrong; empty when the object is good. `current` is null on create; on update, what may not
/// change is compared with it.
std::vector<Cause> validate(const Kind& kind, const Value& object, const Object* current);

// The parts, a file each.
void check_metadata(const Kind& kind, const Value& object, const Object* current, Causes& causes);
void check_labels(const Value& labels, const FieldPath& path, Causes& causes);
void check_annotations(const Value& annotations, const FieldPath& path, Causes& causes);
void check_label_selector(const Value& selector, const FieldPath& path, Causes& causes);
void check_pod(const Value& pod, const Object* current, Causes& causes);
void check_pod_spec(const Value& spec, const FieldPath& path, Causes& causes);
/// Of a container: its environment, hooks and probes. `grace` is how long its Pod may take to end, in seconds.
void check_running(const Value& container, const FieldPath& path, std::int64_t grace, Causes& causes);
void check_tolerations(const Value& tolerations, const FieldPath& path, Causes& causes);
void check_service(const Value& service, const Object* current, Causes& causes);
void check_endpoints(const Value& endpoints, Causes& causes);
void check_endpoint_slice(const Value& slice, const Object* current, Causes& causes);
void check_deployment(const Value& deployment, const Object* current, Causes& causes);
void check_replica_set(const Value& set, const Object* current, Causes& causes);
void check_stateful_set(const Value& set, const Object* current, Causes& causes);
void check_daemon_set(const Value& set, const Object* current, Causes& causes);
void check_ingress(const Value& ingress, const Object* current, Causes& causes);
void check_ingress_class(const Value& ingress_class, const Object* current, Causes& causes);
void check_disruption_budget(const Value& budget, Causes& causes);
/// A number that is not negative, or a percentage.
void check_share(const Value& share, const FieldPath& path, Causes& causes);
void check_role(const Kind& kind, const Value& role, Causes& causes);
void check_binding(const Kind& kind, const Value& binding, const Object* current, Causes& causes);
void check_secret(const Value& secret, const Object* current, Causes& causes);
/// By the schema of its kind.
void check_custom(const Kind& kind, const Value& object, Causes& causes);
void check_config_map(const Value& map, const Object* current, Causes& causes);

}  // namespace plumbline::kube
