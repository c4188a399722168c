#include "reference/control/kube_codec.h"

#include <fmt/format.h>

#include "reference/control/json_text.h"
#include "reference/core/admission/authorisation.h"

namespace plumbline::gateway {
namespace {

using nlohmann::json;

const json kNothing;

/// Member `key`, or null. Never throws.
const json& at(const json& object, std::string_view key) {
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

bool flag(const json& object, std::string_view key) {
  const json& value = at(object, key);
  return value.is_boolean() && value.get<bool>();
}

std::uint16_t port(const json& value) {
  if (!value.is_number_integer()) return 0;
  const auto number = value.get<std::int64_t>();
  return number > 0 && number <= 65535 ? static_cast<std::uint16_t>(number) : std::uint16_t{0};
}

Labels labels(const json& object) {
  Labels result;
  if (!object.is_object()) return result;
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) result[key] = value.get<std::string>();
  }
  return result;
}

/// Entries of a list; none when it is absent or no list.
const json& list(const json& object, std::string_view key) {
  static const json kEmpty = json::array();
  const json& value = at(object, key);
  return value.is_array() ? value : kEmpty;
}

ServiceObject read_service(const json& object, KubeName name) {
  ServiceObject service;
  service.name = std::move(name);
  service.uid = text(at(object, "metadata"), "uid");
  const json& spec = at(object, "spec");
  service.selector = labels(at(spec, "selector"));
  service.publish_not_ready = flag(spec, "publishNotReadyAddresses");
  service.cluster_ip = text(spec, "clusterIP");
  for (const json& each : list(spec, "ports")) {
    ServicePort entry;
    entry.name = text(each, "name");
    entry.port = port(at(each, "port"));
    entry.node_port = port(at(each, "nodePort"));
    const json& target = at(each, "targetPort");
    const std::uint16_t number = port(target);
    if (target.is_string()) {
      entry.target = target.get<std::string>();
    } else {
      entry.target = number != 0 ? number : entry.port;  // Kubernetes: defaults to the port
    }
    service.ports.push_back(std::move(entry));
  }
  for (const json& each : list(at(at(object, "status"), "loadBalancer"), "ingress")) {
    service.load_balancer.push_back(text(each, "ip"));
  }
  return service;
}

PodObject read_pod(const json& object, KubeName name) {
  PodObject pod;
  pod.name = std::move(name);
  const json& metadata = at(object, "metadata");
  pod.uid = text(metadata, "uid");
  pod.labels = labels(at(metadata, "labels"));
  pod.terminating = !text(metadata, "deletionTimestamp").empty();
  const json& spec = at(object, "spec");
  pod.host = text(spec, "nodeName");
  for (const json& container : list(spec, "containers")) {
    for (const json& each : list(container, "ports")) {
      if (!text(each, "name").empty()) pod.ports.push_back({text(each, "name"), port(at(each, "containerPort"))});
    }
  }
  const json& status = at(object, "status");
  pod.address = text(status, "podIP");
  const std::string phase = text(status, "phase");
  pod.finished = phase == "Succeeded" || phase == "Failed";
  for (const json& condition : list(status, "conditions")) {
    if (text(condition, "type") == "Ready") pod.ready = text(condition, "status") == "True";
  }
  return pod;
}

EndpointsObject read_endpoints(const json& object, KubeName name) {
  EndpointsObject endpoints;
  endpoints.name = std::move(name);
  for (const json& each : list(object, "subsets")) {
    EndpointSubset subset;
    for (const auto& [key, ready] : {std::pair{"addresses", true}, std::pair{"notReadyAddresses", false}}) {
      for (const json& address : list(each, key)) {
        const json& target = at(address, "targetRef");
        subset.addresses.push_back(
            {text(address, "ip"), text(target, "kind") == "Pod" ? text(target, "name") : "", ready});
      }
    }
    for (const json& entry : list(each, "ports"))
      subset.ports.push_back({text(entry, "name"), port(at(entry, "port"))});
    endpoints.subsets.push_back(std::move(subset));
  }
  return endpoints;
}

NodeObject read_node(const json& object, KubeName name) {
  NodeObject node{std::move(name), ""};
  for (const json& each : list(at(object, "status"), "addresses")) {
    if (text(each, "type") == "InternalIP") node.address = text(each, "address");
  }
  return node;
}

json rule(const char* group, std::vector<const char*> resources, std::vector<const char*> verbs) {
  return {{"apiGroups", {group}}, {"resources", resources}, {"verbs", verbs}};
}

}  // namespace

