#include "simulator/kube/api/admission.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/kernel/base64.h"
#include "simulator/kube/store/selector.h"

namespace plumbline::kube {
namespace {

void put(Json& json, const char* field, Json value) {
  if (!json.contains(field) || json.at(field).is_null()) json[field] = std::move(value);
}

Json& list_in(Json& json, const char* field) {
  Json& list = json[field];
  if (!list.is_array()) list = Json::array();
  return list;
}

void pod_spec_defaults(Json& spec) {
  put(spec, "restartPolicy", "Always");
  put(spec, "terminationGracePeriodSeconds", 30);
  put(spec, "dnsPolicy", "ClusterFirst");
  put(spec, "schedulerName", "default-scheduler");
  put(spec, "securityContext", Json::object());
  for (Json& container : list_in(spec, "containers")) {
    if (!container.is_object()) continue;
    const std::string image = text_at(container, "image");
    const bool latest = image.find(':') == std::string::npos || image.ends_with(":latest");
    put(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
    put(container, "resources", Json::object());
    put(container, "terminationMessagePath", "/dev/termination-log");
    put(container, "terminationMessagePolicy", "File");
    if (container.contains("ports") && container["ports"].is_array())
      for (Json& port : container["ports"])
        if (port.is_object()) put(port, "protocol", "TCP");
  }
}

void service_defaults(Json& spec) {
  put(spec, "type", "ClusterIP");
  put(spec, "sessionAffinity", "None");
  if (spec["type"] == "ExternalName") return;
  put(spec, "internalTrafficPolicy", "Cluster");
  put(spec, "ipFamilies", Json::array({"IPv4"}));
  put(spec, "ipFamilyPolicy", "SingleStack");
  if (spec["type"] != "ClusterIP") put(spec, "externalTrafficPolicy", "Cluster");
  if (spec["type"] == "LoadBalancer") put(spec, "allocateLoadBalancerNodePorts", true);
  for (Json& port : list_in(spec, "ports")) {
    if (!port.is_object()) continue;
    put(port, "protocol", "TCP");
    if (port.contains("port")) put(port, "targetPort", port["port"]);
  }
}

class Causes {
 public:
  void required(std::string field, std::string_view detail = "") {
    causes_.push_back({"FieldValueRequired",
                       detail.empty() ? "Required value" : fmt::format("Required value: {}", detail),
                       std::move(field)});
  }
  void invalid(std::string field, const Json& value, std::string_view why) {
    causes_.push_back({"FieldValueInvalid", fmt::format("Invalid value: {}: {}", value.dump(), why), std::move(field)});
  }
  std::vector<Cause> take() { return std::move(causes_); }

 private:
  std::vector<Cause> causes_;
};

constexpr std::string_view kSubdomainRule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character";

bool is_port(const Json& json) {
  return json.is_number_integer() && json.get<std::int64_t>() >= 1 && json.get<std::int64_t>() <= 65535;
}

void check_metadata(KindId kind, const Json& json, Causes& causes) {
  const std::string name = text_at(json, "metadata.name");
  if (name.empty() && text_at(json, "metadata.generateName").empty())
    causes.required("metadata.name", "name or generateName is required");
  // RBAC names may hold colons ("system:discovery") and anything but a path.
  const bool path_segment = kind_of(kind).group == "rbac.authorization.k8s.io";
  const bool good = path_segment ? name != "." && name != ".." && name.find_first_of("/%") == std::string::npos
                    : kind == KindId::kService || kind == KindId::kNamespace ? is_dns_label(name)
                                                                             : is_dns_subdomain(name);
  if (!name.empty() && !good) causes.invalid("metadata.name", name, kSubdomainRule);
  for (const char* field : {"labels", "annotations"}) {
    const Json& map = at(json, std::string("metadata.") + field);
    if (map.is_null()) continue;
    if (!map.is_object()) {
      causes.invalid(std::string("metadata.") + field, map, "must be a map of strings");
      continue;
    }
    for (const auto& [key, value] : map.items()) {
      if (!value.is_string())
        causes.invalid(fmt::format("metadata.{}.{}", field, key), value, "must be a string");
      else if (field == std::string_view("labels") &&
               !LabelSelector::parse(fmt::format("{}={}", key, value.get<std::string>())))
        causes.invalid("metadata.labels", value,
                       "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'");
    }
  }
}

void check_pod_spec(const Json& spec, const std::string& path, Causes& causes) {
  const Json& containers = at(spec, "containers");
  if (!containers.is_array() || containers.empty()) return causes.required(path + ".containers");
  std::size_t index = 0;
  for (const Json& container : containers) {
    const std::string where = fmt::format("{}.containers[{}]", path, index++);
    if (text_at(container, "name").empty()) causes.required(where + ".name");
    if (text_at(container, "image").empty()) causes.required(where + ".image");
    const Json& ports = at(container, "ports");
    if (!ports.is_array()) continue;
    std::size_t at_port = 0;
    for (const Json& port : ports) {
      const std::string port_path = fmt::format("{}.ports[{}].containerPort", where, at_port++);
      if (!is_port(at(port, "containerPort")))
        causes.invalid(port_path, at(port, "containerPort"), "must be between 1 and 65535, inclusive");
    }
  }
}

void check_workload(const Json& json, const Object* current, Causes& causes) {
  const Json& selector = at(json, "spec.selector");
  if (!selector.is_object() || selector.empty()) {
    causes.required("spec.selector");
  } else if (const auto parsed = LabelSelector::from_json(selector); !parsed) {
    causes.invalid("spec.selector", selector, parsed.error().message);
  } else if (!parsed->matches(labels_of(at(json, "spec.template.metadata.labels")))) {
    causes.invalid("spec.template.metadata.labels", at(json, "spec.template.metadata.labels"),
                   "`selector` does not match template `labels`");
  }
  if (current && at(current->json(), "spec.selector") != selector)
    causes.invalid("spec.selector", selector, "field is immutable");
  if (const Json& replicas = at(json, "spec.replicas");
      number_at(json, "spec.replicas", -1) < 0 || number_at(json, "spec.replicas", -1) > INT32_MAX)
    causes.invalid("spec.replicas", replicas, "must be greater than or equal to 0, and an int32");
  check_pod_spec(at(json, "spec.template.spec"), "spec.template.spec", causes);
}

void check_service(const Json& json, const Object* current, Causes& causes) {
  const std::string type = text_at(json, "spec.type");
  if (type != "ClusterIP" && type != "NodePort" && type != "LoadBalancer" && type != "ExternalName")
    causes.invalid("spec.type", type,
                   "supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"");
  const bool headless = text_at(json, "spec.clusterIP") == "None";
  const Json& ports = at(json, "spec.ports");
  if (type != "ExternalName" && !headless && (!ports.is_array() || ports.empty())) causes.required("spec.ports");
  if (ports.is_array()) {
    std::size_t index = 0;
    for (const Json& port : ports) {
      const std::string path = fmt::format("spec.ports[{}]", index++);
      if (!is_port(at(port, "port")))
        causes.invalid(path + ".port", at(port, "port"), "must be between 1 and 65535, inclusive");
      if (ports.size() > 1 && text_at(port, "name").empty()) causes.required(path + ".name");
      const Json& target = at(port, "targetPort");
      if (target.is_number() ? !is_port(target) : !target.is_string())
        causes.invalid(path + ".targetPort", target, "must be a port number or the name of a container port");
    }
  }
  if (!current) return;
  const std::string before = text_at(current->json(), "spec.clusterIP"), after = text_at(json, "spec.clusterIP");
  if (!before.empty() && !after.empty() && before != after && type != "ExternalName")
    causes.invalid("spec.clusterIP", after, "field is immutable");
}

void check_binding(const Json& json, const Object* current, Causes& causes) {
  if (text_at(json, "roleRef.name").empty()) causes.required("roleRef.name");
  const std::string kind = text_at(json, "roleRef.kind");
  if (kind != "Role" && kind != "ClusterRole")
    causes.invalid("roleRef.kind", kind, "supported values: \"Role\", \"ClusterRole\"");
  if (current && at(current->json(), "roleRef") != at(json, "roleRef"))
    causes.invalid("roleRef", at(json, "roleRef"), "cannot change roleRef");
}

}  // namespace

bool is_dns_label(std::string_view text) {
  if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_dns_subdomain(std::string_view text) {
  if (text.size() > 253) return false;
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_dns_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

Admission::Admission(std::string_view service_cidr, std::string_view load_balancer_cidr,
                     std::uint32_t load_balancer_first)
    : cluster_ips_(service_cidr), load_balancers_(load_balancer_cidr, load_balancer_first) {}

void Admission::set_defaults(KindId kind, Json& json) {
  switch (kind) {
    case KindId::kNamespace:
      json["metadata"]["labels"]["kubernetes.io/metadata.name"] = text_at(json, "metadata.name");
      put(json, "spec", Json{{"finalizers", {"kubernetes"}}});
      put(json, "status", Json{{"phase", "Active"}});
      break;
    case KindId::kPod:
      pod_spec_defaults(json["spec"]);
      put(json["spec"], "serviceAccountName", "default");
      put(json["spec"], "enableServiceLinks", true);
      put(json, "status", Json::object());
      put(json["status"], "phase", "Pending");
      put(json["status"], "qosClass", "BestEffort");
      break;
    case KindId::kService:
      service_defaults(json["spec"]);
      put(json, "status", Json{{"loadBalancer", Json::object()}});
      break;
    case KindId::kEndpoints:
      if (json.contains("subsets") && json["subsets"].is_array())
        for (Json& subset : json["subsets"])
          if (subset.is_object() && subset.contains("ports") && subset["ports"].is_array())
            for (Json& port : subset["ports"])
              if (port.is_object()) put(port, "protocol", "TCP");
      break;
    case KindId::kSecret:
      put(json, "type", "Opaque");
      if (json.contains("stringData") && json["stringData"].is_object()) {
        for (const auto& [key, value] : json["stringData"].items())
          if (value.is_string()) json["data"][key] = kernel::base64_encode(value.get<std::string>());
        json.erase("stringData");
      }
      break;
    case KindId::kDeployment: {
      Json& spec = json["spec"];
      put(spec, "replicas", 1);
      put(spec, "revisionHistoryLimit", 10);
      put(spec, "progressDeadlineSeconds", 600);
      put(spec, "strategy", Json::object());
      put(spec["strategy"], "type", "RollingUpdate");
      if (spec["strategy"]["type"] == "RollingUpdate") {
        put(spec["strategy"], "rollingUpdate", Json::object());
        put(spec["strategy"]["rollingUpdate"], "maxSurge", "25%");
        put(spec["strategy"]["rollingUpdate"], "maxUnavailable", "25%");
      }
      pod_spec_defaults(spec["template"]["spec"]);
      put(json, "status", Json::object());
      break;
    }
    case KindId::kReplicaSet:
      put(json["spec"], "replicas", 1);
      pod_spec_defaults(json["spec"]["template"]["spec"]);
      put(json, "status", Json{{"replicas", 0}});
      break;
    case KindId::kRoleBinding:
    case KindId::kClusterRoleBinding:
      if (json.contains("roleRef")) put(json["roleRef"], "apiGroup", "rbac.authorization.k8s.io");
      if (json.contains("subjects") && json["subjects"].is_array())
        for (Json& subject : json["subjects"])
          if (subject.is_object() && text_at(subject, "kind") != "ServiceAccount")
            put(subject, "apiGroup", "rbac.authorization.k8s.io");
      break;
    default:
      break;
  }
}

std::vector<Cause> Admission::validate(KindId kind, const Json& json, const Object* current) {
  Causes causes;
  check_metadata(kind, json, causes);
  switch (kind) {
    case KindId::kPod:
      check_pod_spec(at(json, "spec"), "spec", causes);
      break;
    case KindId::kService:
      check_service(json, current, causes);
      break;
    case KindId::kDeployment:
    case KindId::kReplicaSet:
      check_workload(json, current, causes);
      break;
    case KindId::kRoleBinding:
    case KindId::kClusterRoleBinding:
      check_binding(json, current, causes);
      break;
    case KindId::kSecret:
      if (current && at(current->json(), "type") != at(json, "type"))
        causes.invalid("type", at(json, "type"), "field is immutable");
      break;
    default:
      break;
  }
  return causes.take();
}

Outcome<void> Admission::allocate(Json& service, const Object* current) {
  Json& spec = service["spec"];
  const std::string type = text_at(spec, "type");
  const std::string name = text_at(service, "metadata.name");
  const Kind& kind = kind_of(KindId::kService);
  const Json before = current ? current->json() : Json::object();
  const std::string had = text_at(before, "spec.clusterIP");

  if (type == "ExternalName") {
    if (!had.empty()) cluster_ips_.give_back(had);
    spec.erase("clusterIP");
    spec.erase("clusterIPs");
  } else {
    const std::string asked = text_at(spec, "clusterIP");
    if (asked.empty() && !had.empty()) {
      spec["clusterIP"] = had;
    } else if (asked.empty()) {
      const auto address = cluster_ips_.take();
      if (!address) return Failure{500, "InternalError", "failed to allocate a serviceIP: range is full", nullptr};
      spec["clusterIP"] = *address;
    } else if (asked != had && asked != "None" && !cluster_ips_.take(asked)) {
      return invalid(kind, name,
                     {{"FieldValueInvalid",
                       fmt::format("Invalid value: \"{}\": failed to allocate IP {}: provided IP is not in the valid "
                                   "range or already allocated",
                                   asked, asked),
                       "spec.clusterIPs"}});
    }
    spec["clusterIPs"] = Json::array({spec["clusterIP"]});
  }

  std::set<int> kept;
  const bool wants_node_ports =
      type == "NodePort" || (type == "LoadBalancer" && at(spec, "allocateLoadBalancerNodePorts") != false);
  std::set<int> held;
  if (const Json& ports = at(before, "spec.ports"); ports.is_array())
    for (const Json& port : ports)
      if (const auto number = number_at(port, "nodePort", 0); number != 0) held.insert(static_cast<int>(number));
  if (spec.contains("ports") && spec["ports"].is_array())
    for (Json& port : spec["ports"]) {
      if (!wants_node_ports) {
        port.erase("nodePort");
        continue;
      }
      int number = static_cast<int>(number_at(port, "nodePort", 0));
      if (number == 0 && current)
        for (const Json& old : at(before, "spec.ports"))
          if (at(old, "port") == at(port, "port") && at(old, "protocol") == at(port, "protocol"))
            number = static_cast<int>(number_at(old, "nodePort", 0));
      if (number == 0) {
        const auto taken = node_ports_.take();
        if (!taken) return Failure{500, "InternalError", "failed to allocate a nodePort: range is full", nullptr};
        number = *taken;
      } else if (!held.contains(number) && !node_ports_.take(number)) {
        return invalid(kind, name,
                       {{"FieldValueInvalid",
                         fmt::format("Invalid value: {}: provided port is already allocated or not in the valid range "
                                     "{}-{}",
                                     number, kNodePortMin, kNodePortMax),
                         "spec.ports[].nodePort"}});
      }
      port["nodePort"] = number;
      kept.insert(number);
    }
  for (const int number : held)
    if (!kept.contains(number)) node_ports_.give_back(number);

  const Json& ingress = at(before, "status.loadBalancer.ingress");
  const bool balanced = ingress.is_array() && !ingress.empty();
  if (type == "LoadBalancer") {
    if (balanced) {
      service["status"]["loadBalancer"]["ingress"] = ingress;
    } else if (const auto address = load_balancers_.take()) {
      service["status"]["loadBalancer"]["ingress"] = Json::array({{{"ip", *address}, {"ipMode", "VIP"}}});
    }
  } else {
    if (balanced) load_balancers_.give_back(text_at(ingress.front(), "ip"));
    service["status"]["loadBalancer"] = Json::object();
  }
  return {};
}

void Admission::release(const Json& service) {
  if (const std::string address = text_at(service, "spec.clusterIP"); !address.empty()) cluster_ips_.give_back(address);
  if (const Json& ports = at(service, "spec.ports"); ports.is_array())
    for (const Json& port : ports) node_ports_.give_back(static_cast<int>(number_at(port, "nodePort", 0)));
  if (const Json& ingress = at(service, "status.loadBalancer.ingress"); ingress.is_array())
    for (const Json& address : ingress) load_balancers_.give_back(text_at(address, "ip"));
}

}  // namespace plumbline::kube
