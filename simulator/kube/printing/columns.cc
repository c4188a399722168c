#include "simulator/kube/printing/columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/kube/printing/age.h"
#include "simulator/kube/store/object.h"
#include "simulator/kube/store/selector.h"

namespace plumbline::kube {
namespace {

using Word = std::string (*)(const Value&);

std::string or_none(std::string text) { return text.empty() ? "<none>" : text; }

template <class Each>
std::string joined(const Value& list, Each word, std::string_view with = ",") {
  std::string text;
  for (const Value& item : list) {
    const std::string part = word(item);
    if (part.empty()) continue;
    if (!text.empty()) text += with;
    text += part;
  }
  return text;
}

std::string pairs(const Value& map) {
  std::string text;
  for (const Member& pair : map.fields()) {
    if (!text.empty()) text += ',';
    text += fmt::format("{}={}", pair.name(), pair.value.text());
  }
  return or_none(text);
}

Column name_column() {
  return {"Name", "string", "name", "Unique in its namespace.", 0,
          [](const Value& object, std::string_view) { return object.at("metadata.name"); }};
}

Column age_column() {
  return {"Age", "string", "", "How long ago it was made.", 0, [](const Value& object, std::string_view now) -> Value {
            return age(object.at("metadata.creationTimestamp").text(), now);
          }};
}

Column number(std::string name, std::string path, std::string description = "") {
  return {std::move(name), "integer", "", std::move(description), 0,
          [path](const Value& object, std::string_view) -> Value { return object.at(path).integer(); }};
}

Column text(std::string name, std::string path, int priority = 0, std::string description = "") {
  return {std::move(name), "string", "", std::move(description), priority,
          [path](const Value& object, std::string_view) -> Value { return or_none(object.at(path).string()); }};
}

Column from(std::string name, Word cell, int priority = 0, std::string description = "") {
  return {std::move(name), "string", "", std::move(description), priority,
          [cell](const Value& object, std::string_view) -> Value { return cell(object); }};
}

Column count(std::string name, std::string path, const char* type = "string") {
  return {std::move(name), type, "", "", 0, [path, type](const Value& object, std::string_view) -> Value {
            const auto size = static_cast<std::int64_t>(object.at(path).size());
            return std::string_view(type) == "integer" ? Value(size) : Value(std::to_string(size));
          }};
}

Column created_column() {
  return {"Created At", "date", "", "When it was made.", 0,
          [](const Value& object, std::string_view) { return object.at("metadata.creationTimestamp"); }};
}

std::string container_names(const Value& object) {
  return joined(object.at("spec.template.spec.containers"), [](const Value& each) { return each["name"].string(); });
}

std::string container_images(const Value& object) {
  return joined(object.at("spec.template.spec.containers"), [](const Value& each) { return each["image"].string(); });
}

std::string workload_selector(const Value& object) {
  const auto selector = LabelSelector::from_value(object.at("spec.selector"));
  return selector ? or_none(selector->text()) : "<error>";
}

void add_workload_columns(std::vector<Column>& columns) {
  columns.push_back(age_column());
  columns.push_back(from("Containers", container_names, 1));
  columns.push_back(from("Images", container_images, 1));
  columns.push_back(from("Selector", workload_selector, 1));
}

// ---- Pods ----

bool condition_holds(const Value& object, std::string_view type) {
  for (const Value& condition : object.at("status.conditions"))
    if (condition["type"] == type) return condition["status"] == "True";
  return false;
}

std::string pod_status(const Value& pod) {
  std::string status = pod.at("status.reason").string();
  if (status.empty()) status = pod.at("status.phase").string();
  for (const Value& condition : pod.at("status.conditions"))
    if (condition["type"] == "PodScheduled" && condition["reason"] == "SchedulingGated") status = "SchedulingGated";
  for (const Value& container : pod.at("status.containerStatuses")) {
    const std::string waiting = container.at("state.waiting.reason").string();
    const std::string ended = container.at("state.terminated.reason").string();
    if (!waiting.empty())
      status = waiting;
    else if (!ended.empty())
      status = ended;
  }
  if (!pod.at("metadata.deletionTimestamp").is_string()) return status;
  const std::string_view phase = pod.at("status.phase").text();
  if (pod.at("status.reason") == "NodeLost") return "Unknown";
  return phase == "Succeeded" || phase == "Failed" ? status : "Terminating";
}

std::string pod_ready(const Value& pod) {
  const Value& statuses = pod.at("status.containerStatuses");
  const auto ready = std::count_if(statuses.begin(), statuses.end(), [](const Value& status) {
    return status["ready"].boolean();
  });
  return fmt::format("{}/{}", ready, pod.at("spec.containers").size());
}

std::string pod_gates(const Value& pod) {
  const Value& gates = pod.at("spec.readinessGates");
  if (gates.empty()) return "<none>";
  std::size_t open = 0;
  for (const Value& gate : gates) open += condition_holds(pod, gate["conditionType"].text()) ? 1 : 0;
  return fmt::format("{}/{}", open, gates.size());
}

std::vector<Column> pod_columns() {
  return {name_column(),
          from("Ready", pod_ready, 0, "Containers that are ready, of all."),
          from("Status", pod_status, 0, "What it is doing."),
          {"Restarts", "string", "", "", 0,
           [](const Value& pod, std::string_view) -> Value {
             std::int64_t restarts = 0;
             for (const Value& status : pod.at("status.containerStatuses")) restarts += status["restartCount"].integer();
             return std::to_string(restarts);
           }},
          age_column(),
          text("IP", "status.podIP", 1),
          text("Node", "spec.nodeName", 1),
          text("Nominated Node", "status.nominatedNodeName", 1),
          from("Readiness Gates", pod_gates, 1)};
}

// ---- Services ----

std::string service_ports(const Value& service) {
  return or_none(joined(service.at("spec.ports"), [](const Value& port) {
    const std::int64_t node = port["nodePort"].integer();
    return node != 0 ? fmt::format("{}:{}/{}", port["port"].integer(), node, port["protocol"].text())
                     : fmt::format("{}/{}", port["port"].integer(), port["protocol"].text());
  }));
}

std::string external_address(const Value& service) {
  const Value& type = service.at("spec.type");
  if (type == "ExternalName") return service.at("spec.externalName").string();
  const std::string external = joined(service.at("spec.externalIPs"), [](const Value& ip) { return ip.string(); });
  if (type != "LoadBalancer") return or_none(external);
  const std::string given = joined(service.at("status.loadBalancer.ingress"), [](const Value& ingress) {
    return ingress["ip"].text().empty() ? ingress["hostname"].string() : ingress["ip"].string();
  });
  return given.empty() ? "<pending>" : given;
}

std::string endpoint_list(const Value& endpoints) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> all;
  for (const Value& subset : endpoints["subsets"])
    for (const Value& address : subset["addresses"]) {
      if (subset["ports"].empty()) all.push_back(address["ip"].string());
      for (const Value& port : subset["ports"])
        all.push_back(fmt::format("{}:{}", address["ip"].text(), port["port"].integer()));
    }
  const std::size_t shown = std::min(kShown, all.size());
  std::string text = fmt::format("{}", fmt::join(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), ","));
  if (all.size() > kShown) text += fmt::format(" + {} more...", all.size() - kShown);
  return or_none(text);
}

