#include "simulator/world/site.h"

#include <fmt/format.h>

#include "model/check.h"
#include "simulator/world/spec_check.h"

namespace plumbline::world {
namespace {

using kube::Json;

std::vector<network::Address> node_addresses(const network::Layout& layout, const SitePlace& place, std::size_t count) {
  std::vector<network::Address> addresses;
  for (std::size_t i = 0; i < count; ++i) {
    addresses.push_back(layout.node(place.first_node + static_cast<std::uint32_t>(i)));
  }
  return addresses;
}

bool is_ready(const Json& pod) {
  for (const Json& condition : pod.value("status", Json::object()).value("conditions", Json::array())) {
    if (condition.value("type", "") == "Ready") return condition.value("status", "") == "True";
  }
  return false;
}

Labels labels_of(const Json& object) {
  Labels labels;
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) labels[key] = value.get<std::string>();
  }
  return labels;
}

}  // namespace

std::vector<NodeSpec> nodes_of(const ClusterSpec& spec) {
  if (!spec.nodes.empty()) return spec.nodes;
  std::vector<NodeSpec> nodes;
  for (int i = 1; i <= kNodesDefault; ++i) nodes.push_back({fmt::format("node-{}", i), {}});
  return nodes;
}

Site::Site(Surroundings& surroundings, const ClusterSpec& spec, const SitePlace& place)
    : surroundings_(surroundings),
      spec_(spec),
      api_address_(surroundings.fabric.vpc(spec.vpc).layout.api_server(place.api_server)),
      pods_(surroundings.io, surroundings.journal, surroundings.fabric, spec.name, spec.vpc, range_of(spec.pod_cidr),
            surroundings.answering_pods),
      traps_(surroundings.io, surroundings.journal, surroundings.fabric.vpc(spec.vpc).space,
             node_addresses(surroundings.fabric.vpc(spec.vpc).layout, place, nodes_of(spec).size())) {
  const network::Layout& layout = surroundings.fabric.vpc(spec.vpc).layout;
  kube::ClusterOptions options;
  options.name = spec.name;
  options.service_cidr = spec.service_cidr;
  options.load_balancer_cidr = layout.balancer(0).str() + "/24";
  options.load_balancer_first = place.api_server * 20;
  std::uint32_t node = place.first_node;
  for (const NodeSpec& one : nodes_of(spec)) options.nodes.push_back({one.name, one.labels, layout.node(node++).str()});
  options.seed = surroundings.seed;
  options.san_addresses = {api_address_.str(), "127.0.0.1", "localhost"};
  options.api_address = api_address_.str();
  options.api_port = network::kApiServerPort;
  options.now_us = surroundings.now_us;
  options.wall_clock = std::chrono::system_clock::now;
  cluster_ = std::make_unique<kube::Cluster>(surroundings.io, std::move(options), pods_);
  cluster_->on_change([this](const kube::Change& change) {
    surroundings_.recorder.change(spec_.name, change);
    traps_.follow(change);
    surroundings_.waiters.changed();
  });
  cluster_->on_audit([this](const kube::AuditEntry& entry) { surroundings_.recorder.audit(spec_.name, entry); });
}

Site::~Site() { end_recordings(std::chrono::steady_clock::now()); }

std::string Site::api_url() const { return fmt::format("https://{}:{}", api_address(), network::kApiServerPort); }

std::string Site::server_for_clients() const {
  return intranet_ ? api_url() : fmt::format("https://{}.ccs.tencent-cloud.com", spec_.name.str());
}

Result<void> Site::open() {
  if (!spec_.intranet) return {};
  cluster_->on_intranet([this](bool on) {
    intranet_ = false;
    if (!on) return;
    const auto again = listen();
    CHECK(again.has_value(), "nobody else listens where it listened before");
  });
  return listen();
}

Result<void> Site::listen() {
  auto listener = surroundings_.fabric.vpc(spec_.vpc).space.listen(api_address_, network::kApiServerPort);
  if (!listener) return listener.error();
  cluster_->serve(listener->release());
  intranet_ = true;
  return {};
}

