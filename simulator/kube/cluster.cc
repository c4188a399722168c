#include "simulator/kube/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/check.h"
#include "simulator/kernel/base64.h"
#include "simulator/kernel/random.h"
#include "simulator/kube/access/authenticator.h"
#include "simulator/kube/access/authorizer.h"
#include "simulator/kube/access/certificates.h"
#include "simulator/kube/api/operations.h"
#include "simulator/kube/api/pod_state.h"
#include "simulator/kube/control_plane.h"
#include "simulator/kube/extensions/definitions.h"
#include "simulator/kube/faults/api_faults.h"
#include "simulator/kube/faults/fault_json.h"
#include "simulator/kube/http/api_server.h"
#include "simulator/kube/kubernetes_service.h"
#include "simulator/kube/transport/tls_server.h"

namespace plumbline::kube {
namespace {

constexpr const char* kNodeVersion = "v1.34.0+plumbline";

Error error_of(const Failure& failure, const std::string& object) {
  Reason reason = Reason::kInternal;
  switch (failure.code) {
    case 404:
      reason = Reason::kNotFound;
      break;
    case 409:
      reason = Reason::kInUse;
      break;
    case 400:
    case 422:
      reason = Reason::kInvalidValue;
      break;
    case 403:
      reason = Reason::kPermissionDenied;
      break;
    default:
      break;
  }
  return {reason, failure.message, {}, object};
}

Result<Json> json_of(const Outcome<ObjectPtr>& outcome, const std::string& object) {
  if (!outcome) return Result<Json>(boost::system::in_place_error, error_of(outcome.error(), object));
  return Result<Json>(boost::system::in_place_value, to_json((*outcome)->value()));
}

Value node_object(const NodeOptions& node) {
  Value labels{{"kubernetes.io/hostname", node.name}, {"kubernetes.io/os", "linux"}, {"kubernetes.io/arch", "amd64"}};
  for (const auto& [key, value] : node.labels) labels.set(key) = value;
  Value addresses = Value::array();
  if (!node.address.empty()) addresses.push_back({{"type", "InternalIP"}, {"address", node.address}});
  addresses.push_back({{"type", "Hostname"}, {"address", node.name}});
  return {{"metadata", {{"name", node.name}, {"labels", labels}}},
          {"spec", Value::object()},
          {"status",
           {{"addresses", addresses},
            {"conditions", Value::array({{{"type", "Ready"}, {"status", "True"}, {"reason", "KubeletReady"}}})},
            {"nodeInfo", {{"kubeletVersion", kNodeVersion}}}}}};
}

/// How far the cluster's clock is off; a fault sets it.
using Skew = std::shared_ptr<std::chrono::milliseconds>;

Store::Options store_options(const ClusterOptions& options, const Skew& skew) {
  Store::Options chosen;
  chosen.window_max = options.watch_window;
  chosen.window_min = std::min(chosen.window_min, options.watch_window);
  CHECK(options.wall_clock, "a cluster has a clock");
  chosen.wall_clock = [clock = options.wall_clock, skew] { return clock() + *skew; };
  chosen.random = kernel::Random(options.seed).split("kube").split(options.name.str());
  return chosen;
}

}  // namespace

struct Cluster::Parts {
  Parts(boost::asio::io_context& io, ClusterOptions chosen, PodRuntime& runtime)
      : options(std::move(chosen)),
        authority(options.name.str() + "-ca"),
        store(store_options(options, skew)),
        services(options.service_cidr, options.load_balancer_cidr, options.load_balancer_first),
        operations(store, services),
        authenticator(store, store_options(options, skew).wall_clock),
        authorizer(store),
        definitions(io, operations, options.replays ? DefinitionsWrite::kNothing : DefinitionsWrite::kAll),
        api(operations, authenticator, authorizer, kernel::Random(options.seed).split("api")),
        faults(
            io, operations, api, kernel::Random(options.seed).split("faults"),
            {[this](bool down) {
               is_down = down;
               for (TlsServer& each : ways) each.reset_connections(is_down || resets_tls);
             },
             [this](bool off) { switch_intranet(!off); }, [this](std::optional<TlsFault> fault) { break_tls(fault); },
             [this](std::chrono::milliseconds by) { *skew = by; }}),
        own(authority.issue_server(server_names(options))),
        ways{TlsServer(io, handler(), own, authority.pem()), TlsServer(io, handler(), own, authority.pem())} {
    api.revocations_end_watches(io, options.revocations_end_watches);
    const auto mint = [this](const Object& account, const Object& secret) {
      return authenticator.mint(account, secret);
    };
    if (options.replays)
      api.refuse_writes("this cluster replays a recording: it can only be read");
    else
      controllers.emplace(io, operations, runtime, options, options.wall_clock, authority.pem(), mint);
    changes = store.subscribe([this](const Event& event) { tell(event); });
    api.on_audit([this](const User& user, const Attributes& asked, const HttpRequest& request, int code) {
      const AuditEntry entry{user.name,  asked.verb,     asked.resource, asked.space,
                             asked.name, request.target, code,           request.from};
      for (const auto& observer : audit_observers) observer(entry);
    });
  }

