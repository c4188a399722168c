#include "reference/control/gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "reference/control/authoriser.h"

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;

constexpr std::array<std::string_view, 3> kEnvironments{"test", "prepub", "release"};  // api: ReleaseService

ListenOptions listen_options(const wire::Hello& hello, unsigned workers) {
  ListenOptions options;
  if (!hello.listen.empty()) {
    options.address = hello.listen.front().address;
    options.port = static_cast<std::uint16_t>(hello.listen.front().http);
  }
  options.workers = workers;
  options.seed = hello.seed;
  return options;
}

std::vector<Instance> read_instances(const wire::Hello& hello) {
  // A hello that attaches nothing says no more than that the gateway runs at one of them.
  const bool attaches = std::any_of(hello.instances.begin(), hello.instances.end(),
                                    [](const wire::HelloInstance& each) { return each.attached; });
  std::vector<Instance> instances;
  for (const auto& each : hello.instances) {
    const RegionId region = each.region.empty() ? hello.region : each.region;
    instances.push_back({each.id, each.kind == "dedicated", region, each.vpc, each.attached || !attaches});
  }
  return instances;
}

Result<void> known_environment(const std::string& environment) {
  if (std::find(kEnvironments.begin(), kEnvironments.end(), environment) != kEnvironments.end()) return {};
  return Error{Reason::kInvalidValue, fmt::format("environment: '{}' is none of test, prepub, release", environment),
               "environment", ""};
}

}  // namespace

Gateway::Gateway(const asio::any_io_executor& executor, const wire::Hello& hello, unsigned workers,
                 const Policies& policies, const MakeDataPlane& make_data_plane, Notifier& notifier)
    : executor_(executor),
      hello_(hello),
      instances_(read_instances(hello)),
      policies_(policies),
      notifier_(notifier),
      random_(hello.seed, "control"),
      cloud_(executor, hello.cloud_endpoint),
      data_plane_(make_data_plane(listen_options(hello, workers))),
      publisher_(
          executor, catalogue_, policies.selection, policies.publication, [this] { return views(); },
          [this](std::function<void(Dispatcher&)> change) { data_plane_->update(std::move(change)); }) {}

Result<void> Gateway::start() {
  if (hello_.listen.empty()) return Error{Reason::kInvalidValue, "listen: is required", "listen", ""};
  return data_plane_->start();
}

void Gateway::stop() { data_plane_->stop(); }

// ---- tunnels ----

asio::awaitable<Result<TunnelId>> Gateway::create_tunnel(PrincipalId as, Tunnel tunnel) {
  auto admitted = co_await admit(as, tunnel);
  if (!admitted) co_return admitted.error();
  const TunnelId id = catalogue_.add(std::move(tunnel));
  publisher_.tunnel_changed(id);
  co_return id;
}

asio::awaitable<Result<void>> Gateway::modify_tunnel(PrincipalId as, TunnelId id, Tunnel tunnel) {
  auto admitted = co_await admit(as, tunnel);
  if (!admitted) co_return admitted.error();
  catalogue_.replace(id, std::move(tunnel));
  publisher_.tunnel_changed(id);
  co_return Result<void>();
}

Result<void> Gateway::delete_tunnel(const TunnelId& id) {
  auto removed = catalogue_.remove(id);
  if (removed) publisher_.tunnel_changed(id);
  return removed;
}

Result<Tunnel> Gateway::describe_tunnel(const TunnelId& id) const {
  const Tunnel* tunnel = catalogue_.find(id);
  if (tunnel == nullptr) return no_such("tunnel", id.str(), "tunnel");
  return policies_.admission.described(*tunnel);
}

