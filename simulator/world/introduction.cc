// What a world tells about itself: to the candidate (hello) and to the history (describe). Part of parts.h.
#include <fmt/format.h>

#include <fstream>

#include "model/check.h"
#include "simulator/world/parts.h"

namespace plumbline::world {
namespace {

using nlohmann::json;

constexpr const char* kReader = "plumbline-reader";

/// What a candidate that does not ask for authorisation may do: look.
json reader_role() {
  const json looking = json::array({"get", "list", "watch"});
  return {{"apiVersion", "rbac.authorization.k8s.io/v1"},
          {"kind", "ClusterRole"},
          {"metadata", {{"name", kReader}}},
          {"rules", json::array({{{"apiGroups", json::array({""})},
                                  {"resources", json::array({"services", "endpoints", "pods", "nodes", "namespaces"})},
                                  {"verbs", looking}},
                                 {{"apiGroups", json::array({"discovery.k8s.io"})},
                                  {"resources", json::array({"endpointslices"})},
                                  {"verbs", looking}}})}};
}

}  // namespace

wire::Hello World::Parts::hello(bool ready_made_clusters) {
  wire::Hello hello;
  hello.region = attached_spec().region;
  const std::string address = attached_instance().address.str();
  for (const InstanceSpec& instance : spec.instances) {
    hello.instances.push_back({instance.name, instance.kind == InstanceKind::kDedicated ? "dedicated" : "shared",
                               instance.region, instance.vpc, instance.attached ? address : "", instance.attached});
  }
  hello.listen.push_back({address});
  hello.cloud_endpoint = fmt::format("http://{}", network::kCloudAddress);
  for (const cloud::Principal& principal : cloud->account().principals) {
    hello.principals.push_back({principal.name, principal.secret_id, principal.secret_key});
  }
  if (ready_made_clusters) {
    for (const ClusterSpec& cluster : spec.clusters) {
      if (!cluster.intranet) continue;
      Site& site = *sites.at(cluster.name);
      const auto role = site.cluster().apply(reader_role());
      CHECK(role.has_value(), "a cluster takes a ClusterRole");
      site.cluster().grant(kReader, kReader);
      const std::string file = fmt::format("{}/{}.kubeconfig", options.work_dir, cluster.name.str());
      std::ofstream(file, std::ios::trunc) << site.cluster().kubeconfig(kReader, {}, site.api_url());
      hello.clusters.push_back({cluster.name, file});
    }
  }
  hello.work_dir = options.work_dir;
  hello.seed = options.seed;
  return hello;
}

json World::Parts::describe() const {
  json described = {{"users", fabric.vpc(attached_instance().vpc).layout.router().str()},
                    {"cloud", fmt::format("{}:{}", network::kCloudAddress, network::kCloudPort)},
                    {"apiServers", json::object()},
                    {"regions", json::array()},
                    {"vpcs", json::array()},
                    {"clusters", json::array()},
                    {"traps", json::array()}};
  const InstanceSpec& instance = attached_spec();
  described["instance"] = {{"name", instance.name.str()},
                           {"address", attached_instance().address.str()},
                           {"region", instance.region.str()},
                           {"vpc", instance.vpc.str()}};
  for (const RegionId& region : spec.regions) described["regions"].push_back(region.str());
  for (const VpcSpec& vpc : spec.vpcs) {
    described["vpcs"].push_back({{"name", vpc.name.str()}, {"region", vpc.region.str()}, {"cidr", vpc.cidr}});
  }
  for (const ClusterSpec& cluster : spec.clusters) {
    const Site& site = *sites.at(cluster.name);
    described["apiServers"][cluster.name.str()] = fmt::format("{}:{}", site.api_address(), network::kApiServerPort);
    described["clusters"].push_back({{"name", cluster.name.str()},
                                     {"vpc", cluster.vpc.str()},
                                     {"podCidr", cluster.pod_cidr},
                                     {"serviceCidr", cluster.service_cidr}});
    for (const std::string& label : site.traps().labels()) described["traps"].push_back(label);
  }
  return described;
}

}  // namespace plumbline::world