std::optional<KubeObject> read_object(Resource resource, const json& object) {
  const json& metadata = at(object, "metadata");
  KubeName name{text(metadata, "namespace"), text(metadata, "name")};
  if (name.name.empty()) return std::nullopt;
  switch (resource) {
    case Resource::kServices:
      return read_service(object, std::move(name));
    case Resource::kPods:
      return read_pod(object, std::move(name));
    case Resource::kEndpoints:
      return read_endpoints(object, std::move(name));
    case Resource::kNodes:
      return read_node(object, std::move(name));
  }
  return std::nullopt;
}

Result<KubeList> read_list(Resource resource, std::string_view body) {
  const json parsed = json::parse(body, nullptr, false);
  KubeList result;
  result.resource_version = text(at(parsed, "metadata"), "resourceVersion");
  if (result.resource_version.empty()) return Error{Reason::kUnavailable, "the answer is no Kubernetes List", "", ""};
  for (const json& item : list(parsed, "items")) {
    if (auto object = read_object(resource, item)) result.objects.push_back(std::move(*object));
  }
  return result;
}

WatchEvent read_event(Resource resource, std::string_view line) {
  WatchEvent event;
  const json parsed = json::parse(line, nullptr, false);
  const std::string type = text(parsed, "type");
  const json& object = at(parsed, "object");
  if (type == "ERROR") {
    const json& code = at(object, "code");
    event.code = code.is_number_integer() ? code.get<int>() : 0;
    return event;
  }
  event.resource_version = text(at(object, "metadata"), "resourceVersion");
  if (event.resource_version.empty()) return event;
  if (type == "BOOKMARK") {
    event.type = WatchEvent::Type::kBookmark;
    return event;
  }
  if (type != "ADDED" && type != "MODIFIED" && type != "DELETED") return event;
  event.object = read_object(resource, object);
  event.terminating = !text(at(object, "metadata"), "deletionTimestamp").empty();
  if (event.object) event.type = type == "DELETED" ? WatchEvent::Type::kDelete : WatchEvent::Type::kPut;
  return event;
}

std::string_view path_of(Resource resource) {
  switch (resource) {
    case Resource::kServices:
      return "/api/v1/services";
    case Resource::kPods:
      return "/api/v1/pods";
    case Resource::kEndpoints:
      return "/api/v1/endpoints";
    case Resource::kNodes:
      return "/api/v1/nodes";
  }
  return "/";
}

json service_account_manifest() {
  return {{"apiVersion", "v1"},
          {"kind", "ServiceAccount"},
          {"metadata", {{"name", kGrantAccount}, {"namespace", kGrantNamespace}}}};
}

json cluster_role_manifest() {
  json role{{"apiVersion", "rbac.authorization.k8s.io/v1"},
            {"kind", "ClusterRole"},
            {"metadata", {{"name", kGrantRole}}},
            {"rules", json::array()}};
  role["rules"].push_back(rule("", {"services", "namespaces", "endpoints", "nodes", "pods"}, {"get", "list", "watch"}));
  role["rules"].push_back(rule("apps", {"deployments", "replicasets"}, {"get", "list", "watch"}));
  role["rules"].push_back(rule("", {"configmaps", "secrets"}, {"*"}));
  role["rules"].push_back(rule("extensions", {"ingresses", "ingresses/status"}, {"*"}));
  role["rules"].push_back(rule("", {"events"}, {"create", "patch", "list", "update"}));
  role["rules"].push_back(rule("apiextensions.k8s.io", {"customresourcedefinitions"}, {"*"}));
  role["rules"].push_back(rule("cloud.tencent.com", {"tkeserviceconfigs"}, {"*"}));
  return role;
}

json binding_manifest() {
  json subject{{"kind", "ServiceAccount"}, {"name", kGrantAccount}, {"namespace", kGrantNamespace}};
  return {{"apiVersion", "rbac.authorization.k8s.io/v1"},
          {"kind", "ClusterRoleBinding"},
          {"metadata", {{"name", kGrantBinding}}},
          {"roleRef", {{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", kGrantRole}}},
          {"subjects", json::array({subject})}};
}

json token_secret_manifest(const std::string& name) {
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"type", "kubernetes.io/service-account-token"},
          {"metadata",
           {{"name", name},
            {"namespace", kGrantNamespace},
            {"annotations", {{"kubernetes.io/service-account.name", kGrantAccount}}}}}};
}

std::string status_message(std::string_view body) {
  constexpr std::size_t kShownMax = 200;
  const json parsed = json::parse(body, nullptr, false);
  const std::string message = text(parsed, "message");
  return message.empty() ? std::string(body.substr(0, kShownMax)) : message;
}

}  // namespace plumbline::gateway
