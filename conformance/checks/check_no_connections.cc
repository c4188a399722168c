#include <map>
#include <set>

#include "conformance/checks/address.h"
#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"
#include "conformance/checks/nouns.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

/// Forbidden places of one expectation, made from the history's header and its truth.
class Places {
 public:
  explicit Places(const CheckContext& context) : truth_(context.history().truth) {
    if (const json* world = member(context.history().header, "world")) world_ = *world;
    cloud_ = text_of(world_, "cloud").substr(0, text_of(world_, "cloud").find(':'));
    users_ = text_of(world_, "users");
    if (const json* servers = member(world_, "apiServers"); servers != nullptr && servers->is_object()) {
      for (const auto& [cluster, server] : servers->items()) {
        if (server.is_string())
          api_servers_[cluster] = server.get<std::string>().substr(0, server.get<std::string>().find(':'));
      }
    }
  }

  /// Adds the places that `target` names; false when it names none.
  bool forbid(const std::string& target) {
    constexpr std::string_view kCluster = "cluster ";
    if (target == "traps") return forbid_traps();
    if (target == "foreign") return forbid_foreign();
    if (target == "kubernetes-nodes") {
      for (const auto& address : truth_.node_addresses()) addresses_[address] = "a Kubernetes Node";
      return true;
    }
    if (target == "pods") return forbid_ranges("", false);
    if (target.rfind(kCluster, 0) == 0) return forbid_cluster(target.substr(kCluster.size()));
    if (target.starts_with(kEveryPodOf)) return forbid_pods_of(target.substr(kEveryPodOf.size()));
    return false;
  }

  /// What `address` is at `t`, when it is forbidden; "" otherwise.
  std::string what(const std::string& address, std::int64_t t) const {
    if (const auto found = addresses_.find(address); found != addresses_.end()) return found->second;
    if (pod_addresses_.contains(address)) {
      const std::string holder = truth_.holder(address, t);
      if (pods_.contains(holder)) return without_uid(holder);
    }
    const auto number = parse_address(address);
    if (!number) return "";
    for (const auto& [range, name] : ranges_) {
      if (range.holds(*number)) return name;
    }
    if (foreign_ && address != cloud_ && address != users_ && !home_.holds(*number)) return "outside the VPC";
    return "";
  }
  bool traps() const { return traps_; }
  bool every_pod() const { return every_pod_; }
  const std::set<std::string>& pods() const { return pods_; }
  const std::set<std::string>& clusters() const { return clusters_; }

 private:
  bool forbid_traps() {
    traps_ = true;
    for (const auto& address : truth_.cluster_ips()) addresses_[address] = "a ClusterIP";
    for (const auto& address : truth_.load_balancers()) addresses_[address] = "a CLB";
    for (const auto& address : truth_.node_addresses()) addresses_[address] = "a Kubernetes Node";
    if (const json* traps = member(world_, "traps"); traps != nullptr && traps->is_array()) {
      for (const json& trap : *traps) {
        // "kind:address:port", or an object with "address"
        std::string address = trap.is_object() ? text_of(trap, "address") : "";
        if (trap.is_string()) {
          std::string_view rest = trap.get_ref<const std::string&>();
          while (!rest.empty() && address.empty()) {
            const auto colon = rest.find(':');
            if (parse_address(rest.substr(0, colon))) address = rest.substr(0, colon);
            rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
          }
        }
        if (!address.empty()) addresses_.try_emplace(address, "a trap");
      }
    }
    return true;
  }

  bool forbid_foreign() {
    const json* instance = member(world_, "instance");
    const json* vpcs = member(world_, "vpcs");
    if (instance == nullptr || vpcs == nullptr || !vpcs->is_array()) return false;
    for (const json& vpc : *vpcs) {
      const auto range = parse_cidr(text_of(vpc, "cidr"));
      if (text_of(vpc, "name") != text_of(*instance, "vpc") || !range) continue;
      home_ = *range;
      foreign_ = true;
    }
    return foreign_;
  }

  /// Pod ranges of `cluster` ("" for all), and its Service range too when `services`.
  bool forbid_ranges(const std::string& cluster, bool services) {
    if (cluster.empty()) every_pod_ = true;
    bool any = false;
    const json* clusters = member(world_, "clusters");
    if (clusters == nullptr || !clusters->is_array()) return false;
    for (const json& entry : *clusters) {
      const std::string name = text_of(entry, "name");
      if (!cluster.empty() && name != cluster) continue;
      if (const auto range = parse_cidr(text_of(entry, "podCidr")))
        ranges_.emplace_back(*range, "a Pod address of " + name);
      if (const auto range = parse_cidr(text_of(entry, "serviceCidr")); range && services) {
        ranges_.emplace_back(*range, "a Service address of " + name);
      }
      any = true;
    }
    return any;
  }

