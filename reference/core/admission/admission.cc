#include "reference/core/admission/admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "reference/core/selection/selection.h"

namespace plumbline::gateway {
namespace {

using Checked = Result<void>;

Error invalid(std::string field, std::string_view what) {
  return {Reason::kInvalidValue, fmt::format("{}: {}", field, what), std::move(field), ""};
}

std::string row_field(std::size_t row, std::string_view name) { return fmt::format("services[{}].{}", row, name); }

/// Visible ASCII without blanks: what a Host header may hold.
bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= kHostLengthMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != '@'; });
}

Checked row_fields(const TunnelService& service, std::size_t row) {
  if (service.service.cluster.empty()) return invalid(row_field(row, "cluster"), "is required");
  if (service.service.space.empty()) return invalid(row_field(row, "namespace"), "is required");
  if (service.service.name.empty()) return invalid(row_field(row, "service"), "is required");
  if (service.port.value == 0) return invalid(row_field(row, "port"), "must be 1..65535");
  if (service.weight.value < 0 || service.weight.value > kWeightMax) {
    return invalid(row_field(row, "weight"), fmt::format("{} is not in 0..{}", service.weight.value, kWeightMax));
  }
  for (const auto& [key, value] : service.labels) {
    if (key.empty()) return invalid(row_field(row, "labels"), "a label needs a key");
  }
  return {};
}

}  // namespace

Result<void> AdmissionPolicy::fields(const Tunnel& tunnel) const {
  if (tunnel.name.empty()) return invalid("name", "is required");
  if (tunnel.name.size() > kNameLengthMax) return invalid("name", fmt::format("longer than {} bytes", kNameLengthMax));
  if (tunnel.type != "tke")
    return invalid("type", fmt::format("'{}' is not a tunnel type; this gateway has tke", tunnel.type));
  if (tunnel.region.empty()) return invalid("region", "is required");
  if (tunnel.vpc.empty()) return invalid("vpc", "is required");
  if (tunnel.services.empty()) return invalid("services", "needs at least one service");
  for (std::size_t row = 0; row < tunnel.services.size(); ++row) {
    if (auto checked = row_fields(tunnel.services[row], row); !checked) return checked;
  }
  if (tunnel.scheme != Scheme::kHttp) {
    return Error{Reason::kUnsupported, "backend.scheme: https is not offered yet", "backend.scheme", ""};
  }
  if (tunnel.host && !is_host(*tunnel.host)) return invalid("backend.host", "is not a valid Host header");
  if (tunnel.tags.size() > kTagsMax) return invalid("tags", fmt::format("more than {}", kTagsMax));
  if (tunnel.tags.contains("")) return invalid("tags", "a tag needs a key");
  if (tunnel.retries && (*tunnel.retries < 0 || *tunnel.retries > kRetriesMax)) {
    return invalid("retries", fmt::format("{} is not in 0..{}", *tunnel.retries, kRetriesMax));
  }
  return {};
}

Result<void> AdmissionPolicy::service_count(Tunnel& tunnel) const {
  if (tunnel.services.size() <= kTunnelServicesMax) return {};
  return Error{Reason::kLimitExceeded,
               fmt::format("services: {} are more than the {} that a tunnel may have over all clusters",
                           tunnel.services.size(), kTunnelServicesMax),
               "services", tunnel.name};
}

Result<void> AdmissionPolicy::region(const Tunnel& tunnel, const std::vector<Instance>& instances) const {
  const bool here = std::any_of(instances.begin(), instances.end(), [&](const Instance& instance) {
    return instance.attached && instance.region == tunnel.region;
  });
  if (here) return {};
  return Error{Reason::kRegionMismatch, fmt::format("region {}: this gateway is not there", tunnel.region.str()),
               "region", tunnel.region.str()};
}

Result<void> AdmissionPolicy::vpc(const Tunnel& tunnel, const std::vector<CloudVpc>& vpcs) const {
  const bool known = std::any_of(vpcs.begin(), vpcs.end(), [&](const CloudVpc& vpc) { return vpc.id == tunnel.vpc; });
  if (known) return {};
  return Error{Reason::kNotFound,
               fmt::format("vpc {}: region {} has no such VPC", tunnel.vpc.str(), tunnel.region.str()), "vpc",
               tunnel.vpc.str()};
}

Result<void> AdmissionPolicy::cluster(const Tunnel& tunnel, std::size_t row,
                                      const std::optional<CloudCluster>& found) const {
  const ClusterId& id = tunnel.services[row].service.cluster;
  const std::string field = row_field(row, "cluster");
  if (!found) return Error{Reason::kNotFound, fmt::format("cluster {}: does not exist", id.str()), field, id.str()};
  if (found->region != tunnel.region) {
    return Error{Reason::kRegionMismatch,
                 fmt::format("cluster {}: is in region {}, the tunnel in {}", id.str(), found->region.str(),
                             tunnel.region.str()),
                 field, id.str()};
  }
  if (found->vpc != tunnel.vpc) {
    return Error{Reason::kVpcMismatch,
                 fmt::format("cluster {}: is in VPC {}, the tunnel in {}; there is no access across VPCs", id.str(),
                             found->vpc.str(), tunnel.vpc.str()),
                 field, id.str()};
  }
  return {};
}

