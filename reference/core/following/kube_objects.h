// What the gateway needs to know of Kubernetes objects, taken out of their JSON by control/kube_codec. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/labels.h"

namespace plumbline::gateway {

/// Namespace and name inside one cluster.
struct KubeName {
  std::string space;
  std::string name;
  friend auto operator<=>(const KubeName&, const KubeName&) = default;
};

struct ServicePort {
  std::string name;
  std::uint16_t port = 0;
  std::variant<std::uint16_t, std::string> target;  ///< number, or name of a container port
  std::uint16_t node_port = 0;                      ///< 0: none
  friend bool operator==(const ServicePort&, const ServicePort&) = default;
};

struct ServiceObject {
  KubeName name;
  std::string uid;
  Labels selector;
  std::vector<ServicePort> ports;
  bool publish_not_ready = false;
  std::string cluster_ip;                  ///< "None" for headless Services
  std::vector<std::string> load_balancer;  ///< addresses of its CLB
  friend bool operator==(const ServiceObject&, const ServiceObject&) = default;
};

struct NamedPort {
  std::string name;
  std::uint16_t port = 0;
  friend bool operator==(const NamedPort&, const NamedPort&) = default;
};

struct PodObject {
  KubeName name;
  std::string uid;
  Labels labels;
  std::string address;  ///< empty until it has one
  std::string host;     ///< node it runs on
  bool ready = false;
  bool terminating = false;  ///< has a deletionTimestamp
  bool finished = false;     ///< phase Succeeded or Failed
  std::vector<NamedPort> ports;
  friend bool operator==(const PodObject&, const PodObject&) = default;
};

struct EndpointAddress {
  std::string address;
  std::string pod;  ///< name of the Pod it stands for; empty when kept by hand
  bool ready = true;
  friend bool operator==(const EndpointAddress&, const EndpointAddress&) = default;
};

struct EndpointSubset {
  std::vector<EndpointAddress> addresses;
  std::vector<NamedPort> ports;
  friend bool operator==(const EndpointSubset&, const EndpointSubset&) = default;
};

struct EndpointsObject {
  KubeName name;
  std::vector<EndpointSubset> subsets;
  friend bool operator==(const EndpointsObject&, const EndpointsObject&) = default;
};

struct NodeObject {
  KubeName name;
  std::string address;
  friend bool operator==(const NodeObject&, const NodeObject&) = default;
};

/// The collections that the gateway follows.
enum class Resource { kServices, kPods, kEndpoints, kNodes };

using KubeObject = std::variant<ServiceObject, PodObject, EndpointsObject, NodeObject>;
inline const KubeName& name_of(const KubeObject& object) {
  return std::visit([](const auto& each) -> const KubeName& { return each.name; }, object);
}

}  // namespace plumbline::gateway
