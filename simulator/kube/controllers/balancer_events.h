// Tells of load balancers of Services as a cloud's service controller does: their addresses are given when the Service
// is stored. One thread.
#pragma once

#include "simulator/kube/events/event_recorder.h"

namespace plumbline::kube {

class BalancerEvents {
 public:
  /// Both must outlive this.
  BalancerEvents(Store& store, EventRecorder& events);

 private:
  void on_service(const Event& event);
  EventRecorder& recorder_;
  Store::Subscription services_;
};

}  // namespace plumbline::kube
