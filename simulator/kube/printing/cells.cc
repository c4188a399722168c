#include "simulator/kube/printing/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "simulator/kube/printing/age.h"
#include "simulator/kube/store/selector.h"

namespace plumbline::kube {
namespace {

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

}  // namespace

std::string or_none(const std::string& text) { return text.empty() ? "<none>" : text; }

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return lower;
}

std::string pairs_cell(const Value& map) {
  std::string text;
  for (const Member& pair : map.fields()) {
    if (!text.empty()) text += ',';
    text += fmt::format("{}={}", pair.name(), pair.value.text());
  }
  return or_none(text);
}

std::string shortened(const std::vector<std::string>& items) {
  const auto shown = static_cast<std::ptrdiff_t>(std::min(kShownMax, items.size()));
  std::string text = fmt::format("{}", fmt::join(items.begin(), items.begin() + shown, ","));
  if (items.size() > kShownMax) text += fmt::format(" + {} more...", items.size() - kShownMax);
  return text;
}

// ---- Workloads ----

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

std::string replicas_ready(const Value& object) {
  return fmt::format("{}/{}", object.at("status.readyReplicas").integer(), object.at("spec.replicas").integer());
}

std::string controller_cell(const Value& object) {
  for (const Value& owner : object.at("metadata.ownerReferences")) {
    if (!owner["controller"].boolean()) continue;
    const std::string_view api = owner["apiVersion"].text();
    const std::size_t slash = api.find('/');
    return fmt::format("{}{}/{}", lower_case(owner["kind"].text()),
                       slash == std::string_view::npos ? "" : fmt::format(".{}", api.substr(0, slash)),
                       owner["name"].text());
  }
  return "<none>";
}

// ---- Services and what is behind them ----

std::string service_ports(const Value& service) {
  return or_none(joined(service.at("spec.ports"), [](const Value& port) {
    const std::int64_t node = port["nodePort"].integer();
    return node != 0 ? fmt::format("{}:{}/{}", port["port"].integer(), node, port["protocol"].text())
                     : fmt::format("{}/{}", port["port"].integer(), port["protocol"].text());
  }));
}

std::string balancer_addresses(const Value& object) {
  std::set<std::string> addresses;
  for (const Value& each : object.at("status.loadBalancer.ingress"))
    if (const Value& address = each[each["ip"].text().empty() ? "hostname" : "ip"]; !address.text().empty())
      addresses.insert(address.string());
  return fmt::format("{}", fmt::join(addresses, ","));
}

std::string external_address(const Value& service) {
  const Value& type = service.at("spec.type");
  if (type == "ExternalName") return service.at("spec.externalName").string();
  const std::string external = joined(service.at("spec.externalIPs"), [](const Value& ip) { return ip.string(); });
  if (type != "LoadBalancer") return or_none(external);
  const std::string given = balancer_addresses(service);
  if (given.empty()) return external.empty() ? "<pending>" : external;
  return external.empty() ? given : given + "," + external;
}

std::string endpoint_list(const Value& endpoints) {
  std::vector<std::string> all;
  for (const Value& subset : endpoints["subsets"]) {
    if (subset["ports"].empty())
      for (const Value& address : subset["addresses"]) all.push_back(address["ip"].string());
    for (const Value& port : subset["ports"])
      for (const Value& address : subset["addresses"])
        all.push_back(fmt::format("{}:{}", address["ip"].text(), port["port"].integer()));
  }
  return endpoints["subsets"].empty() ? "<none>" : shortened(all);
}

std::string slice_ports(const Value& slice) {
  std::vector<std::string> all;
  for (const Value& port : slice["ports"]) {
    if (!port["port"].is_null())
      all.push_back(std::to_string(port["port"].integer()));
    else
      all.push_back(port.contains("name") ? port["name"].string() : "*");
  }
  const std::string text = shortened(all);
  return text.empty() ? "<unset>" : text;
}

