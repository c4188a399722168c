#include "simulator/kube/http/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <functional>

namespace plumbline::kube {
namespace {

struct Column {
  std::string_view name;
  std::string_view type;  ///< "string", "integer"
  int priority;           ///< 0 always, 1 with -o wide
  std::function<Json(const Json& object, const std::string& now)> cell;
};

std::string or_none(std::string text) { return text.empty() ? "<none>" : text; }

Json name_cell(const Json& object, const std::string&) { return text_at(object, "metadata.name"); }
Json age_cell(const Json& object, const std::string& now) {
  return age(text_at(object, "metadata.creationTimestamp"), now);
}

std::string joined(const Json& list, const std::function<std::string(const Json&)>& word, std::string_view with = ",") {
  std::string text;
  if (list.is_array())
    for (const Json& item : list) text += fmt::format("{}{}", text.empty() ? "" : with, word(item));
  return text;
}

std::string pairs(const Json& map) {
  std::string text;
  for (const auto& [key, value] : labels_of(map)) text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, value);
  return or_none(text);
}

std::int64_t ready_containers(const Json& pod) {
  const Json& statuses = at(pod, "status.containerStatuses");
  if (!statuses.is_array()) return 0;
  return std::count_if(statuses.begin(), statuses.end(),
                       [](const Json& status) { return at(status, "ready") == true; });
}

std::string pod_status(const Json& pod) {
  if (at(pod, "metadata.deletionTimestamp").is_string()) return "Terminating";
  const std::string phase = text_at(pod, "status.phase");
  if (phase == "Pending" && !text_at(pod, "spec.nodeName").empty()) return "ContainerCreating";
  return phase;
}

std::string service_ports(const Json& service) {
  return or_none(joined(at(service, "spec.ports"), [](const Json& port) {
    const std::int64_t node = number_at(port, "nodePort", 0);
    return fmt::format("{}{}/{}", number_at(port, "port", 0), node ? fmt::format(":{}", node) : "",
                       text_at(port, "protocol"));
  }));
}

std::string external_address(const Json& service) {
  const std::string type = text_at(service, "spec.type");
  if (type == "ExternalName") return text_at(service, "spec.externalName");
  if (type != "LoadBalancer")
    return or_none(joined(at(service, "spec.externalIPs"), [](const Json& ip) { return text_at(ip, ""); }));
  const std::string given =
      joined(at(service, "status.loadBalancer.ingress"), [](const Json& ip) { return text_at(ip, "ip"); });
  return given.empty() ? "<pending>" : given;
}

std::string endpoint_list(const Json& endpoints) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> all;
  const Json& subsets = at(endpoints, "subsets");
  if (subsets.is_array())
    for (const Json& subset : subsets)
      if (const Json& addresses = at(subset, "addresses"); addresses.is_array())
        for (const Json& address : addresses) {
          const Json& ports = at(subset, "ports");
          if (!ports.is_array())
            all.push_back(text_at(address, "ip"));
          else
            for (const Json& port : ports)
              all.push_back(fmt::format("{}:{}", text_at(address, "ip"), number_at(port, "port", 0)));
        }
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, all.size()); ++i) text += (i ? "," : "") + all[i];
  if (all.size() > kShown) text += fmt::format(" + {} more...", all.size() - kShown);
  return or_none(text);
}

Column number(std::string_view name, std::string path) {
  return {name, "integer", 0, [path](const Json& object, const std::string&) { return number_at(object, path, 0); }};
}

Column text(std::string_view name, std::string path, int priority = 0) {
  return {name, "string", priority,
          [path](const Json& object, const std::string&) { return or_none(text_at(object, path)); }};
}

Column from(std::string_view name, std::string (*cell)(const Json&), int priority = 0) {
  return {name, "string", priority, [cell](const Json& object, const std::string&) { return cell(object); }};
}

Column size(std::string_view name, std::string path) {
  return {name, "string", 0, [path](const Json& object, const std::string&) { return at(object, path).size(); }};
}

std::string container_names(const Json& object) {
  return joined(at(object, "spec.template.spec.containers"),
                [](const Json& container) { return text_at(container, "name"); });
}
std::string container_images(const Json& object) {
  return joined(at(object, "spec.template.spec.containers"),
                [](const Json& container) { return text_at(container, "image"); });
}
std::string role_of(const Json& object) {
  return text_at(object, "roleRef.kind") + "/" + text_at(object, "roleRef.name");
}
std::string internal_address(const Json& node) {
  const std::string found = joined(
      at(node, "status.addresses"),
      [](const Json& address) {
        return at(address, "type") == "InternalIP" ? text_at(address, "address") : std::string();
      },
      "");
  return or_none(found);
}

