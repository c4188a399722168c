// Reaches Pods through their API server's proxy subresource, for the mutant via-api-server-proxy: one loopback port a
// Pod; what arrives there is sent on to .../pods/NAME:PORT/proxy/... with the gateway's token.
// Thread-safe; runs on a thread of its own.
#pragma once

#include <cstdint>
#include <memory>

#include "model/ids.h"
#include "reference/control/kubeconfig.h"

namespace plumbline::gateway {

class Relay {
 public:
  Relay();
  ~Relay();  ///< stops

  /// The rights for the API server of `cluster`.
  void set_rights(const ClusterId& cluster, const KubeAccess& access);
  /// The loopback port (127.0.0.1) that stands for this Pod and port; the same one every time. 0 when none is left.
  std::uint16_t port_for(const ObjectName& pod, std::uint16_t port);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace plumbline::gateway