std::string slice_ports(const Value& slice) {
  if (slice["ports"].empty()) return "<unset>";
  return joined(slice["ports"], [](const Value& port) {
    return port["port"].is_null() ? std::string("*") : std::to_string(port["port"].integer());
  });
}

std::string slice_addresses(const Value& slice) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> all;
  for (const Value& endpoint : slice["endpoints"])
    for (const Value& address : endpoint["addresses"]) all.push_back(address.string());
  if (all.empty()) return "<unset>";
  const std::size_t shown = std::min(kShown, all.size());
  std::string text = fmt::format("{}", fmt::join(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), ","));
  if (all.size() > kShown) text += fmt::format(" + {} more...", all.size() - kShown);
  return text;
}

std::string ingress_hosts(const Value& ingress) {
  const std::string hosts = joined(ingress.at("spec.rules"), [](const Value& rule) { return rule["host"].string(); });
  return hosts.empty() ? "*" : hosts;
}

std::string ingress_address(const Value& ingress) {
  return joined(ingress.at("status.loadBalancer.ingress"), [](const Value& each) {
    return each["ip"].text().empty() ? each["hostname"].string() : each["ip"].string();
  });
}

// ---- Nodes ----

std::string node_status(const Value& node) {
  std::string status = "Unknown";
  for (const Value& condition : node.at("status.conditions"))
    if (condition["type"] == "Ready") status = condition["status"] == "True" ? "Ready" : "NotReady";
  if (node.at("spec.unschedulable").boolean()) status += ",SchedulingDisabled";
  return status;
}

std::string node_roles(const Value& node) {
  constexpr std::string_view kRole = "node-role.kubernetes.io/";
  std::string roles;
  for (const Member& label : node.at("metadata.labels").fields()) {
    std::string_view role;
    if (label.name().starts_with(kRole)) role = label.name().substr(kRole.size());
    if (label.name() == "kubernetes.io/role") role = label.value.text();
    if (role.empty()) continue;
    if (!roles.empty()) roles += ',';
    roles += role;
  }
  return or_none(roles);
}