std::string slice_addresses(const Value& slice) {
  std::vector<std::string> all;
  for (const Value& endpoint : slice["endpoints"])
    for (const Value& address : endpoint["addresses"]) all.push_back(address.string());
  return all.empty() ? "<unset>" : shortened(all);
}

std::string ingress_hosts(const Value& ingress) {
  const Value& rules = ingress.at("spec.rules");
  std::vector<std::string> hosts;
  for (const Value& rule : rules)
    if (hosts.size() < kShownMax && !rule["host"].text().empty()) hosts.push_back(rule["host"].string());
  if (hosts.empty()) return "*";
  const std::string text = shortened(hosts);
  return hosts.size() == kShownMax && rules.size() > kShownMax
             ? fmt::format("{} + {} more...", text, rules.size() - kShownMax)
             : text;
}

std::string class_parameters(const Value& ingress_class) {
  const Value& parameters = ingress_class.at("spec.parameters");
  if (parameters.is_null()) return "<none>";
  const std::string group = parameters["apiGroup"].string();
  return fmt::format("{}{}/{}", parameters["kind"].text(), group.empty() ? "" : "." + group, parameters["name"].text());
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
  std::set<std::string> roles;
  for (const Member& label : node.at("metadata.labels").fields()) {
    if (label.name().starts_with(kRole)) roles.emplace(label.name().substr(kRole.size()));
    if (label.name() == "kubernetes.io/role") roles.insert(label.value.string());
  }
  roles.erase("");
  return or_none(fmt::format("{}", fmt::join(roles, ",")));
}

std::string node_address(const Value& node, std::string_view type) {
  for (const Value& address : node.at("status.addresses"))
    if (address["type"] == type) return address["address"].string();
  return "<none>";
}

// ---- Access ----

std::string role_of(const Value& binding) {
  return binding.at("roleRef.kind").string() + "/" + binding.at("roleRef.name").string();
}

std::string subjects_of(const Value& binding, std::string_view kind) {
  return joined(
      binding["subjects"],
      [kind](const Value& subject) -> std::string {
        if (subject["kind"] != kind) return "";
        return subject["namespace"].text().empty() ? subject["name"].string()
                                                   : subject["namespace"].string() + "/" + subject["name"].string();
      },
      ", ");
}

// ---- Events ----

std::string event_first_seen(const Value& event, std::string_view now) {
  return age(event[event["firstTimestamp"].text().empty() ? "eventTime" : "firstTimestamp"].text(), now);
}

std::string event_last_seen(const Value& event, std::string_view now) {
  if (event["series"].is_object()) return age(event.at("series.lastObservedTime").text(), now);
  const std::string_view last = event["lastTimestamp"].text();
  return last.empty() ? event_first_seen(event, now) : age(last, now);
}

std::string event_object(const Value& event) {
  const std::string kind = lower_case(event.at("involvedObject.kind").text());
  const std::string_view name = event.at("involvedObject.name").text();
  return name.empty() ? kind : fmt::format("{}/{}", kind, name);
}

std::string event_source(const Value& event) {
  const auto first = [](const Value& one, const Value& other) {
    return one.text().empty() ? other.string() : one.string();
  };
  const std::string component = first(event.at("source.component"), event["reportingComponent"]);
  const std::string instance = first(event.at("source.host"), event["reportingInstance"]);
  return instance.empty() ? component : component + ", " + instance;
}

std::string event_message(const Value& event) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::string_view message = event["message"].text();
  const std::size_t first = message.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return "";
  return std::string(message.substr(first, message.find_last_not_of(kBlanks) - first + 1));
}

std::int64_t event_count(const Value& event) {
  if (event["series"].is_object()) return event.at("series.count").integer();
  return std::max<std::int64_t>(1, event["count"].integer());
}

std::string share_cell(const Value& share) {
  if (share.is_null()) return "N/A";
  return share.is_string() ? share.string() : std::to_string(share.integer());
}

}  // namespace plumbline::kube
