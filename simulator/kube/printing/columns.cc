#include "simulator/kube/printing/columns.h"

#include "simulator/kube/printing/age.h"
#include "simulator/kube/printing/cells.h"
#include "simulator/kube/printing/json_path.h"
#include "simulator/kube/printing/pod_cells.h"
#include "simulator/kube/schema/formats.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

using Columns = std::vector<Column>;

/// As all columns are unless they say otherwise: strings, always shown.
Column column(std::string name, std::function<Value(const Value& object, std::string_view now)> cell,
              std::string description = "") {
  Column made;
  made.name = std::move(name);
  made.description = std::move(description);
  made.cell = std::move(cell);
  return made;
}

Column wide(Column made) {
  made.priority = 1;
  return made;
}

Column of_type(std::string type, Column made) {
  made.type = std::move(type);
  return made;
}

Column from(std::string name, std::string (*cell)(const Value&), std::string description = "") {
  return column(
      std::move(name), [cell](const Value& object, std::string_view) -> Value { return cell(object); },
      std::move(description));
}

/// The text at `path`, or `otherwise`.
Column text(std::string name, const std::string& path, const std::string& otherwise = "<none>") {
  return column(std::move(name), [path, otherwise](const Value& object, std::string_view) -> Value {
    const Value& found = object.at(path);
    return found.text().empty() ? Value(otherwise) : found;
  });
}

Column number(std::string name, const std::string& path) {
  return of_type("integer", column(std::move(name), [path](const Value& object, std::string_view) -> Value {
                   return object.at(path).integer();
                 }));
}

/// How many a list or map has.
Column size(std::string name, const std::string& path) {
  return column(std::move(name),
                [path](const Value& object, std::string_view) -> Value { return object.at(path).size(); });
}

Column name_column() {
  Column name = text("Name", "metadata.name", "");
  name.format = "name";
  name.description = "Unique in its namespace.";
  return name;
}

Column age_column() {
  return column(
      "Age",
      [](const Value& object, std::string_view now) -> Value {
        return age(object.at("metadata.creationTimestamp").text(), now);
      },
      "How long ago it was made.");
}

Column created_column() {
  return of_type(
      "date",
      column(
          "Created At", [](const Value& object, std::string_view) { return object.at("metadata.creationTimestamp"); },
          "When it was made."));
}

/// What stands at the end of workloads' rows.
Columns with_template(Columns columns, bool selector = true) {
  columns.push_back(age_column());
  columns.push_back(wide(from("Containers", container_names)));
  columns.push_back(wide(from("Images", container_images)));
  if (selector) columns.push_back(wide(from("Selector", workload_selector)));
  return columns;
}

Columns pod_columns() {
  const auto cell = [](std::string PodCells::*part) {
    return [part](const Value& pod, std::string_view now) -> Value { return pod_cells(pod, now).*part; };
  };
  return {name_column(),
          column("Ready", cell(&PodCells::ready), "Containers that are ready, of all."),
          column("Status", cell(&PodCells::status), "What it is doing."),
          column("Restarts", cell(&PodCells::restarts)),
          age_column(),
          wide(text("IP", "status.podIP")),
          wide(text("Node", "spec.nodeName")),
          wide(text("Nominated Node", "status.nominatedNodeName")),
          wide(column("Readiness Gates", cell(&PodCells::readiness)))};
}

Columns node_columns() {
  const auto address = [](const char* type) {
    return [type](const Value& node, std::string_view) -> Value { return node_address(node, type); };
  };
  return {name_column(),
          from("Status", node_status),
          from("Roles", node_roles),
          age_column(),
          text("Version", "status.nodeInfo.kubeletVersion", ""),
          wide(column("Internal-IP", address("InternalIP"))),
          wide(column("External-IP", address("ExternalIP"))),
          wide(text("OS-Image", "status.nodeInfo.osImage", "<unknown>")),
          wide(text("Kernel-Version", "status.nodeInfo.kernelVersion", "<unknown>")),
          wide(text("Container-Runtime", "status.nodeInfo.containerRuntimeVersion", "<unknown>"))};
}

Columns event_columns() {
  const auto seen = [](std::string (*when)(const Value&, std::string_view)) {
    return [when](const Value& event, std::string_view now) -> Value { return when(event, now); };
  };
  Column name = name_column();
  name.priority = 1;
  return {column("Last Seen", seen(event_last_seen)),
          text("Type", "type", ""),
          text("Reason", "reason", ""),
          from("Object", event_object),
          wide(text("Subobject", "involvedObject.fieldPath", "")),
          wide(from("Source", event_source)),
          from("Message", event_message),
          wide(column("First Seen", seen(event_first_seen))),
          wide(column("Count", [](const Value& event, std::string_view) -> Value { return event_count(event); })),
          std::move(name)};
}

Columns binding_columns() {
  const auto subjects = [](const char* kind) {
    return [kind](const Value& binding, std::string_view) -> Value { return subjects_of(binding, kind); };
  };
  return {name_column(),
          from("Role", role_of),
          age_column(),
          wide(column("Users", subjects("User"))),
          wide(column("Groups", subjects("Group"))),
          wide(column("ServiceAccounts", subjects("ServiceAccount")))};
}

