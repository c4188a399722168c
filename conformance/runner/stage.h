// What steps need from the world they act on. The worker puts simulator/world behind it, tests put a fake.
// Those that traffic uses while steps run have to be thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/ids.h"
#include "model/labels.h"
#include "simulator/world/spec.h"

namespace plumbline::conformance {

/// Members mean what those of world::World with the same names mean.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::int64_t now_us() const = 0;
  virtual std::string instance_address() const = 0;
  virtual Result<void> apply(const ClusterId& cluster, const nlohmann::json& manifest) = 0;
  virtual Result<void> remove(const ObjectName& object, const std::string& kind) = 0;
  virtual Result<void> scale(const ObjectName& deployment, int replicas, std::chrono::milliseconds deadline) = 0;
  virtual Result<void> label_pods(const std::vector<ObjectName>& pods, const Labels& labels) = 0;
  virtual Result<void> delete_pods(const std::vector<ObjectName>& pods, std::chrono::milliseconds serve_on) = 0;
  virtual Result<void> set_fault(const std::vector<ObjectName>& pods, pods::Fault fault,
                                 std::chrono::milliseconds delay) = 0;
  virtual Result<void> fault_api(const ClusterId& cluster, const world::ApiFault& fault) = 0;
  virtual Result<void> heal_api(const ClusterId& cluster, std::optional<world::FaultKind> kind) = 0;
  virtual Result<void> set_node_ready(const ClusterId& cluster, const std::string& node, const std::string& status) = 0;
  virtual Result<void> tamper_endpoints(const ObjectName& service, const std::vector<std::string>& addresses) = 0;
  virtual std::vector<nlohmann::json> list(const ClusterId& cluster, const std::string& kind) const = 0;
  virtual Result<nlohmann::json> get(const ObjectName& object, const std::string& kind) const = 0;
  virtual void keep_exchanges(int window) = 0;
  virtual std::vector<nlohmann::json> take_exchanges(int window) = 0;
  virtual void flush() = 0;
};

}  // namespace plumbline::conformance