Result<void> AdmissionPolicy::service(const Tunnel& tunnel, std::size_t row,
                                      const std::optional<ServiceObject>& found) const {
  const TunnelService& wanted = tunnel.services[row];
  const std::string object = wanted.service.str();
  if (!found) {
    return Error{Reason::kNotFound, fmt::format("service {}: does not exist", object), row_field(row, "service"),
                 object};
  }
  if (find_port(*found, wanted.port) != nullptr) return {};
  std::string has;
  for (const ServicePort& port : found->ports) has += fmt::format("{}{}", has.empty() ? "" : ", ", port.port);
  return Error{Reason::kNotFound,
               fmt::format("service {}: port {} not exposed (has {})", object, wanted.port.value, has),
               row_field(row, "port"), object};
}

Result<void> AdmissionPolicy::reachable(const CloudCluster& cluster, const std::vector<Instance>& instances) const {
  bool in_region = false;
  for (const Instance& instance : instances) {
    if (!instance.attached || !instance.dedicated || instance.region != cluster.region) continue;
    if (instance.vpc == cluster.vpc) return {};
    in_region = true;
  }
  return Error{in_region ? Reason::kVpcMismatch : Reason::kRegionMismatch,
               fmt::format("cluster {}: this gateway has no dedicated instance in its VPC {} (region {})",
                           cluster.id.str(), cluster.vpc.str(), cluster.region.str()),
               "cluster", cluster.id.str()};
}

Result<void> AdmissionPolicy::fields(const Api& api) const {
  static constexpr std::array<std::string_view, 9> kMethods{"ANY",    "GET",     "HEAD",  "POST", "PUT",
                                                            "DELETE", "OPTIONS", "PATCH", "TRACE"};
  if (api.name.size() > kNameLengthMax) return invalid("name", fmt::format("longer than {} bytes", kNameLengthMax));
  if (std::find(kMethods.begin(), kMethods.end(), api.frontend.method) == kMethods.end()) {
    return invalid("frontend.method", fmt::format("'{}' is not a method that an API can have", api.frontend.method));
  }
  if (api.frontend.path.empty() || api.frontend.path.front() != '/' ||
      api.frontend.path.find_first_of("?# \t\r\n") != std::string::npos) {
    return invalid("frontend.path", "must begin with / and have no query");
  }
  if (api.backend_type != "vpc") {
    return invalid("backend.type",
                   fmt::format("'{}': a TKE tunnel is bound through backend type vpc", api.backend_type));
  }
  if (api.tunnel_type != "tke") {
    return invalid("backend.tunnelType", fmt::format("'{}': this gateway has tke", api.tunnel_type));
  }
  if (api.tunnel.empty()) return invalid("backend.tunnel", "is required");
  if (api.backend_path && (api.backend_path->empty() || api.backend_path->front() != '/' ||
                           api.backend_path->find_first_of("?# \t\r\n") != std::string::npos)) {
    return invalid("backend.path", "must begin with / and have no query");
  }
  if (api.timeout.count() < 1 || api.timeout > kApiTimeoutMax) {
    return invalid("timeout", fmt::format("{} ms is not in 1..{}", api.timeout.count(), kApiTimeoutMax.count()));
  }
  return {};
}

Result<void> AdmissionPolicy::instance_kind(const Instance& instance) const {
  if (instance.dedicated) return {};
  return Error{Reason::kUnsupportedInstance,
               fmt::format("instance {}: is shared; TKE tunnels need a dedicated instance", instance.id.str()),
               "apiService", instance.id.str()};
}

Result<void> AdmissionPolicy::instance_region(const Instance& instance, const Tunnel& tunnel) const {
  if (instance.region == tunnel.region) return {};
  return Error{Reason::kRegionMismatch,
               fmt::format("instance {}: is in region {}, tunnel {} in {}", instance.id.str(), instance.region.str(),
                           tunnel.name, tunnel.region.str()),
               "backend.tunnel", tunnel.name};
}

Result<void> AdmissionPolicy::instance_vpc(const Instance& instance, const Tunnel& tunnel) const {
  if (instance.vpc.empty() || instance.vpc == tunnel.vpc) return {};
  return Error{Reason::kVpcMismatch,
               fmt::format("instance {}: is in VPC {}, tunnel {} in {}; there is no access across VPCs",
                           instance.id.str(), instance.vpc.str(), tunnel.name, tunnel.vpc.str()),
               "backend.tunnel", tunnel.name};
}

}  // namespace plumbline::gateway
