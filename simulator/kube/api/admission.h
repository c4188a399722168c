// What the API server does to an object before it is stored: defaults, validation, what may not change, and the
// addresses of Services. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/api/service_addresses.h"
#include "simulator/kube/store/failure.h"
#include "simulator/kube/store/object.h"

namespace plumbline::kube {

class Admission {
 public:
  Admission(std::string_view service_cidr, std::string_view load_balancer_cidr, std::uint32_t load_balancer_first);

  /// Fills in what was left out. `json` is a whole object of `kind`.
  static void set_defaults(KindId kind, Json& json);
  /// The fields that are wrong; empty when the object is good. `current` is null on create.
  static std::vector<Cause> validate(KindId kind, const Json& json, const Object* current);

  /// Gives a Service its addresses and ports (before it is stored). `current` is null on create.
  /// 422 when an asked-for address or port is not free, 500 when a pool is exhausted.
  Outcome<void> allocate(Json& service, const Object* current);
  /// Takes back what `service` had (after it was removed).
  void release(const Json& service);

 private:
  AddressPool cluster_ips_;
  AddressPool load_balancers_;
  NodePorts node_ports_;
};

/// A DNS label (RFC 1123): lower-case letters, digits, '-'; at most 63.
bool is_dns_label(std::string_view text);
/// Labels joined by dots; at most 253.
bool is_dns_subdomain(std::string_view text);

}  // namespace plumbline::kube