template <const char* const& kType>
std::string node_address(const Value& node) {
  for (const Value& address : node.at("status.addresses"))
    if (address["type"] == kType) return address["address"].string();
  return "<none>";
}
constexpr const char* kInternal = "InternalIP";
constexpr const char* kExternal = "ExternalIP";

Column unknown_text(std::string name, std::string path) {
  return {std::move(name), "string", "", "", 1, [path](const Value& object, std::string_view) -> Value {
            const std::string found = object.at(path).string();
            return found.empty() ? "<unknown>" : found;
          }};
}

// ---- Others ----

std::string role_of(const Value& binding) {
  return binding.at("roleRef.kind").string() + "/" + binding.at("roleRef.name").string();
}

template <const char* const& kKind>
std::string subjects(const Value& binding) {
  return joined(
      binding["subjects"],
      [](const Value& subject) -> std::string {
        if (subject["kind"] != kKind) return "";
        return subject["namespace"].text().empty() ? subject["name"].string()
                                                   : subject["namespace"].string() + "/" + subject["name"].string();
      },
      ", ");
}
constexpr const char* kUser = "User";
constexpr const char* kGroup = "Group";
constexpr const char* kAccount = "ServiceAccount";

Column event_age() {
  return {"Last Seen", "string", "", "", 0, [](const Value& event, std::string_view now) -> Value {
            for (const char* field : {"lastTimestamp", "firstTimestamp", "eventTime"})
              if (!event[field].text().empty()) return age(event[field].text(), now);
            return age(event.at("metadata.creationTimestamp").text(), now);
          }};
}

std::string event_object(const Value& event) {
  std::string kind = event.at("involvedObject.kind").string();
  for (char& letter : kind)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return kind + "/" + event.at("involvedObject.name").string();
}

std::string share_or_none(const Value& value) {
  if (value.is_null()) return "N/A";
  return value.is_string() ? value.string() : std::to_string(value.integer());
}

std::vector<Column> custom_columns(const KindVersion& version) {
  std::vector<Column> columns{name_column()};
  for (const PrinterColumn& column : version.columns) {
    const std::string path = column.json_path, type = column.type;
    columns.push_back({column.name, type, column.format, column.description, column.priority,
                       [path, type](const Value& object, std::string_view now) -> Value {
                         const Value found = json_path(object, path);
                         if (type == "date") return age(found.text(), now);
                         return found;
                       }});
  }
  if (version.columns.empty()) columns.push_back(age_column());
  return columns;
}

}  // namespace

