// A running world: VPC and instance namespaces, clusters, Pods, cloud endpoint, traps, flow log.
// Built inside a worker process that has namespaces of its own (runner), or by `plumbline sim up`.
// Thread-safe: it runs on a thread of its own; every member posts there and waits.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/ids.h"
#include "simulator/network/descriptor.h"
#include "simulator/world/spec.h"
#include "wire/contract.h"
#include "wire/history.h"

namespace plumbline::world {

/// Host sockets, opened before the worker left the host's network namespace, by cluster.
struct HostListener {
  ClusterId cluster;
  int fd = -1;
  std::string url;
};

struct WorldOptions {
  std::uint64_t seed = 1;
  std::string work_dir;                      ///< for kubeconfig files; must exist
  std::vector<HostListener> host_listeners;  ///< for `sim up`; empty in conformance runs
};

class World {
 public:
  /// Builds everything and applies the manifests; returns when every Pod that can be ready is.
  /// `sink` gets object, audit, hits, syns, world records; it must outlive the world and be thread-safe.
  static Result<std::unique_ptr<World>> build(const WorldSpec& spec, const WorldOptions& options,
                                              wire::HistorySink& sink);
  ~World();

  const WorldSpec& spec() const;
  /// Microseconds since the world's start: the time base of its history.
  std::int64_t now_us() const;

  /// Parameters for the candidate. `ready_made_clusters`: write read-only kubeconfigs for candidates without
  /// `cluster-authorization`.
  wire::Hello hello(bool ready_made_clusters);
  /// An open file descriptor of the network namespace of the attached instance, or of VPC or instance `name`.
  /// Owned by the world. kNotFound.
  Result<int> network_namespace(const std::string& name) const;
  int attached_instance_namespace() const;
  /// Where simulated users send their sockets from: the VPC's router, next to the instance.
  int users_namespace() const;
  std::string instance_address() const;
  /// For people: kubeconfig of cluster-admin through the host listener. kNotFound when there is none.
  Result<std::string> host_kubeconfig(const ClusterId& cluster) const;

  // Hands of the scenario.
  Result<void> apply(const ClusterId& cluster, const nlohmann::json& manifest);
  Result<void> remove(const ObjectName& object, const std::string& kind);
  /// Returns when the world has that many Pods of the Deployment, ready unless faulted.
  Result<void> scale(const ObjectName& deployment, int replicas, std::chrono::milliseconds deadline);
  Result<void> label_pods(const std::vector<ObjectName>& pods, const Labels& labels);
  /// Returns when each Pod has been told to stop: with `serve_on` 0 it has stopped.
  Result<void> delete_pods(const std::vector<ObjectName>& pods, std::chrono::milliseconds serve_on);
  Result<void> set_fault(const std::vector<ObjectName>& pods, pods::Fault fault, std::chrono::milliseconds delay);
  /// Makes trouble for the clients of a cluster's API server. kInvalidValue as Cluster::inject().
  /// What it is in place of.
  Result<std::vector<ApiFault>> fault_api(const ClusterId& cluster, const ApiFault& fault);
  /// Ends the trouble of one kind, or all; what ended.
  Result<std::vector<ApiFault>> heal_api(const ClusterId& cluster, std::optional<FaultKind> kind);
  /// What the kubelet of a node says: "True", "False", or "Unknown" when it says nothing any more.
  Result<void> set_node_ready(const ClusterId& cluster, const std::string& node, const std::string& status);
  /// Sends a recording of the cluster over `socket`, a connected Unix stream socket that it takes, until the other side
  /// shuts its half down.
  Result<void> record(const ClusterId& cluster, network::Descriptor socket);
  Result<void> tamper_endpoints(const ObjectName& service, const std::vector<std::string>& addresses);
  /// Objects as they are now.
  std::vector<nlohmann::json> list(const ClusterId& cluster, const std::string& kind) const;
  Result<nlohmann::json> get(const ObjectName& object, const std::string& kind) const;
  /// From now on Pods keep each request of window `window` in full (for `exchange` records).
  void keep_exchanges(int window);
  /// What Pods saw and answered of that window, removed from the world; in order of arrival:
  /// {t, n, seen:{pod, port, peer, method, target, version, headers:[[k,v]..], body_bytes, body_sha256},
  ///  answered:{status, headers, body_bytes, body_sha256}}; `answered` is missing when there was no answer.
  std::vector<nlohmann::json> take_exchanges(int window);
  /// The `world` object of the history's header: instance, users, apiServers, cloud, regions, vpcs, clusters, traps.
  nlohmann::json describe() const;
  /// What is in it now: {"world": name, "clusters": [what Cluster::status() says, and its name as "cluster"]}.
  nlohmann::json status() const;
  /// Writes what is batched (hits, syns) to the sink now.
  void flush();

 private:
  World();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace plumbline::world
