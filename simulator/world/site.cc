#include "simulator/world/site.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/check.h"
#include "simulator/world/spec_check.h"

namespace plumbline::world {
namespace {

std::vector<network::Address> node_addresses(const network::Layout& layout, const SitePlace& place, std::size_t count) {
  std::vector<network::Address> addresses;
  for (std::size_t i = 0; i < count; ++i) {
    addresses.push_back(layout.node(place.first_node + static_cast<std::uint32_t>(i)));
  }
  return addresses;
}

}  // namespace

SitePlace next_place(const SitePlace& place, const ClusterSpec& spec) {
  return {place.api_server + 1, place.first_node + static_cast<std::uint32_t>(nodes_of(spec).size())};
}

kube::ClusterOptions options_of(const ClusterSpec& spec, const network::Layout& layout, const SitePlace& place) {
  kube::ClusterOptions options;
  options.name = spec.name;
  options.service_cidr = spec.service_cidr;
  options.load_balancer_cidr = layout.balancer(0).str() + "/24";
  options.load_balancer_first = place.api_server * 20;
  std::uint32_t node = place.first_node;
  for (const NodeSpec& one : nodes_of(spec)) options.nodes.push_back({one.name, one.labels, layout.node(node++).str()});
  options.api_address = layout.api_server(place.api_server).str();
  options.api_port = network::kApiServerPort;
  options.san_addresses = {options.api_address, "127.0.0.1", "localhost"};
  options.wall_clock = std::chrono::system_clock::now;
  return options;
}

void grant_admins(const WorldSpec& spec, const ClusterId& name, kube::Cluster& cluster) {
  for (const PrincipalSpec& principal : spec.principals) {
    const auto& admin_of = principal.admin_of;
    if (std::find(admin_of.begin(), admin_of.end(), name) != admin_of.end()) cluster.grant(principal.name, "tke:admin");
  }
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
  kube::ClusterOptions options = options_of(spec, layout, place);
  options.seed = surroundings.seed;
  options.now_us = surroundings.now_us;
  cluster_ = std::make_unique<kube::Cluster>(surroundings.io, std::move(options), pods_);
  hand_.emplace(*cluster_, spec.name,
                [this](const std::string& uid) { return pods_.fault(uid) != pods::Fault::kNone; });
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
  for (const Manifest& manifest : spec_.manifests) {
    if (auto applied = hand_->apply(manifest.object); !applied) {
      Error error = applied.error();
      error.text =
          fmt::format("{}: {}: {}: {}", to_string(manifest.place), spec_.name.str(), manifest.title(), error.text);
      return error;
    }
  }
  return {};
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