std::vector<Column> columns_of(const Kind& kind, const KindVersion& version) {
  if (kind.custom) return custom_columns(version);
  std::vector<Column> columns{name_column()};
  switch (kind.id) {
    case KindId::kPod:
      return pod_columns();
    case KindId::kService:
      return {name_column(),
              text("Type", "spec.type"),
              text("Cluster-IP", "spec.clusterIP"),
              from("External-IP", external_address),
              from("Port(s)", service_ports),
              age_column(),
              from(
                  "Selector", [](const Value& service) { return pairs(service.at("spec.selector")); }, 1)};
    case KindId::kDeployment:
      columns.push_back(from("Ready", [](const Value& object) {
        return fmt::format("{}/{}", object.at("status.readyReplicas").integer(), object.at("spec.replicas").integer());
      }));
      columns.push_back(number("Up-to-date", "status.updatedReplicas"));
      columns.push_back(number("Available", "status.availableReplicas"));
      add_workload_columns(columns);
      return columns;
    case KindId::kReplicaSet:
      columns.push_back(number("Desired", "spec.replicas"));
      columns.push_back(number("Current", "status.replicas"));
      columns.push_back(number("Ready", "status.readyReplicas"));
      add_workload_columns(columns);
      return columns;
    case KindId::kStatefulSet:
      return {name_column(),
              from("Ready",
                   [](const Value& object) {
                     return fmt::format("{}/{}", object.at("status.readyReplicas").integer(),
                                        object.at("spec.replicas").integer());
                   }),
              age_column(), from("Containers", container_names, 1), from("Images", container_images, 1)};
    case KindId::kDaemonSet:
      columns.push_back(number("Desired", "status.desiredNumberScheduled"));
      columns.push_back(number("Current", "status.currentNumberScheduled"));
      columns.push_back(number("Ready", "status.numberReady"));
      columns.push_back(number("Up-to-date", "status.updatedNumberScheduled"));
      columns.push_back(number("Available", "status.numberAvailable"));
      columns.push_back(from("Node Selector", [](const Value& object) {
        return pairs(object.at("spec.template.spec.nodeSelector"));
      }));
      add_workload_columns(columns);
      return columns;
    case KindId::kControllerRevision:
      return {name_column(),
              from("Controller",
                   [](const Value& object) {
                     for (const Value& owner : object.at("metadata.ownerReferences"))
                       if (owner["controller"].boolean()) {
                         std::string text = owner["kind"].string();
                         for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
                         const std::string_view api = owner["apiVersion"].text();
                         return fmt::format("{}.{}/{}", text, api.substr(0, api.find('/')), owner["name"].text());
                       }
                     return std::string("<none>");
                   }),
              number("Revision", "revision"), age_column()};
    case KindId::kEndpoints:
      return {name_column(), from("Endpoints", endpoint_list), age_column()};
    case KindId::kEndpointSlice:
      return {name_column(), text("AddressType", "addressType"), from("Ports", slice_ports),
              from("Endpoints", slice_addresses), age_column()};
    case KindId::kIngress:
      return {name_column(),
              text("Class", "spec.ingressClassName"),
              from("Hosts", ingress_hosts),
              from("Address", ingress_address),
              from("Ports", [](const Value& ingress) {
                return std::string(ingress.at("spec.tls").empty() ? "80" : "80, 443");
              }),
              age_column()};
    case KindId::kIngressClass:
      return {name_column(), text("Controller", "spec.controller"),
              from("Parameters",
                   [](const Value& object) {
                     const Value& parameters = object.at("spec.parameters");
                     if (parameters.is_null()) return std::string("<none>");
                     const std::string group = parameters["apiGroup"].string();
                     return fmt::format("{}{}/{}", parameters["kind"].text(), group.empty() ? "" : "." + group,
                                        parameters["name"].text());
                   }),
              age_column()};
    case KindId::kNamespace:
      return {name_column(), text("Status", "status.phase"), age_column()};
    case KindId::kNode:
      return {name_column(),
              from("Status", node_status),
              from("Roles", node_roles),
              age_column(),
              text("Version", "status.nodeInfo.kubeletVersion"),
              from("Internal-IP", node_address<kInternal>, 1),
              from("External-IP", node_address<kExternal>, 1),
              unknown_text("OS-Image", "status.nodeInfo.osImage"),
              unknown_text("Kernel-Version", "status.nodeInfo.kernelVersion"),
              unknown_text("Container-Runtime", "status.nodeInfo.containerRuntimeVersion")};
    case KindId::kSecret:
      return {name_column(), text("Type", "type"), count("Data", "data"), age_column()};
    case KindId::kConfigMap:
      return {name_column(),
              from("Data",
                   [](const Value& object) {
                     return std::to_string(object["data"].size() + object["binaryData"].size());
                   }),
              age_column()};
    case KindId::kServiceAccount:
      return {name_column(), count("Secrets", "secrets"), age_column()};
    case KindId::kEvent:
      return {event_age(),
              text("Type", "type"),
              text("Reason", "reason"),
              from("Object", event_object),
              text("Subobject", "involvedObject.fieldPath", 1),
              from(
                  "Source",
                  [](const Value& event) {
                    const std::string component = event.at("source.component").string();
                    return component.empty() ? event["reportingComponent"].string() : component;
                  },
                  1),
              from("Message", [](const Value& event) { return event["message"].string(); }),
              {"First Seen", "string", "", "", 1,
               [](const Value& event, std::string_view now) -> Value { return age(event["firstTimestamp"].text(), now); }},
              {"Count", "string", "", "", 1,
               [](const Value& event, std::string_view) -> Value {
                 return std::to_string(std::max<std::int64_t>(1, event["count"].integer()));
               }},
              {"Name", "string", "name", "", 1,
               [](const Value& event, std::string_view) { return event.at("metadata.name"); }}};
    case KindId::kRole:
    case KindId::kClusterRole:
      return {name_column(), created_column()};
    case KindId::kRoleBinding:
    case KindId::kClusterRoleBinding:
      return {name_column(),
              from("Role", role_of),
              age_column(),
              from("Users", subjects<kUser>, 1),
              from("Groups", subjects<kGroup>, 1),
              from("ServiceAccounts", subjects<kAccount>, 1)};
    case KindId::kLease:
      return {name_column(),
              from("Holder", [](const Value& lease) { return lease.at("spec.holderIdentity").string(); }), age_column()};
    case KindId::kPodDisruptionBudget:
      return {name_column(),
              from("Min Available", [](const Value& budget) { return share_or_none(budget.at("spec.minAvailable")); }),
              from("Max Unavailable", [](const Value& budget) { return share_or_none(budget.at("spec.maxUnavailable")); }),
              number("Allowed Disruptions", "status.disruptionsAllowed"), age_column()};
    case KindId::kCustomResourceDefinition:
      return {name_column(), created_column()};
    case KindId::kCustom:
      break;
  }
  return {name_column(), age_column()};
}

}  // namespace plumbline::kube
