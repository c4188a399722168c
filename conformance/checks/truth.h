// Which Pods ought to be nodes of a tunnel, and with which weight: the judge's own account, made of a history's
// object records and of the tunnel definitions that the candidate accepted. Shares no code with any gateway.
// Incremental, so that the runner can ask "now" while the judge asks "then". Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/labels.h"
#include "model/tunnel.h"

namespace plumbline::conformance {

/// One Pod as a node of one row of a tunnel's service list.
struct TruthNode {
  std::string pod;  ///< "cluster/namespace/name#uid", as hits write it
  std::string address;
  int port = 0;         ///< target port on this Pod
  int weight = 1;       ///< of this Pod (doc: 3.1.1)
  std::size_t row = 0;  ///< row of the tunnel's service list
  std::string service;  ///< "cluster/namespace/name:port" of that row
  std::string cluster;
  friend auto operator<=>(const TruthNode&, const TruthNode&) = default;
};

/// A Pod at one time, as Kubernetes described it.
struct TruthPod {
  std::string key;  ///< "cluster/namespace/name#uid"
  std::string cluster, space, name, uid, address, node;
  Labels labels;
  std::map<std::string, int, std::less<>> named_ports;
  bool ready = false;
  bool terminating = false;
};

class Truth {
 public:
  static constexpr std::int64_t kNow = INT64_MAX;

  /// Takes one record of the history, in the order of the history. Uses header (plan: which step makes which tunnel;
  /// interpretations), object and control records; ignores all others, and parts that do not have the agreed form.
  void feed(const nlohmann::json& record);
  /// Live use: the candidate accepted `definition` for the scenario's tunnel `tunnel` at `t`. Control records do the
  /// same.
  void define(const std::string& tunnel, const Tunnel& definition, std::int64_t t);

  /// Nodes of the scenario's tunnel `tunnel` at time `t` (microseconds), ordered by row, then Pod. Pods that are ready
  /// (or whose Service publishes not-ready addresses), not terminating, matched by selector and additional labels, in
  /// the row's cluster and namespace; services without selector by their Endpoints. Empty when the tunnel is not
  /// defined then.
  std::vector<TruthNode> expected(const std::string& tunnel, std::int64_t t = kNow) const;

  /// Times in (from, to] at which anything that expected() looks at changed, ordered.
  std::vector<std::int64_t> changes(std::int64_t from, std::int64_t to) const;

  /// The definition in force at `t`; nullopt when the tunnel was not accepted or is deleted.
  std::optional<Tunnel> definition(const std::string& tunnel, std::int64_t t = kNow) const;
  std::vector<std::string> tunnels() const;
  /// The scenario's name for the tunnel that the candidate calls `id`; "" when it never accepted one of that id.
  std::string tunnel_with_id(const std::string& id) const;

  /// Pods that existed at `t`; kNow for the latest state.
  std::vector<TruthPod> pods(std::int64_t t = kNow) const;
  /// Every Pod that ever existed, in its last known form.
  std::vector<TruthPod> pods_ever() const;
  /// Pods that the Service's selector matches at `t`, ready or not.
  std::vector<TruthPod> pods_of(const ObjectName& service, std::int64_t t = kNow) const;
  /// Keys of the Pods that the Service's selector matched at any time.
  std::set<std::string> pods_ever_of(const ObjectName& service) const;
  /// The key of the Pod that has `address` at `t`, or else had it last before; "" when none ever had.
  std::string holder(const std::string& address, std::int64_t t) const;

  /// Addresses that stand for Services or Kubernetes Nodes, never for a Pod: ClusterIPs, load balancers, Nodes.
  const std::set<std::string>& cluster_ips() const { return cluster_ips_; }
  const std::set<std::string>& load_balancers() const { return load_balancers_; }
  const std::set<std::string>& node_addresses() const { return node_addresses_; }

 private:
  template <class Value>
  struct Version {
    std::int64_t t = 0;
    std::optional<Value> value;
  };
  template <class Value>
  using Versions = std::vector<Version<Value>>;

  struct ServicePort {
    int port = 0;
    int target_number = 0;
    std::string target_name;
    std::string name;
  };
  struct Service {
    Labels selector;
    bool has_selector = false;
    bool publish_not_ready = false;
    std::vector<ServicePort> ports;
  };
  struct EndpointAddress {
    std::string address;
    std::string port_name;
    int port = 0;
  };
  using EndpointList = std::vector<EndpointAddress>;

  template <class Value>
  static const Value* at(const Versions<Value>& versions, std::int64_t t);

  void feed_header(const nlohmann::json& record);
  void feed_object(const nlohmann::json& record);
  void feed_control(const nlohmann::json& record);
  void note(std::int64_t t) { change_times_.insert(t); }
  bool carries_additional(const TruthPod& pod, const Service& service, const Labels& wanted, std::int64_t t) const;
  void add_row(const Tunnel& tunnel, std::size_t row, std::int64_t t, std::vector<TruthNode>& into) const;
  void add_selectorless(const TunnelService& entry, const Service& service, std::size_t row, std::int64_t t,
                        std::vector<TruthNode>& into) const;

  std::map<std::string, Versions<TruthPod>> pods_;  ///< by Pod key, uid included
  std::map<ObjectName, Versions<Service>> services_;
  std::map<ObjectName, Versions<EndpointList>> endpoints_;
  std::map<ObjectName, Versions<Labels>> nodes_;     ///< labels of Kubernetes Nodes
  std::map<std::string, Versions<Tunnel>> tunnels_;  ///< by the scenario's name
  std::map<int, std::string> tunnel_of_step_;        ///< from the plan
  std::map<std::string, std::string> tunnel_of_id_;  ///< the candidate's id -> the scenario's name
  bool extra_labels_are_node_labels_ = false;
  std::set<std::int64_t> change_times_;
  std::set<std::string> cluster_ips_, load_balancers_, node_addresses_;
};

/// "cluster/namespace/name" of "cluster/namespace/name#uid".
std::string without_uid(const std::string& pod_key);

}  // namespace plumbline::conformance
