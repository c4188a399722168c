#include "conformance/checks/truth.h"

#include <algorithm>

#include "conformance/checks/json_fields.h"
#include "wire/contract.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

bool is_ready(const json& pod) {
  const json* conditions = member(pod, {"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return false;
  return std::any_of(conditions->begin(), conditions->end(), [](const json& condition) {
    return text_of(condition, "type") == "Ready" && text_of(condition, "status") == "True";
  });
}

std::map<std::string, int, std::less<>> named_ports(const json& pod) {
  std::map<std::string, int, std::less<>> ports;
  const json* containers = member(pod, {"spec", "containers"});
  if (containers == nullptr || !containers->is_array()) return ports;
  for (const json& container : *containers) {
    const json* list = member(container, "ports");
    if (list == nullptr || !list->is_array()) continue;
    for (const json& port : *list) {
      if (const auto name = text_of(port, "name"); !name.empty()) {
        ports.emplace(name, static_cast<int>(integer_of(port, "containerPort") & 0xffff));
      }
    }
  }
  return ports;
}

TruthPod pod_of(const std::string& cluster, const json& object) {
  TruthPod pod;
  const json& metadata = *member(object, "metadata");
  pod.cluster = cluster;
  pod.space = text_of(metadata, "namespace");
  pod.name = text_of(metadata, "name");
  pod.uid = text_of(metadata, "uid");
  pod.key = cluster + "/" + pod.space + "/" + pod.name + "#" + pod.uid;
  pod.labels = labels_of(metadata, "labels");
  pod.terminating = member(metadata, "deletionTimestamp") != nullptr;
  if (const json* spec = member(object, "spec")) pod.node = text_of(*spec, "nodeName");
  if (const json* status = member(object, "status")) pod.address = text_of(*status, "podIP");
  pod.named_ports = named_ports(object);
  pod.ready = is_ready(object);
  return pod;
}

}  // namespace

std::string without_uid(const std::string& pod_key) { return pod_key.substr(0, pod_key.find('#')); }

template <class Value>
const Value* Truth::at(const Versions<Value>& versions, std::int64_t t) {
  const auto after =
      std::upper_bound(versions.begin(), versions.end(), t,
                       [](std::int64_t when, const Version<Value>& version) { return when < version.t; });
  if (after == versions.begin()) return nullptr;
  const auto& value = std::prev(after)->value;
  return value ? &*value : nullptr;
}

void Truth::feed(const json& record) {
  const std::string type = text_of(record, "type");
  if (type == "object") return feed_object(record);
  if (type == "control") return feed_control(record);
  if (type == "header") return feed_header(record);
}

void Truth::feed_header(const json& record) {
  if (const json* interpretations = member(record, "interpretations")) {
    extra_labels_are_node_labels_ = text_of(*interpretations, "extraLabels") == "node";
  }
  const json* steps = member(record, {"plan", "steps"});
  if (steps == nullptr || !steps->is_array()) return;
  int index = 0;
  for (const json& step : *steps) {
    if (const auto tunnel = text_of(step, "tunnel"); !tunnel.empty()) tunnel_of_step_[index] = tunnel;
    ++index;
  }
}

void Truth::feed_object(const json& record) {
  const json* object = member(record, "object");
  const json* metadata = object == nullptr ? nullptr : member(*object, "metadata");
  if (metadata == nullptr) return;
  const std::int64_t t = integer_of(record, "t");
  const std::string cluster = text_of(record, "cluster");
  const std::string kind = text_of(record, "kind");
  const bool gone = text_of(record, "op") == "DELETED";
  const ObjectName name{ClusterId(cluster), text_of(*metadata, "namespace"), text_of(*metadata, "name")};
  note(t);
  if (kind == "Pod") {
    TruthPod pod = pod_of(cluster, *object);
    auto& versions = pods_[pod.key];
    if (gone) {
      versions.push_back({t, std::nullopt});
    } else {
      versions.push_back({t, std::move(pod)});
    }
  } else if (kind == "Service") {
    auto& versions = services_[name];
    if (gone) return void(versions.push_back({t, std::nullopt}));
    Service service;
    if (const json* spec = member(*object, "spec")) {
      service.selector = labels_of(*spec, "selector");
      service.has_selector = !service.selector.empty();
      service.publish_not_ready = truth_of(*spec, "publishNotReadyAddresses");
      if (const auto address = text_of(*spec, "clusterIP"); !address.empty() && address != "None") {
        cluster_ips_.insert(address);
      }
      if (const json* ports = member(*spec, "ports"); ports != nullptr && ports->is_array()) {
        for (const json& entry : *ports) {
          ServicePort port;
          port.port = static_cast<int>(integer_of(entry, "port"));
          port.name = text_of(entry, "name");
          port.target_name = text_of(entry, "targetPort");
          port.target_number = static_cast<int>(integer_of(entry, "targetPort", port.port));
          service.ports.push_back(port);
        }
      }
    }
    if (const json* ingress = member(*object, {"status", "loadBalancer", "ingress"});
        ingress != nullptr && ingress->is_array()) {
      for (const json& entry : *ingress) load_balancers_.insert(text_of(entry, "ip"));
    }
    versions.push_back({t, std::move(service)});
  } else if (kind == "Endpoints") {
    auto& versions = endpoints_[name];
    if (gone) return void(versions.push_back({t, std::nullopt}));
    EndpointList list;
    if (const json* subsets = member(*object, "subsets"); subsets != nullptr && subsets->is_array()) {
      for (const json& subset : *subsets) {
        const json* addresses = member(subset, "addresses");
        const json* ports = member(subset, "ports");
        if (addresses == nullptr || ports == nullptr || !addresses->is_array() || !ports->is_array()) continue;
        for (const json& address : *addresses) {
          for (const json& port : *ports) {
            list.push_back({text_of(address, "ip"), text_of(port, "name"), static_cast<int>(integer_of(port, "port"))});
          }
        }
      }
    }
    versions.push_back({t, std::move(list)});
  } else if (kind == "Node") {
    auto& versions = nodes_[name];
    if (gone) return void(versions.push_back({t, std::nullopt}));
    if (const json* addresses = member(*object, {"status", "addresses"});
        addresses != nullptr && addresses->is_array()) {
      for (const json& entry : *addresses) {
        if (text_of(entry, "type") != "Hostname") node_addresses_.insert(text_of(entry, "address"));
      }
    }
    versions.push_back({t, labels_of(*metadata, "labels")});
  }
}

void Truth::feed_control(const json& record) {
  const std::string method = text_of(record, "method");
  const json* result = member(record, "result");
  const json* params = member(record, "params");
  if (result == nullptr || params == nullptr || method.rfind("tunnel.", 0) != 0) return;
  const std::int64_t t = integer_of(record, "t1", integer_of(record, "t"));
  if (method == "tunnel.create") {
    const auto step = tunnel_of_step_.find(static_cast<int>(integer_of(record, "step", -1)));
    const std::string tunnel = step == tunnel_of_step_.end() ? text_of(*params, "name") : step->second;
    if (const auto definition = wire::tunnel_from_json(*params)) {
      tunnel_of_id_[text_of(*result, "tunnel")] = tunnel;
      define(tunnel, *definition, t);
    }
    return;
  }
  const auto known = tunnel_of_id_.find(text_of(*params, "tunnel"));
  if (known == tunnel_of_id_.end()) return;
  if (method == "tunnel.modify") {
    const auto before = definition(known->second);
    if (!before) return;
    if (const auto after = wire::tunnel_from_json(*params, *before)) define(known->second, *after, t);
  } else if (method == "tunnel.delete") {
    note(t);
    tunnels_[known->second].push_back({t, std::nullopt});
  }
}

void Truth::define(const std::string& tunnel, const Tunnel& definition, std::int64_t t) {
  note(t);
  tunnels_[tunnel].push_back({t, definition});
}

std::optional<Tunnel> Truth::definition(const std::string& tunnel, std::int64_t t) const {
  const auto found = tunnels_.find(tunnel);
  if (found == tunnels_.end()) return std::nullopt;
  const Tunnel* value = at(found->second, t);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::string Truth::tunnel_with_id(const std::string& id) const {
  const auto found = tunnel_of_id_.find(id);
  return found == tunnel_of_id_.end() ? "" : found->second;
}

std::vector<std::string> Truth::tunnels() const {
  std::vector<std::string> names;
  for (const auto& [name, versions] : tunnels_) names.push_back(name);
  return names;
}

bool Truth::carries_additional(const TruthPod& pod, const Service& service, const Labels& wanted,
                               std::int64_t t) const {
  const Labels* carried = &pod.labels;
  if (extra_labels_are_node_labels_) {
    const auto node = nodes_.find(ObjectName{ClusterId(pod.cluster), "", pod.node});
    carried = node == nodes_.end() ? nullptr : at(node->second, t);
    if (carried == nullptr) return wanted.empty();
  }
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    if (service.selector.contains(label.first)) return true;  // api: ExtraLabels; the selector wins
    const auto found = carried->find(label.first);
    return found != carried->end() && found->second == label.second;
  });
}

