#include "simulator/kube/controllers/balancer_events.h"

#include <fmt/format.h>

namespace plumbline::kube {

BalancerEvents::BalancerEvents(Store& store, EventRecorder& events)
    : recorder_(events),
      services_(store.subscribe(KindId::kService, "", [this](const Event& event) { on_service(event); })) {}

void BalancerEvents::on_service(const Event& event) {
  const Object& service = *event.object;
  const auto type_of = [](const Object& object) { return object.text("spec.type"); };
  const bool gone = event.op == Op::kDeleted;
  const bool had = event.previous && type_of(*event.previous) == "LoadBalancer";
  const bool has = !gone && type_of(service) == "LoadBalancer";
  if (had == has) return;
  if (event.op == Op::kModified)
    recorder_.normal(kServiceController, service, "Type",
                     fmt::format("{} -> {}", type_of(*event.previous), type_of(service)));
  recorder_.normal(kServiceController, service, has ? "EnsuringLoadBalancer" : "DeletingLoadBalancer",
                   has ? "Ensuring load balancer" : "Deleting load balancer");
  recorder_.normal(kServiceController, service, has ? "EnsuredLoadBalancer" : "DeletedLoadBalancer",
                   has ? "Ensured load balancer" : "Deleted load balancer");
}

}  // namespace plumbline::kube
