// What single cells of tables say of an object, in the words of real servers. Pure functions; Pods have a file of their
// own (pod_cells.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

inline constexpr std::size_t kShownMax = 3;  ///< of a long list; " + 4 more..." stands for the others

/// "<none>" for "".
std::string or_none(const std::string& text);
/// "app=web,tier=front"; "<none>" of none.
std::string pairs_cell(const Value& map);
/// `list`'s items, `shown` of them.
std::string shortened(const std::vector<std::string>& items);
std::string lower_case(std::string_view text);

// Of what has a Pod template.
std::string container_names(const Value& object);
std::string container_images(const Value& object);
std::string workload_selector(const Value& object);
/// "2/3" of status.readyReplicas and spec.replicas.
std::string replicas_ready(const Value& object);
/// "statefulset.apps/web": who controls a ControllerRevision.
std::string controller_cell(const Value& object);

std::string service_ports(const Value& service);
std::string external_address(const Value& service);
std::string endpoint_list(const Value& endpoints);
std::string slice_ports(const Value& slice);
std::string slice_addresses(const Value& slice);
std::string ingress_hosts(const Value& ingress);
/// Of a Service's or an Ingress's load balancer: "10.0.0.1,lb.example".
std::string balancer_addresses(const Value& object);
std::string class_parameters(const Value& ingress_class);

std::string node_status(const Value& node);
std::string node_roles(const Value& node);
/// `type` is "InternalIP", "ExternalIP".
std::string node_address(const Value& node, std::string_view type);

std::string role_of(const Value& binding);
/// The subjects of `kind`: "User", "Group", "ServiceAccount".
std::string subjects_of(const Value& binding, std::string_view kind);

std::string event_first_seen(const Value& event, std::string_view now);
std::string event_last_seen(const Value& event, std::string_view now);
std::string event_object(const Value& event);
std::string event_source(const Value& event);
std::string event_message(const Value& event);
std::int64_t event_count(const Value& event);

/// "1", "25%"; "N/A" when it is not there.
std::string share_cell(const Value& share);

}  // namespace plumbline::kube