void Truth::add_row(const Tunnel& tunnel, std::size_t row, std::int64_t t, std::vector<TruthNode>& into) const {
  const TunnelService& entry = tunnel.services[row];
  const auto found = services_.find(entry.service);
  const Service* service = found == services_.end() ? nullptr : at(found->second, t);
  if (service == nullptr) return;
  if (!service->has_selector) return add_selectorless(entry, *service, row, t, into);
  const auto port = std::find_if(service->ports.begin(), service->ports.end(),
                                 [&](const ServicePort& candidate) { return candidate.port == entry.port.value; });
  if (port == service->ports.end()) return;
  const std::string prefix = entry.service.str();
  const std::string pods_prefix = entry.service.cluster.str() + "/" + entry.service.space + "/";
  for (auto place = pods_.lower_bound(pods_prefix);
       place != pods_.end() && place->first.compare(0, pods_prefix.size(), pods_prefix) == 0; ++place) {
    const TruthPod* pod = at(place->second, t);
    if (pod == nullptr || pod->terminating || pod->address.empty()) continue;
    if (!pod->ready && !service->publish_not_ready) continue;
    if (!carries_all(pod->labels, service->selector)) continue;
    if (!carries_additional(*pod, *service, entry.labels, t)) continue;
    int target = port->target_number;
    if (!port->target_name.empty()) {
      const auto named = pod->named_ports.find(port->target_name);
      if (named == pod->named_ports.end()) continue;
      target = named->second;
    }
    into.push_back({pod->key, pod->address, target, entry.weight.value, row,
                    prefix + ":" + std::to_string(entry.port.value), pod->cluster});
  }
}

