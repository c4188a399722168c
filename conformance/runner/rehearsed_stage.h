// The clusters of a world that is only rehearsed: real ones that nothing is connected to, whose Pods are there and
// answer nobody.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "conformance/runner/stage.h"

namespace plumbline::conformance {

/// The clusters of a world and nothing else of it. One thread.
class RehearsedStage : public Stage {
 public:
  explicit RehearsedStage(const world::WorldSpec& spec);
  ~RehearsedStage() override;

  /// Until the Pods are as they are to be. What is missing when they do not come to that; nobody waits for them again.
  std::string settle();

  std::int64_t now_us() const override { return 0; }
  std::string instance_address() const override { return {}; }
  Result<void> apply(const ClusterId& cluster, const nlohmann::json& manifest) override;
  Result<void> remove(const ObjectName& object, const std::string& kind) override;
  Result<void> scale(const ObjectName& deployment, int replicas, std::chrono::milliseconds) override;
  Result<void> label_pods(const std::vector<ObjectName>& pods, const Labels& labels) override;
  Result<void> delete_pods(const std::vector<ObjectName>& pods, std::chrono::milliseconds) override;
  Result<void> set_fault(const std::vector<ObjectName>& pods, pods::Fault fault, std::chrono::milliseconds) override;
  Result<void> fault_api(const ClusterId& cluster, const world::ApiFault& fault) override;
  Result<void> heal_api(const ClusterId& cluster, std::optional<world::FaultKind> kind) override;
  Result<void> set_node_ready(const ClusterId& cluster, const std::string& node, const std::string& status) override;
  Result<void> tamper_endpoints(const ObjectName& service, const std::vector<std::string>& addresses) override;
  std::vector<nlohmann::json> list(const ClusterId& cluster, const std::string& kind) const override;
  Result<nlohmann::json> get(const ObjectName& object, const std::string& kind) const override;
  /// "cls-1/default/httpbin" of every object of `kind`.
  std::vector<std::string> names(const std::string& kind) const;
  void keep_exchanges(int) override {}
  std::vector<nlohmann::json> take_exchanges(int) override { return {}; }
  void flush() override {}

 private:
  struct Cluster;

  std::string missing_pods() const;
  std::uint64_t changes_of_pods() const;

  template <class Work>
  Result<void> each(const std::vector<ObjectName>& pods, const Work& work);

  boost::asio::io_context io_;
  std::map<ClusterId, std::unique_ptr<Cluster>> clusters_;
  bool awaits_pods_ = true;
};

}  // namespace plumbline::conformance
