// What a scenario's hand does to one cluster, whatever its Pods are made of. Runs on the cluster's thread.
// Errors: those of the cluster; when an object is not found, with a suggestion.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/ids.h"
#include "model/labels.h"
#include "simulator/kube/cluster.h"

namespace plumbline::world {

class Hand {
 public:
  /// Whether the Pod of this uid was told to do something wrong: then it need not be ready.
  using IsFaulted = std::function<bool(const std::string& uid)>;

  /// The cluster must outlive it.
  Hand(kube::Cluster& cluster, ClusterId name, IsFaulted is_faulted)
      : cluster_(cluster), name_(std::move(name)), is_faulted_(std::move(is_faulted)) {}

  Result<void> apply(const nlohmann::json& manifest);
  Result<void> remove(const ObjectName& object, const std::string& kind);
  Result<void> scale(const ObjectName& deployment, int replicas);
  /// An empty value removes a label.
  Result<void> label(const ObjectName& pod, const Labels& labels);
  /// Puts addresses into the Endpoints of `service` beside those that are there.
  Result<void> tamper(const ObjectName& service, const std::vector<std::string>& addresses);
  Result<void> set_node_ready(const std::string& node, const std::string& status);

  /// A Pod by name: its uid.
  Result<std::string> uid_of(const ObjectName& pod) const;
  /// What keeps the Pods of `deployment` from being `replicas` and ready, faulted ones aside; empty when nothing does.
  std::string missing_pods(const ObjectName& deployment, int replicas) const;
  /// The same for every Deployment and its own `replicas`, and for every other Pod.
  std::string missing_pods() const;

 private:
  /// What there is instead of an object that is not found.
  Error with_suggestion(Error error, const std::string& kind, const ObjectName& object) const;

  kube::Cluster& cluster_;
  ClusterId name_;
  IsFaulted is_faulted_;
};

}  // namespace plumbline::world
