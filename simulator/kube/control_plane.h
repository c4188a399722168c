// All that acts by itself in a cluster, put together. A cluster that replays a recording has none of it. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <utility>

#include "simulator/kube/cluster.h"
#include "simulator/kube/controllers/balancer_events.h"
#include "simulator/kube/controllers/daemon_sets.h"
#include "simulator/kube/controllers/deployments.h"
#include "simulator/kube/controllers/disruption_budgets.h"
#include "simulator/kube/controllers/endpoint_mirror.h"
#include "simulator/kube/controllers/endpoint_slices.h"
#include "simulator/kube/controllers/endpoints.h"
#include "simulator/kube/controllers/garbage_collector.h"
#include "simulator/kube/controllers/kubelet.h"
#include "simulator/kube/controllers/nodes.h"
#include "simulator/kube/controllers/replica_sets.h"
#include "simulator/kube/controllers/service_accounts.h"
#include "simulator/kube/controllers/stateful_sets.h"
#include "simulator/kube/events/event_expiry.h"
#include "simulator/kube/events/event_recorder.h"

namespace plumbline::kube {

struct ControlPlane {
  /// `io`, `operations` and `runtime` must outlive it. `clock` says how old Events are, whatever the cluster's own
  /// says.
  ControlPlane(boost::asio::io_context& io, Operations& operations, PodRuntime& runtime, const ClusterOptions& options,
               Store::WallClock clock, const std::string& authority_pem, ServiceAccounts::Mint mint)
      : recorder(operations),
        expiry(io, operations, std::move(clock)),
        collector(io, operations),
        accounts(io, operations, authority_pem, std::move(mint)),
        deployments(io, operations, recorder),
        replica_sets(io, operations, recorder),
        stateful_sets(io, operations, recorder),
        daemon_sets(io, operations, recorder),
        kubelet(io, operations, recorder, runtime, options.pod_start_delay),
        nodes(io, operations, recorder),
        endpoints(io, operations),
        slices(io, operations),
        mirror(io, operations),
        balancer_events(operations.store(), recorder),
        budgets(io, operations, recorder) {}

  EventRecorder recorder;
  EventExpiry expiry;
  GarbageCollector collector;
  ServiceAccounts accounts;
  Deployments deployments;
  ReplicaSets replica_sets;
  StatefulSets stateful_sets;
  DaemonSets daemon_sets;
  Kubelet kubelet;
  Nodes nodes;
  EndpointsWriter endpoints;
  EndpointSlices slices;
  EndpointMirror mirror;
  BalancerEvents balancer_events;
  DisruptionBudgets budgets;
};

}  // namespace plumbline::kube
