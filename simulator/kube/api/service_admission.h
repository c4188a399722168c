// Gives Services their addresses and ports, and takes them back. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/api/service_addresses.h"
#include "simulator/kube/store/failure.h"
#include "simulator/kube/store/object.h"

namespace plumbline::kube {

class ServiceAdmission {
 public:
  ServiceAdmission(std::string_view service_cidr, std::string_view load_balancer_cidr,
                   std::uint32_t load_balancer_first);

  /// Before the Service is stored. `current` is null on create. Nothing is kept with `dry_run`, or when it is refused.
  /// 422 when an asked-for address or port is not free, 500 when a pool is exhausted.
  Outcome<void> allocate(const Kind& kind, Value& service, const Object* current, bool dry_run);
  /// Takes back what `service` had (after it was removed).
  void release(const Value& service);

 private:
  /// What one write takes, and what it gives up if it is carried out.
  struct Ledger {
    std::vector<std::string> addresses, old_addresses, balancers, old_balancers;
    std::vector<int> ports, old_ports;
  };
  Outcome<void> allocate_address(const Kind& kind, Value& service, const Object* current, Ledger& ledger);
  Outcome<void> allocate_node_ports(const Kind& kind, Value& service, const Object* current, Ledger& ledger);
  Outcome<void> allocate_health_port(const Kind& kind, Value& service, const Object* current, Ledger& ledger);
  void allocate_balancer(Value& service, const Object* current, Ledger& ledger);

  std::string service_cidr_;
  AddressPool cluster_ips_;
  AddressPool load_balancers_;
  NodePorts node_ports_;
};

}  // namespace plumbline::kube