void Truth::add_selectorless(const TunnelService& entry, const Service& service, std::size_t row, std::int64_t t,
                             std::vector<TruthNode>& into) const {
  const auto found = endpoints_.find(entry.service);
  const EndpointList* list = found == endpoints_.end() ? nullptr : at(found->second, t);
  if (list == nullptr) return;
  const auto port = std::find_if(service.ports.begin(), service.ports.end(),
                                 [&](const ServicePort& candidate) { return candidate.port == entry.port.value; });
  if (port == service.ports.end()) return;
  for (const auto& endpoint : *list) {
    if (endpoint.port_name != port->name) continue;
    for (const TruthPod& pod : pods(t)) {
      if (pod.cluster != entry.service.cluster.str() || pod.address != endpoint.address) continue;
      into.push_back({pod.key, pod.address, endpoint.port, entry.weight.value, row,
                      entry.service.str() + ":" + std::to_string(entry.port.value), pod.cluster});
    }
  }
}

std::vector<TruthNode> Truth::expected(const std::string& tunnel, std::int64_t t) const {
  std::vector<TruthNode> nodes;
  const auto found = tunnels_.find(tunnel);
  const Tunnel* definition = found == tunnels_.end() ? nullptr : at(found->second, t);
  if (definition == nullptr) return nodes;
  for (std::size_t row = 0; row < definition->services.size(); ++row) add_row(*definition, row, t, nodes);
  return nodes;
}

std::vector<std::int64_t> Truth::changes(std::int64_t from, std::int64_t to) const {
  return {change_times_.upper_bound(from), change_times_.upper_bound(to)};
}

std::vector<TruthPod> Truth::pods(std::int64_t t) const {
  std::vector<TruthPod> list;
  for (const auto& [key, versions] : pods_) {
    if (const TruthPod* pod = at(versions, t)) list.push_back(*pod);
  }
  return list;
}

std::vector<TruthPod> Truth::pods_ever() const {
  std::vector<TruthPod> list;
  for (const auto& [key, versions] : pods_) {
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      if (!version->value) continue;
      list.push_back(*version->value);
      break;
    }
  }
  return list;
}

std::vector<TruthPod> Truth::pods_of(const ObjectName& service, std::int64_t t) const {
  std::vector<TruthPod> list;
  const auto found = services_.find(service);
  const Service* definition = found == services_.end() ? nullptr : at(found->second, t);
  if (definition == nullptr || !definition->has_selector) return list;
  for (TruthPod& pod : pods(t)) {
    if (pod.cluster == service.cluster.str() && pod.space == service.space &&
        carries_all(pod.labels, definition->selector)) {
      list.push_back(std::move(pod));
    }
  }
  return list;
}

std::set<std::string> Truth::pods_ever_of(const ObjectName& service) const {
  std::set<std::string> keys;
  const auto found = services_.find(service);
  if (found == services_.end()) return keys;
  const std::string prefix = service.cluster.str() + "/" + service.space + "/";
  for (auto place = pods_.lower_bound(prefix);
       place != pods_.end() && place->first.compare(0, prefix.size(), prefix) == 0; ++place) {
    const auto matched_at = [&](std::int64_t t) {
      const Service* definition = at(found->second, t);
      const TruthPod* pod = at(place->second, t);
      return definition != nullptr && definition->has_selector && pod != nullptr &&
             carries_all(pod->labels, definition->selector);
    };
    const auto matched = [&](const auto& version) { return matched_at(version.t); };
    if (std::any_of(place->second.begin(), place->second.end(), matched) ||
        std::any_of(found->second.begin(), found->second.end(), matched)) {
      keys.insert(place->first);
    }
  }
  return keys;
}

std::string Truth::holder(const std::string& address, std::int64_t t) const {
  std::string holder;
  std::int64_t since = -1;
  for (const auto& [key, versions] : pods_) {
    const auto first = std::find_if(versions.begin(), versions.end(), [&](const Version<TruthPod>& version) {
      return version.value && version.value->address == address;
    });
    if (first == versions.end() || first->t > t || first->t <= since) continue;
    since = first->t;
    holder = key;
  }
  return holder;
}

}  // namespace plumbline::conformance