Result<void> Site::apply_manifests() {
  for (const Json& manifest : spec_.manifests) {
    if (auto applied = cluster_->apply(manifest); !applied) {
      Error error = applied.error();
      error.text = fmt::format("{}: {} {}: {}", spec_.name.str(), manifest.value("kind", "?"),
                               manifest.value("metadata", Json::object()).value("name", "?"), error.text);
      return error;
    }
  }
  return {};
}

Result<std::string> Site::uid_of(const ObjectName& pod) const {
  const auto object = cluster_->get("Pod", pod);
  if (!object) return object.error();
  return object->at("metadata").value("uid", "");
}

std::string Site::missing_pods(const ObjectName& deployment, int replicas) const {
  const auto object = cluster_->get("Deployment", deployment);
  if (!object) return object.error().text;
  const Labels selector = labels_of(
      object->value("spec", Json::object()).value("selector", Json::object()).value("matchLabels", Json::object()));
  int ready = 0;
  int terminating = 0;
  int others = 0;
  for (const Json& pod : cluster_->list("Pod", deployment.space)) {
    const Json& metadata = pod.at("metadata");
    if (!carries_all(labels_of(metadata.value("labels", Json::object())), selector)) continue;
    const bool faulted = pods_.fault(metadata.value("uid", "")) != pods::Fault::kNone;
    ++(metadata.contains("deletionTimestamp") ? terminating : is_ready(pod) || faulted ? ready : others);
  }
  if (ready == replicas && terminating == 0 && others == 0) return "";
  return fmt::format("{} wants {} Pods, has {} ready, {} not ready, {} terminating", deployment.str(), replicas, ready,
                     others, terminating);
}

std::string Site::missing_pods() const {
  for (const Json& deployment : cluster_->list("Deployment")) {
    const Json& metadata = deployment.at("metadata");
    const ObjectName name{spec_.name, metadata.value("namespace", ""), metadata.value("name", "")};
    const int replicas = deployment.value("spec", Json::object()).value("replicas", 1);
    if (std::string missing = missing_pods(name, replicas); !missing.empty()) return missing;
  }
  for (const Json& pod : cluster_->list("Pod")) {
    if (!is_ready(pod) && !pod.at("metadata").contains("deletionTimestamp")) {
      return fmt::format("Pod {}/{} is not ready", spec_.name.str(), pod.at("metadata").value("name", ""));
    }
  }
  return "";
}

Result<void> Site::tamper(const ObjectName& service, const std::vector<std::string>& addresses) {
  const auto endpoints = cluster_->get("Endpoints", service);
  if (!endpoints) return endpoints.error();
  Json subsets = endpoints->value("subsets", Json::array());
  if (subsets.empty()) {
    const auto object = cluster_->get("Service", service);
    if (!object) return object.error();
    Json ports = Json::array();
    for (const Json& port : object->value("spec", Json::object()).value("ports", Json::array())) {
      const Json& target = port.contains("targetPort") ? port["targetPort"] : port["port"];
      ports.push_back({{"name", port.value("name", "")},
                       {"port", target.is_number() ? target : port["port"]},
                       {"protocol", port.value("protocol", "TCP")}});
    }
    subsets.push_back({{"ports", ports}});
  }
  for (Json& subset : subsets) {
    for (const std::string& address : addresses) subset["addresses"].push_back({{"ip", address}});
  }
  const auto patched = cluster_->merge_patch("Endpoints", service, {{"subsets", subsets}});
  return patched ? Result<void>() : Result<void>(patched.error());
}

void Site::end_recordings(std::chrono::steady_clock::time_point deadline) {
  for (const auto& recording : recordings_) recording->stop(deadline);
  recordings_.clear();
}

void Site::record(int socket) {
  std::erase_if(recordings_, [](const auto& recording) { return recording->ended(); });
  recordings_.push_back(RecordingFeed::start(surroundings_.io, *cluster_, socket));
}

}  // namespace plumbline::world