/// Of a custom kind: what its definition points to, in the form that it says.
Value custom_cell(const Value* found, std::string_view type, std::string_view now) {
  if (found == nullptr) return nullptr;
  if (type == "string" && found->is_null()) return "<no value>";
  if (type == "string") return found->is_string() ? *found : Value(to_text(*found));
  if (type == "integer") return found->is_number() ? Value(found->integer()) : Value();
  if (type == "number") return found->is_number() ? *found : Value();
  if (type == "boolean") return found->is_boolean() ? *found : Value();
  if (type != "date" || !found->is_string()) return nullptr;
  return found->text().empty() || is_time(found->text()) ? age(found->text(), now) : "<invalid>";
}

Columns custom_columns(const KindVersion& version) {
  Columns columns{name_column()};
  for (const PrinterColumn& described : version.columns) {
    const std::string path = described.json_path, type = described.type;
    Column made = column(described.name, [path, type](const Value& object, std::string_view now) {
      return custom_cell(json_path(object, path), type, now);
    });
    made.type = type;
    made.format = described.format;
    made.priority = described.priority;
    made.description = described.description.empty() ? "Custom resource definition column (in JSONPath format): " + path
                                                     : described.description;
    columns.push_back(std::move(made));
  }
  if (version.columns.empty()) columns.push_back(of_type("date", age_column()));
  return columns;
}

}  // namespace

Columns columns_of(const Kind& kind, const KindVersion& version) {
  if (kind.custom) return custom_columns(version);
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
              wide(from("Selector", [](const Value& service) { return pairs_cell(service.at("spec.selector")); }))};
    case KindId::kDeployment:
      return with_template({name_column(), from("Ready", replicas_ready),
                            of_type("string", number("Up-to-date", "status.updatedReplicas")),
                            of_type("string", number("Available", "status.availableReplicas"))});
    case KindId::kReplicaSet:
      return with_template({name_column(), number("Desired", "spec.replicas"), number("Current", "status.replicas"),
                            number("Ready", "status.readyReplicas")});
    case KindId::kStatefulSet:
      return with_template({name_column(), from("Ready", replicas_ready)}, false);
    case KindId::kDaemonSet:
      return with_template({name_column(), number("Desired", "status.desiredNumberScheduled"),
                            number("Current", "status.currentNumberScheduled"), number("Ready", "status.numberReady"),
                            number("Up-to-date", "status.updatedNumberScheduled"),
                            number("Available", "status.numberAvailable"), from("Node Selector", [](const Value& set) {
                              return pairs_cell(set.at("spec.template.spec.nodeSelector"));
                            })});
    case KindId::kControllerRevision:
      return {name_column(), from("Controller", controller_cell), of_type("string", number("Revision", "revision")),
              age_column()};
    case KindId::kEndpoints:
      return {name_column(), from("Endpoints", endpoint_list), age_column()};
    case KindId::kEndpointSlice:
      return {name_column(), text("AddressType", "addressType"), from("Ports", slice_ports),
              from("Endpoints", slice_addresses), age_column()};
    case KindId::kIngress:
      return {name_column(),
              text("Class", "spec.ingressClassName"),
              from("Hosts", ingress_hosts),
              from("Address", balancer_addresses),
              from("Ports",
                   [](const Value& ingress) { return std::string(ingress.at("spec.tls").empty() ? "80" : "80, 443"); }),
              age_column()};
    case KindId::kIngressClass:
      return {name_column(), text("Controller", "spec.controller"), from("Parameters", class_parameters), age_column()};
    case KindId::kNamespace:
      return {name_column(), text("Status", "status.phase", ""), age_column()};
    case KindId::kNode:
      return node_columns();
    case KindId::kSecret:
      return {name_column(), text("Type", "type", ""), size("Data", "data"), age_column()};
    case KindId::kConfigMap:
      return {name_column(),
              column("Data",
                     [](const Value& map, std::string_view) -> Value {
                       return map["data"].size() + map["binaryData"].size();
                     }),
              age_column()};
    case KindId::kServiceAccount:
      return {name_column(), size("Secrets", "secrets"), age_column()};
    case KindId::kEvent:
      return event_columns();
    case KindId::kRole:
    case KindId::kClusterRole:
    case KindId::kCustomResourceDefinition:
      return {name_column(), created_column()};
    case KindId::kRoleBinding:
    case KindId::kClusterRoleBinding:
      return binding_columns();
    case KindId::kLease:
      return {name_column(), text("Holder", "spec.holderIdentity", ""), age_column()};
    case KindId::kPodDisruptionBudget:
      return {name_column(),
              from("Min Available", [](const Value& budget) { return share_cell(budget.at("spec.minAvailable")); }),
              from("Max Unavailable", [](const Value& budget) { return share_cell(budget.at("spec.maxUnavailable")); }),
              number("Allowed Disruptions", "status.disruptionsAllowed"), age_column()};
    case KindId::kCustom:
      break;
  }
  return {name_column(), age_column()};
}

}  // namespace plumbline::kube