  void break_tls(std::optional<TlsFault> fault) {
    resets_tls = fault == TlsFault::kReset;
    for (TlsServer& each : ways) {
      each.reset_connections(is_down || resets_tls);
      each.present(nullptr);
    }
    if (!fault || fault == TlsFault::kReset) return;
    std::vector<std::string> names = server_names(options);
    if (fault == TlsFault::kWrongName) names = {"elsewhere.example.com"};
    const CertificateAuthority stranger(options.name.str() + "-ca");
    const bool strange = fault == TlsFault::kUnknownAuthority;
    const Certificate shown = (strange ? stranger : authority).issue_server(names, fault == TlsFault::kExpired);
    for (TlsServer& each : ways) {
      each.present(&shown);
      // Connections that are there were made with the right one.
      each.cut_connections();
    }
  }

  Handler handler() {
    return [this](HttpRequest request, const Respond& respond) { faults.handle(std::move(request), respond); };
  }

  TlsServer& way(Way wanted) { return ways[static_cast<std::size_t>(wanted)]; }

  void switch_intranet(bool on) {
    if (!on) way(Way::kIntranet).stop();
    if (intranet) intranet(on);
  }

  static std::vector<std::string> server_names(const ClusterOptions& options) {
    std::vector<std::string> names{"kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost",
                                   "127.0.0.1"};
    names.insert(names.end(), options.san_addresses.begin(), options.san_addresses.end());
    return names;
  }

  void populate() {
    for (const char* space : {"default", "kube-system", "kube-public", "kube-node-lease"})
      must(operations.create(KindId::kNamespace, "", Value{{"metadata", {{"name", space}}}}));
    create_kubernetes_service(operations, options.api_address, options.api_port);
    for (auto& [kind, object] : Authorizer::bootstrap_objects()) must(operations.create(kind, "", std::move(object)));
    for (const NodeOptions& node : options.nodes) must(operations.create(KindId::kNode, "", node_object(node)));
  }

  static void must(const Outcome<ObjectPtr>& outcome) { CHECK(outcome.has_value(), "a new cluster is empty"); }

  void tell(const Event& event) {
    // Nobody decides by Events: a history of them would hide what matters.
    if (change_observers.empty() || event.object->kind() == KindId::kEvent) return;
    const Change change{store.kind(event.object->kind()).name, std::string(to_string(event.op)),
                        event.object->resource_version(), event.object->value()};
    for (const auto& observer : change_observers) observer(change);
  }

  /// The key of an object that the world names; a kind that is not served is a Failure.
  Outcome<ObjectKey> key_of(std::string_view kind_name, const ObjectName& name) const {
    const Kind* kind = store.registry().find_named(kind_name);
    if (!kind) return Failure{404, "NotFound", store.registry().unserved(kind_name), nullptr};
    return key_of(*kind, name);
  }
  static ObjectKey key_of(const Kind& kind, const ObjectName& name) {
    const std::string space = name.space.empty() ? "default" : name.space;
    return {kind.id, kind.namespaced ? space : std::string(), name.name};
  }

