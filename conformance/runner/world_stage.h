// simulator/world as the stage of steps: passes every call on.
#pragma once

#include "conformance/runner/stage.h"
#include "simulator/world/world.h"

namespace plumbline::conformance {

class WorldStage : public Stage {
 public:
  /// `world` must outlive it.
  explicit WorldStage(world::World& world) : world_(world) {}
  std::int64_t now_us() const override { return world_.now_us(); }
  std::string instance_address() const override { return world_.instance_address(); }
  Result<void> apply(const ClusterId& cluster, const nlohmann::json& manifest) override {
    return world_.apply(cluster, manifest);
  }
  Result<void> remove(const ObjectName& object, const std::string& kind) override {
    return world_.remove(object, kind);
  }
  Result<void> scale(const ObjectName& deployment, int replicas, std::chrono::milliseconds deadline) override {
    return world_.scale(deployment, replicas, deadline);
  }
  Result<void> label_pods(const std::vector<ObjectName>& pods, const Labels& labels) override {
    return world_.label_pods(pods, labels);
  }
  Result<void> delete_pods(const std::vector<ObjectName>& pods, std::chrono::milliseconds serve_on) override {
    return world_.delete_pods(pods, serve_on);
  }
  Result<void> set_fault(const std::vector<ObjectName>& pods, pods::Fault fault,
                         std::chrono::milliseconds delay) override {
    return world_.set_fault(pods, fault, delay);
  }
  Result<void> fault_api(const ClusterId& cluster, const world::ApiFault& fault) override {
    const auto done = world_.fault_api(cluster, fault);
    return done ? Result<void>() : done.error();
  }
  Result<void> heal_api(const ClusterId& cluster, std::optional<world::FaultKind> kind) override {
    const auto done = world_.heal_api(cluster, kind);
    return done ? Result<void>() : done.error();
  }
  Result<void> set_node_ready(const ClusterId& cluster, const std::string& node, const std::string& status) override {
    return world_.set_node_ready(cluster, node, status);
  }
  Result<void> tamper_endpoints(const ObjectName& service, const std::vector<std::string>& addresses) override {
    return world_.tamper_endpoints(service, addresses);
  }
  std::vector<nlohmann::json> list(const ClusterId& cluster, const std::string& kind) const override {
    return world_.list(cluster, kind);
  }
  Result<nlohmann::json> get(const ObjectName& object, const std::string& kind) const override {
    return world_.get(object, kind);
  }
  void keep_exchanges(int window) override { world_.keep_exchanges(window); }
  std::vector<nlohmann::json> take_exchanges(int window) override { return world_.take_exchanges(window); }
  void flush() override { world_.flush(); }

 private:
  world::World& world_;
};

}  // namespace plumbline::conformance