std::vector<Column> columns_of(KindId kind) {
  const Column name{"Name", "string", 0, name_cell}, made{"Age", "string", 0, age_cell};
  const Column created{"Created At", "string", 0,
                       [](const Json& object, const std::string&) { return at(object, "metadata.creationTimestamp"); }};
  const Column selector = from(
      "Selector", [](const Json& object) { return pairs(at(object, "spec.selector.matchLabels")); }, 1);
  switch (kind) {
    case KindId::kPod:
      return {name,
              from("Ready",
                   [](const Json& pod) {
                     return fmt::format("{}/{}", ready_containers(pod), at(pod, "spec.containers").size());
                   }),
              from("Status", pod_status),
              {"Restarts", "string", 0, [](const Json&, const std::string&) { return "0"; }},
              made,
              text("IP", "status.podIP", 1),
              text("Node", "spec.nodeName", 1),
              text("Nominated Node", "status.nominatedNodeName", 1),
              {"Readiness Gates", "string", 1, [](const Json&, const std::string&) { return "<none>"; }}};
    case KindId::kService:
      return {name,
              text("Type", "spec.type"),
              text("Cluster-IP", "spec.clusterIP"),
              from("External-IP", external_address),
              from("Port(s)", service_ports),
              made,
              from(
                  "Selector", [](const Json& service) { return pairs(at(service, "spec.selector")); }, 1)};
    case KindId::kDeployment:
      return {name,
              from("Ready",
                   [](const Json& object) {
                     return fmt::format("{}/{}", number_at(object, "status.readyReplicas", 0),
                                        number_at(object, "spec.replicas", 0));
                   }),
              number("Up-to-date", "status.updatedReplicas"),
              number("Available", "status.availableReplicas"),
              made,
              from("Containers", container_names, 1),
              from("Images", container_images, 1),
              selector};
    case KindId::kReplicaSet:
      return {name,
              number("Desired", "spec.replicas"),
              number("Current", "status.replicas"),
              number("Ready", "status.readyReplicas"),
              made,
              from("Containers", container_names, 1),
              from("Images", container_images, 1),
              selector};
    case KindId::kEndpoints:
      return {name, from("Endpoints", endpoint_list), made};
    case KindId::kNamespace:
      return {name, text("Status", "status.phase"), made};
    case KindId::kNode:
      return {name,
              from("Status",
                   [](const Json& node) {
                     return std::string(at(node, "spec.unschedulable") == true ? "Ready,SchedulingDisabled" : "Ready");
                   }),
              {"Roles", "string", 0, [](const Json&, const std::string&) { return "<none>"; }},
              made,
              text("Version", "status.nodeInfo.kubeletVersion"),
              from("Internal-IP", internal_address, 1)};
    case KindId::kSecret:
      return {name, text("Type", "type"), size("Data", "data"), made};
    case KindId::kConfigMap:
      return {name, size("Data", "data"), made};
    case KindId::kServiceAccount:
      return {name, size("Secrets", "secrets"), made};
    case KindId::kEvent:
      return {{"Last Seen", "string", 0,
               [](const Json& event, const std::string& now) { return age(text_at(event, "lastTimestamp"), now); }},
              text("Type", "type"),
              text("Reason", "reason"),
              from("Object",
                   [](const Json& event) {
                     return text_at(event, "involvedObject.kind") + "/" + text_at(event, "involvedObject.name");
                   }),
              text("Message", "message")};
    case KindId::kRole:
    case KindId::kClusterRole:
      return {name, created};
    case KindId::kRoleBinding:
    case KindId::kClusterRoleBinding:
      return {name, from("Role", role_of), made};
  }
  return {name, made};
}

std::time_t parse_time(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* end = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return end ? timegm(&parts) : 0;
}

}  // namespace

std::string age(std::string_view from, std::string_view to) {
  if (from.empty()) return "<unknown>";
  const std::int64_t seconds = std::max<std::int64_t>(0, parse_time(to) - parse_time(from));
  const std::int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (seconds < 120) return fmt::format("{}s", seconds);
  if (minutes < 10)
    return seconds % 60 == 0 ? fmt::format("{}m", minutes) : fmt::format("{}m{}s", minutes, seconds % 60);
  if (hours < 3) return fmt::format("{}m", minutes);
  if (hours < 8) return minutes % 60 == 0 ? fmt::format("{}h", hours) : fmt::format("{}h{}m", hours, minutes % 60);
  if (hours < 48) return fmt::format("{}h", hours);
  return fmt::format("{}d", days);
}

Json TablePrinter::table(const std::vector<ObjectPtr>& objects, const std::string& now, std::uint64_t resource_version,
                         bool with_columns) const {
  const std::vector<Column> columns = columns_of(kind_);
  Json table{{"kind", "Table"},
             {"apiVersion", "meta.k8s.io/v1"},
             {"metadata", {{"resourceVersion", std::to_string(resource_version)}}},
             {"columnDefinitions", Json::array()},
             {"rows", Json::array()}};
  if (with_columns)
    for (const Column& column : columns)
      table["columnDefinitions"].push_back({{"name", column.name},
                                            {"type", column.type},
                                            {"format", column.name == "Name" ? "name" : ""},
                                            {"description", column.name},
                                            {"priority", column.priority}});
  for (const ObjectPtr& object : objects) {
    Json cells = Json::array();
    for (const Column& column : columns) cells.push_back(column.cell(object->json(), now));
    Json row{{"cells", std::move(cells)}};
    if (content_ == Content::kObject) row["object"] = object->json();
    if (content_ == Content::kMetadata)
      row["object"] = {{"kind", "PartialObjectMetadata"},
                       {"apiVersion", "meta.k8s.io/v1"},
                       {"metadata", object->json().at("metadata")}};
    table["rows"].push_back(std::move(row));
  }
  return table;
}

}  // namespace plumbline::kube