  bool forbid_cluster(const std::string& cluster) {
    clusters_.insert(cluster);
    if (const auto server = api_servers_.find(cluster); server != api_servers_.end()) {
      bool shared = false;
      for (const auto& [other, address] : api_servers_)
        shared = shared || (other != cluster && address == server->second);
      if (!shared) addresses_[server->second] = "the API server of " + cluster;
    }
    return forbid_ranges(cluster, true);
  }

  bool forbid_pods_of(const std::string& service) {
    const auto name = parse_object_name(service);
    if (!name) return false;
    // Also those that are gone: their addresses are theirs until another Pod has them.
    pods_.merge(truth_.pods_ever_of(*name));
    for (const TruthPod& pod : truth_.pods_ever()) {
      if (pods_.contains(pod.key) && !pod.address.empty()) pod_addresses_.insert(pod.address);
    }
    return true;
  }

  const Truth& truth_;
  json world_ = json::object();
  std::string cloud_, users_;
  std::map<std::string, std::string> api_servers_;
  std::map<std::string, std::string> addresses_;
  std::vector<std::pair<Cidr, std::string>> ranges_;
  std::set<std::string> pods_, pod_addresses_, clusters_;
  bool traps_ = false, foreign_ = false, every_pod_ = false;
  Cidr home_;
};

}  // namespace

Finding check_no_connections(const CheckContext& context, const json& arguments) {
  const std::string instance = context.instance_address();
  if (instance.empty()) return Finding::harness_error("the history does not say the instance's address");
  std::int64_t from = 0, to = context.history().end;
  if (member(arguments, "during") != nullptr) {
    const auto [window, why] = context.span(arguments);
    if (window == nullptr) return why;
    from = window->t;
    to = window->t1;
  } else if (member(arguments, "since") != nullptr) {
    const auto [step, why] = context.step(arguments, "since");
    if (step == nullptr) return why;
    from = step->t1;
  }
  const auto targets = texts_of(arguments, "to");
  Places places(context);
  for (const auto& target : targets) {
    if (!places.forbid(target))
      return Finding::harness_error(fmt::format("the history does not say what '{}' is", target));
  }
  Finding finding = Finding::fail("", fmt::format("no connection to {}", some_of(targets)), "");
  std::set<std::string> seen;
  const auto blame = [&](std::int64_t t, int line, const std::string& place, const std::string& text) {
    finding.show(t, line, text);
    seen.insert(place);
  };
  for (const SynRecord& record : context.history().syns) {
    const auto& syn = record.value;
    if (syn.t < from || syn.t > to) continue;
    if (const std::string what = places.what(syn.to, syn.t); !what.empty()) {
      blame(syn.t, record.line, fmt::format("{}:{} ({})", syn.to, syn.port, what),
            fmt::format("connection attempt {} -> {}:{} ({})", syn.from, syn.to, syn.port, what));
    }
  }
  for (const HitRecord& record : context.history().hits) {
    const auto& hit = record.value;
    if (hit.t < from || hit.t > to) continue;
    const bool trapped = places.traps() && is_trap(hit.pod);
    const bool forbidden = !is_trap(hit.pod) && (places.every_pod() || places.pods().contains(hit.pod) ||
                                                 places.clusters().contains(hit.pod.substr(0, hit.pod.find('/'))));
    if (trapped || forbidden)
      blame(hit.t, record.line, hit.pod, fmt::format("{} was reached from {}", hit.pod, hit.peer));
  }
  for (const AuditRecord& record : context.history().audits) {
    if (record.t < from || record.t > to || host_of(record.from) != instance) continue;
    const bool proxied = places.traps() && record.path.find("/proxy") != std::string::npos;
    if (proxied || places.clusters().contains(record.cluster)) {
      blame(record.t, record.line, fmt::format("the API server of {}", record.cluster),
            fmt::format("{} {} at the API server of {}", record.verb, record.path, record.cluster));
    }
  }
  if (seen.empty()) {
    return context.unless_flow_log_lost(
        Finding::pass(fmt::format("no connection to {} was attempted", some_of(targets))));
  }
  finding.sentence = "connections were attempted that must not be";
  finding.seen = some_of({seen.begin(), seen.end()}, 3);
  return finding;
}

}  // namespace plumbline::conformance