/// In the order in which a user would meet them: the form, the limit, the places, the authorisation, the Services.
asio::awaitable<Result<void>> Gateway::admit(PrincipalId as, Tunnel& tunnel) {
  const AdmissionPolicy& rules = policies_.admission;
  auto requester = principal(as);
  if (!requester) co_return requester.error();
  if (auto good = rules.fields(tunnel); !good) co_return good.error();
  if (auto good = rules.service_count(tunnel); !good) co_return good.error();
  if (auto good = rules.region(tunnel, instances_); !good) co_return good.error();
  auto vpcs = co_await cloud_.vpcs(*requester, tunnel.region);
  if (!vpcs) co_return vpcs.error();
  if (*vpcs) {
    if (auto good = rules.vpc(tunnel, **vpcs); !good) co_return good.error();
  }
  const std::vector<CloudVpc> known = vpcs->value_or(std::vector<CloudVpc>{});

  std::set<ClusterId> seen;
  for (std::size_t row = 0; row < tunnel.services.size(); ++row) {
    if (!seen.insert(tunnel.services[row].service.cluster).second) continue;
    auto good = co_await admit_cluster(*requester, tunnel, row, known);
    if (!good) co_return good.error();
  }
  for (std::size_t row = 0; row < tunnel.services.size(); ++row) {
    const ObjectName& name = tunnel.services[row].service;
    const KubeName service{name.space, name.name};  // named: g++ 12 destroys aggregates inside co_await twice
    auto found = co_await link(name.cluster).read_service(service);
    if (!found) co_return found.error();
    if (auto good = rules.service(tunnel, row, *found); !good) co_return good.error();
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Gateway::admit_cluster(wire::HelloPrincipal as, const Tunnel& tunnel, std::size_t row,
                                                     const std::vector<CloudVpc>& vpcs) {
  const ClusterId cluster = tunnel.services[row].service.cluster;
  auto found = co_await locate(as, tunnel.region, cluster);
  if (!found) co_return found.error();
  if (auto good = policies_.admission.cluster(tunnel, row, *found); !good) co_return good.error();

  PodScope scope;
  if (*found) {
    scope.pods = Cidr::parse((*found)->pod_cidr);
    scope.services = Cidr::parse((*found)->service_cidr);
  }
  for (const CloudVpc& vpc : vpcs) {
    if (vpc.id == tunnel.vpc) scope.vpc = Cidr::parse(vpc.cidr);
  }
  ClusterLink& reader = link(cluster);
  reader.set_scope(scope);

  if (!policies_.authorisation.may_use(cluster, reader.access())) {
    if (!policies_.authorisation.asks(cluster)) {
      co_return Error{Reason::kPermissionDenied, fmt::format("cluster {}: cannot be read", cluster.str()),
                      fmt::format("services[{}].cluster", row), cluster.str()};
    }
    notifier_.event({{"type", "authorisation.requested"}, {"cluster", cluster.str()}});
    co_return Error{
        Reason::kAuthorizationRequired,
        fmt::format("cluster {}: is not authorised yet; authorise it (cluster.authorize) and try again", cluster.str()),
        fmt::format("services[{}].cluster", row), cluster.str()};
  }
  if (!reader.rights() && policies_.authorisation.borrows_rights(cluster)) {
    auto borrowed = co_await access_of(as, tunnel.region, cluster);
    if (!borrowed) co_return borrowed.error();
    reader.grant(*borrowed);
  }
  if (!reader.rights()) {
    co_return Error{Reason::kUnavailable, fmt::format("cluster {}: there are no rights to read it", cluster.str()), "",
                    cluster.str()};
  }
  co_return Result<void>();
}

// ---- clusters ----

asio::awaitable<Result<void>> Gateway::authorize(PrincipalId as, ClusterId cluster) {
  auto requester = principal(as);
  if (!requester) co_return requester.error();
  auto found = co_await locate(*requester, hello_.region, cluster);
  if (!found) co_return found.error();
  if (!*found) co_return no_such("cluster", cluster.str(), "cluster");
  if (auto good = policies_.admission.reachable(**found, instances_); !good) co_return good.error();

  std::vector<PrincipalId> everybody;
  for (const auto& each : hello_.principals) everybody.emplace_back(each.name);
  Error refusal{Reason::kInternal, "nobody's rights were tried", "cluster", cluster.str()};
  for (const PrincipalId& name : policies_.authorisation.on_behalf_of(as, everybody)) {
    auto person = principal(name);
    if (!person) co_return person.error();
    auto borrowed = co_await access_of(*person, (*found)->region, cluster);
    if (!borrowed) co_return borrowed.error();
    auto own = co_await obtain_rights(executor_, cluster, name, *borrowed, random_);
    if (own) {
      link(cluster).grant(*own);
      if (policies_.on_rights) policies_.on_rights(cluster, *own);
      co_return Result<void>();
    }
    refusal = own.error();
    if (refusal.reason != Reason::kPermissionDenied) break;
  }
  co_return refusal;
}

ClusterStatus Gateway::describe_cluster(const ClusterId& cluster) const {
  const auto found = links_.find(cluster);
  if (found == links_.end()) return {};
  return {found->second->access(), found->second->trouble()};
}

asio::awaitable<Result<std::optional<CloudCluster>>> Gateway::locate(wire::HelloPrincipal as, RegionId first,
                                                                     ClusterId cluster) {
  for (const RegionId& region : regions(first)) {
    auto found = co_await cloud_.cluster(as, region, cluster);
    if (!found || *found) co_return found;
  }
  co_return std::optional<CloudCluster>();
}

asio::awaitable<Result<KubeAccess>> Gateway::access_of(wire::HelloPrincipal as, RegionId region, ClusterId cluster) {
  auto kubeconfig = co_await cloud_.kubeconfig(as, region, cluster);
  if (!kubeconfig) co_return kubeconfig.error();
  auto access = parse_kubeconfig(*kubeconfig);
  if (access) co_return access;
  co_return Error{Reason::kUnavailable, fmt::format("cluster {}: {}", cluster.str(), access.error().text), "cluster",
                  cluster.str()};
}

/// The regions that the gateway knows, `first` first.
std::vector<RegionId> Gateway::regions(const RegionId& first) const {
  std::vector<RegionId> known{first};
  const auto add = [&](const RegionId& region) {
    if (!region.empty() && std::find(known.begin(), known.end(), region) == known.end()) known.push_back(region);
  };
  add(hello_.region);
  for (const Instance& instance : instances_) add(instance.region);
  return known;
}

Result<wire::HelloPrincipal> Gateway::principal(const PrincipalId& name) const {
  for (const auto& each : hello_.principals) {
    if (each.name == name.str()) return each;
  }
  return Error{Reason::kPermissionDenied, fmt::format("as: there is no principal '{}'", name.str()), "as", name.str()};
}

ClusterLink& Gateway::link(const ClusterId& cluster) {
  auto& found = links_[cluster];
  if (!found) {
    LinkOptions options;
    options.seed = hello_.seed;
    options.follow_nodes = policies_.selection.needs_nodes();
    found = std::make_unique<ClusterLink>(
        executor_, cluster, options, policies_.publication, notifier_,
        [this](const ClusterId& id, const std::set<std::string>& spaces) { publisher_.cluster_changed(id, spaces); });
  }
  return *found;
}

std::vector<ClusterView> Gateway::views() const {
  std::vector<ClusterView> views;
  for (const auto& [id, reader] : links_) views.push_back(reader->view());
  return views;
}

// ---- APIs ----

Result<ApiServiceId> Gateway::create_api_service(ApiService service) {
  const bool known = std::any_of(instances_.begin(), instances_.end(),
                                 [&](const Instance& each) { return each.id == service.instance; });
  if (!known) return no_such("instance", service.instance.str(), "instance");
  if (service.name.empty()) return Error{Reason::kInvalidValue, "name: is required", "name", ""};
  return catalogue_.add(std::move(service));
}

Result<void> Gateway::delete_api_service(const ApiServiceId& id) { return catalogue_.remove(id); }

Result<void> Gateway::bindable(const Api& api) const {
  const AdmissionPolicy& rules = policies_.admission;
  if (auto good = rules.fields(api); !good) return good;
  const ApiService* service = catalogue_.find(api.api_service);
  if (service == nullptr) return no_such("API service", api.api_service.str(), "apiService");
  const Tunnel* tunnel = catalogue_.find(api.tunnel);
  if (tunnel == nullptr) return no_such("tunnel", api.tunnel.str(), "backend.tunnel");
  const auto instance = std::find_if(instances_.begin(), instances_.end(),
                                     [&](const Instance& each) { return each.id == service->instance; });
  if (auto good = rules.instance_kind(*instance); !good) return good;
  if (auto good = rules.instance_region(*instance, *tunnel); !good) return good;
  return rules.instance_vpc(*instance, *tunnel);
}

Result<ApiId> Gateway::create_api(Api api) {
  if (auto good = bindable(api); !good) return good.error();
  return catalogue_.add(std::move(api));
}

Result<void> Gateway::modify_api(const ApiId& id, Api api) {
  if (auto good = bindable(api); !good) return good;
  catalogue_.replace(id, std::move(api));
  return {};
}

Result<void> Gateway::delete_api(const ApiId& id) {
  auto removed = catalogue_.remove(id);
  if (removed) publisher_.api_changed(id);
  return removed;
}

Result<std::string> Gateway::release(const ApiId& id, const std::string& environment) {
  const Api* api = catalogue_.find(id);
  if (api == nullptr) return no_such("API", id.str(), "api");
  if (auto known = known_environment(environment); !known) return known.error();
  catalogue_.release(id, environment);
  publisher_.api_changed(id);
  return fmt::format("http://{}:{}{}", hello_.listen.front().address, data_plane_->port(), api->frontend.path);
}

Result<void> Gateway::unrelease(const ApiId& id, const std::string& environment) {
  if (catalogue_.find(id) == nullptr) return no_such("API", id.str(), "api");
  if (auto known = known_environment(environment); !known) return known;
  if (!catalogue_.unrelease(id, environment)) {
    return Error{Reason::kNotFound, fmt::format("API {}: is not released to {}", id.str(), environment), "environment",
                 id.str()};
  }
  publisher_.api_changed(id);
  return {};
}

}  // namespace plumbline::gateway
