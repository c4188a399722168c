// The simulated kubelet's hand on the network: gives each Pod of one cluster its address, starts and ends what answers
// there, and makes it misbehave. Runs on the world's thread; all members must be called there.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "model/ids.h"
#include "simulator/kube/pod_runtime.h"
#include "simulator/network/fabric.h"
#include "simulator/pods/server.h"
#include "simulator/world/pod_addresses.h"

namespace plumbline::world {

/// How long a terminating Pod goes on answering, as its annotation: "500ms", "2s". Without it, it stops at once.
inline constexpr const char* kServeOnAnnotation = "plumbline/serve-on";
inline constexpr std::uint16_t kPodPortDefault = 80;
inline constexpr std::size_t kAnsweringPodsMax = 15'000;  ///< of one world; each is a listening descriptor or more

class PodHost : public kube::PodRuntime {
 public:
  /// `answering` counts the Pods of the whole world. Everything given by reference must outlive it.
  PodHost(boost::asio::io_context& io, pods::Journal& journal, network::Fabric& fabric, const ClusterId& cluster,
          VpcId vpc, const network::Range& addresses, std::size_t& answering);
  ~PodHost() override;

  /// A Pod beyond kAnsweringPodsMax has an address that refuses. kLimitExceeded when the range is used up;
  /// kUnavailable.
  Result<std::string> start(const kube::Value& pod) override;
  void terminate(const kube::Value& pod, std::chrono::seconds grace, std::function<void()> gone) override;
  void remove(const kube::Value& pod) override;

  /// kNotFound: no Pod of that uid runs. kUnavailable.
  Result<void> set_fault(const std::string& uid, pods::Fault fault, std::chrono::milliseconds delay);
  /// kNone for Pods that do not run.
  pods::Fault fault(const std::string& uid) const;
  /// True from its start until its end begins: it has been told to stop, or was removed.
  bool serves(const std::string& uid) const;
  /// From the deletion of that Pod on. kNotFound.
  Result<void> set_serve_on(const std::string& uid, std::chrono::milliseconds span);

 private:
  struct Running;
  void end(const std::string& uid);

  boost::asio::io_context& io_;
  pods::Journal& journal_;
  network::Fabric& fabric_;
  ClusterId cluster_;
  VpcId vpc_;
  PodAddresses addresses_;
  std::size_t& answering_;
  std::map<std::string, std::unique_ptr<Running>> running_;  ///< by uid
};

/// "500ms", "2s"; nothing for anything else.
std::optional<std::chrono::milliseconds> parse_span(const std::string& text);

}  // namespace plumbline::world