  ClusterOptions options;
  bool is_down = false, resets_tls = false;  ///< by faults
  Skew skew = std::make_shared<std::chrono::milliseconds>(0);
  CertificateAuthority authority;
  Store store;
  ServiceAdmission services;
  Operations operations;
  Authenticator authenticator;
  Authorizer authorizer;
  Definitions definitions;
  std::optional<ControlPlane> controllers;  ///< none when it replays
  ApiServer api;
  ApiFaults faults;
  Certificate own;
  std::array<TlsServer, 2> ways;  ///< by Way
  std::function<void(bool on)> intranet;
  std::vector<std::function<void(const Change&)>> change_observers;
  std::vector<std::function<void(const AuditEntry&)>> audit_observers;
  Store::Subscription changes;
};

Cluster::Cluster(boost::asio::io_context& io, ClusterOptions options, PodRuntime& runtime)
    : parts_(std::make_unique<Parts>(io, std::move(options), runtime)) {
  if (parts_->controllers) parts_->populate();
}

Cluster::~Cluster() = default;

void Cluster::serve(int fd, Way way) { parts_->way(way).serve(fd); }
void Cluster::stop_serving(Way way) { parts_->way(way).stop(); }
void Cluster::on_intranet(std::function<void(bool on)> hand) { parts_->intranet = std::move(hand); }
const std::string& Cluster::ca_pem() const { return parts_->authority.pem(); }

std::string Cluster::kubeconfig(const std::string& user, const std::vector<std::string>& groups,
                                const std::string& server) const {
  const Certificate client = parts_->authority.issue_client(user, groups);
  const std::string& name = parts_->options.name.str();
  return fmt::format(
      "apiVersion: v1\n"
      "kind: Config\n"
      "clusters:\n"
      "- name: {0}\n"
      "  cluster:\n"
      "    server: {1}\n"
      "    certificate-authority-data: {2}\n"
      "users:\n"
      "- name: {3}\n"
      "  user:\n"
      "    client-certificate-data: {4}\n"
      "    client-key-data: {5}\n"
      "contexts:\n"
      "- name: {6}\n"
      "  context:\n"
      "    cluster: {0}\n"
      "    user: {3}\n"
      "current-context: {6}\n",
      Json(name).dump(), Json(server).dump(), kernel::base64_encode(ca_pem()), Json(user).dump(),
      kernel::base64_encode(client.certificate_pem), kernel::base64_encode(client.key_pem),
      Json(user + "@" + name).dump());
}

void Cluster::grant(const std::string& user, const std::string& role) {
  const Value binding{{"metadata", {{"name", fmt::format("{}-{}", user, role)}}},
                      {"roleRef", {{"kind", "ClusterRole"}, {"name", role}}},
                      {"subjects", Value::array({{{"kind", "User"}, {"name", user}}})}};
  (void)parts_->operations.create(KindId::kClusterRoleBinding, "", binding);
}

Result<Json> Cluster::apply(const Json& json) {
  const Value manifest = from_json(json);
  const ObjectName object{parts_->options.name, manifest.at("metadata.namespace").string(),
                          manifest.at("metadata.name").string()};
  const Named named = parts_->store.registry().named(manifest["apiVersion"].text(), manifest["kind"].text());
  if (named.kind == nullptr)
    return Result<Json>(boost::system::in_place_error, Reason::kInvalidValue, named.problem, "", object.str());
  WriteOptions options;
  options.validation = FieldValidation::kStrict;
  options.version = named.version->name;
  const ObjectKey key = Parts::key_of(*named.kind, object);
  if (parts_->store.find(key))
    return json_of(parts_->operations.patch(key, PatchType::kMerge, manifest, options), object.str());
  return json_of(parts_->operations.create(key.kind, key.space, manifest, options), object.str());
}

Result<Json> Cluster::get(std::string_view kind, const ObjectName& name) const {
  const auto key = parts_->key_of(kind, name);
  if (!key) return Result<Json>(boost::system::in_place_error, error_of(key.error(), name.str()));
  if (const ObjectPtr found = parts_->store.find(*key)) return json_of(found, name.str());
  return json_of(not_found(parts_->store.kind(key->kind), name.name), name.str());
}

std::vector<Json> Cluster::list(std::string_view kind_name, std::string_view space) const {
  std::vector<Json> objects;
  if (const Kind* kind = parts_->store.registry().find_named(kind_name))
    parts_->store.visit(kind->id, space, {},
                        [&objects](const ObjectPtr& object) { objects.push_back(to_json(object->value())); });
  return objects;
}

std::vector<std::string> Cluster::names(std::string_view kind_name, std::string_view space) const {
  std::vector<std::string> found;
  if (const Kind* kind = parts_->store.registry().find_named(kind_name))
    parts_->store.visit(kind->id, space, {}, [&](const ObjectPtr& object) { found.push_back(object->name()); });
  return found;
}

Result<Value> Cluster::merge_patch(std::string_view kind, const ObjectName& name, const Json& patch) {
  const auto failed = [&](const Failure& why) {
    return Result<Value>(boost::system::in_place_error, error_of(why, name.str()));
  };
  const auto key = parts_->key_of(kind, name);
  if (!key) return failed(key.error());
  const auto patched = parts_->operations.patch(*key, PatchType::kMerge, from_json(patch));
  if (!patched) return failed(patched.error());
  return Result<Value>(boost::system::in_place_value, (*patched)->value());
}

Result<Json> Cluster::remove(std::string_view kind, const ObjectName& name, std::optional<std::chrono::seconds> grace) {
  const auto key = parts_->key_of(kind, name);
  if (!key) return Result<Json>(boost::system::in_place_error, error_of(key.error(), name.str()));
  DeleteOptions options;
  if (grace) options.grace_seconds = grace->count();
  return json_of(parts_->operations.remove(*key, options), name.str());
}

Result<Json> Cluster::scale(const ObjectName& deployment, int replicas) {
  const auto key = parts_->key_of("Deployment", deployment);
  return json_of(parts_->operations.set_replicas(*key, replicas), deployment.str());
}

Result<void> Cluster::set_pod_ready(const ObjectName& pod, bool ready) {
  const auto key = parts_->key_of("Pod", pod);
  CHECK(parts_->controllers, "a cluster that replays has no kubelet");
  if (const auto done = parts_->controllers->kubelet.set_ready(*key, ready); !done)
    return error_of(done.error(), pod.str());
  return {};
}

Result<std::vector<ApiFault>> Cluster::inject(const ApiFault& fault) {
  const std::string name(to_string(fault.kind));
  if (const auto mistakes = mistakes_in(fault); !mistakes.empty())
    return Error{Reason::kInvalidValue,
                 fmt::format("{}: '{}' {}", name, mistakes.front().setting, mistakes.front().text),
                 {},
                 name};
  if (const std::string what = parts_->faults.unserved(fault); !what.empty())
    return Error{
        Reason::kInvalidValue, fmt::format("cluster {} serves no {}", parts_->options.name.str(), what), {}, name};
  return parts_->faults.inject(fault);
}

std::vector<ApiFault> Cluster::heal(std::optional<FaultKind> kind) { return parts_->faults.heal(kind); }

Result<void> Cluster::set_node_ready(const std::string& node, std::string_view status) {
  CHECK(parts_->controllers, "a cluster that replays has no controllers");
  if (const auto done = parts_->controllers->nodes.set_ready(node, status); !done) return error_of(done.error(), node);
  return {};
}

void Cluster::on_change(std::function<void(const Change&)> observer) {
  parts_->change_observers.push_back(std::move(observer));
}

void Cluster::on_audit(std::function<void(const AuditEntry&)> observer) {
  parts_->audit_observers.push_back(std::move(observer));
}

std::unique_ptr<RecordingWriter> Cluster::record(std::function<void(const std::string& line)> line) {
  return std::make_unique<RecordingWriter>(parts_->options.name.str(), parts_->store, std::move(line));
}

Result<void> Cluster::restore(Op op, const Value& object) {
  CHECK(!parts_->controllers, "only a cluster that replays can be told what happened");
  const Registry& registry = parts_->store.registry();
  const Kind* kind = registry.find_named(group_of(object["apiVersion"].text()), object["kind"].text());
  if (kind == nullptr) return Error{Reason::kInvalidValue, registry.unserved(object["kind"].text()), "", ""};
  const auto done = parts_->store.restore(op, kind->id, object);
  if (!done) return error_of(done.error(), object.at("metadata.name").string());
  return {};
}

void Cluster::finish_watches() {
  parts_->api.watches().each([](const Watches::Watcher& watcher) { watcher.stream->finish(); });
}

std::size_t Cluster::open_watches() const { return parts_->api.watches().size(); }

void Cluster::restored(std::uint64_t resource_version) {
  parts_->store.restore_version(resource_version);
  parts_->store.compact();
}

Json Cluster::status(std::chrono::steady_clock::time_point now) const {
  const Store& store = parts_->store;
  std::size_t not_ready = 0;
  Json faults = Json::array();
  store.visit(store.registry().find_named("Node")->id, "", {},
              [&](const ObjectPtr& node) { not_ready += is_ready(*node) ? 0 : 1; });
  for (const LastingFault& lasting : parts_->faults.lasting()) {
    faults.push_back(to_json(lasting.fault));
    if (lasting.ends)
      faults.back()["leftMs"] =
          std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(*lasting.ends - now).count());
  }
  return {{"pods", store.count(store.registry().find_named("Pod")->id)},
          {"nodes", store.count(store.registry().find_named("Node")->id)},
          {"notReady", not_ready},
          {"faults", faults}};
}

std::uint64_t Cluster::resource_version() const { return parts_->store.resource_version(); }

}  // namespace plumbline::kube
