#include <set>

#include "simulator/kube/schema/names.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {
namespace {

void check_port(const Value& port, const FieldPath& path, Causes& causes) {
  if (port.integer() == 0) return causes.required(path);
  for (const std::string& why : port_number_complaints(port.integer())) causes.invalid(path, port, why);
}

void check_ports(const Value& ports, const FieldPath& path, Causes& causes) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const Value& port = ports[i];
    if (const Value& name = port["name"]; !name.text().empty()) {
      const Complaints complaints = port_name_complaints(name.text());
      for (const std::string& why : complaints) causes.invalid(path[i] / "name", name, why);
      if (complaints.empty() && !names.insert(name.text()).second) causes.duplicate(path[i] / "name", name);
    }
    check_port(port["containerPort"], path[i] / "containerPort", causes);
    if (port.contains("hostPort") && port["hostPort"].integer() != 0)
      check_port(port["hostPort"], path[i] / "hostPort", causes);
    const std::string_view protocol = port["protocol"].text();
    if (protocol.empty())
      causes.required(path[i] / "protocol");
    else if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP")
      causes.unsupported(path[i] / "protocol", port["protocol"], {"SCTP", "TCP", "UDP"});
  }
}

void check_container(const Value& container, const FieldPath& path, std::int64_t grace,
                     std::set<std::string_view>& names, Causes& causes) {
  const Value& name = container["name"];
  if (name.text().empty()) {
    causes.required(path / "name");
  } else {
    for (const std::string& why : dns_label_complaints(name.text())) causes.invalid(path / "name", name, why);
    if (!names.insert(name.text()).second) causes.duplicate(path / "name", name);
  }
  const std::string_view image = container["image"].text();
  if (image.empty())
    causes.required(path / "image");
  else if (image.front() == ' ' || image.back() == ' ')
    causes.invalid(path / "image", image, "must not have leading or trailing whitespace");
  check_ports(container["ports"], path / "ports", causes);
  const std::string_view pull = container["imagePullPolicy"].text();
  if (!pull.empty() && pull != "Always" && pull != "IfNotPresent" && pull != "Never")
    causes.unsupported(path / "imagePullPolicy", container["imagePullPolicy"], {"Always", "IfNotPresent", "Never"});
  check_running(container, path, grace, causes);
}

void check_volume(const Value& volume, const FieldPath& path, Causes& causes) {
  int count = 0;
  for (const Member& member : volume.fields())
    if (member.name() != "name" && ++count > 1)
      causes.forbidden(path / member.name(), "may not specify more than 1 volume type");
  if (count > 1) return;
  for (const auto& [source, field] :
       {std::pair{"hostPath", "path"}, {"configMap", "name"}, {"persistentVolumeClaim", "claimName"}})
    if (volume.contains(source) && volume[source][field].text().empty()) causes.required(path / source / field);
}

/// Of the names that a Pod has in DNS, and whom it asks.
void check_names(const Value& spec, const FieldPath& path, Causes& causes) {
  for (const char* field : {"hostname", "subdomain"})
    if (const Value& name = spec[field]; !name.text().empty())
      for (const std::string& why : dns_label_complaints(name.text())) causes.invalid(path / field, name, why);
  if (spec["dnsPolicy"] == "None" && spec["dnsConfig"]["nameservers"].empty()) {
    if (!spec.contains("dnsConfig"))
      causes.required(path / "dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None");
    else
      causes.required(path / "dnsConfig" / "nameservers",
                      "must provide at least one DNS nameserver when `dnsPolicy` is None");
  }
  for (std::size_t i = 0; i < spec["dnsConfig"]["nameservers"].size(); ++i)
    for (const std::string& why : ip_address_complaints(spec["dnsConfig"]["nameservers"][i].text()))
      causes.invalid((path / "dnsConfig" / "nameservers")[i], spec["dnsConfig"]["nameservers"][i], why);
  for (std::size_t i = 0; i < spec["hostAliases"].size(); ++i) {
    const Value& alias = spec["hostAliases"][i];
    const FieldPath at = (path / "hostAliases")[i];
    for (const std::string& why : ip_address_complaints(alias["ip"].text()))
      causes.invalid(at / "ip", alias["ip"], why);
    for (std::size_t n = 0; n < alias["hostnames"].size(); ++n)
      for (const std::string& why : dns_subdomain_complaints(alias["hostnames"][n].text()))
        causes.invalid((at / "hostnames")[n], alias["hostnames"][n], why);
  }
}

void check_gates(const Value& spec, const FieldPath& path, Causes& causes) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < spec["schedulingGates"].size(); ++i) {
    const Value& name = spec["schedulingGates"][i]["name"];
    const FieldPath at = (path / "schedulingGates")[i];
    for (const std::string& why : qualified_name_complaints(name.text())) causes.invalid(at, name, why);
    if (!names.insert(name.text()).second) causes.duplicate(at, name);
  }
  for (std::size_t i = 0; i < spec["readinessGates"].size(); ++i) {
    const Value& type = spec["readinessGates"][i]["conditionType"];
    for (const std::string& why : qualified_name_complaints(type.text()))
      causes.invalid((path / "readinessGates")[i] / "conditionType", type, why);
  }
}

}  // namespace

void check_pod_spec(const Value& spec, const FieldPath& path, Causes& causes) {
  std::set<std::string_view> volumes;
  for (std::size_t i = 0; i < spec["volumes"].size(); ++i) {
    const Value& name = spec["volumes"][i]["name"];
    if (name.text().empty()) {
      causes.required((path / "volumes")[i] / "name");
      continue;
    }
    for (const std::string& why : dns_label_complaints(name.text()))
      causes.invalid((path / "volumes")[i] / "name", name, why);
    if (!volumes.insert(name.text()).second) causes.duplicate((path / "volumes")[i] / "name", name);
    check_volume(spec["volumes"][i], (path / "volumes")[i], causes);
  }
  std::set<std::string_view> names;
  if (spec["containers"].empty()) causes.required(path / "containers");
  const std::int64_t grace = spec["terminationGracePeriodSeconds"].integer();
  for (const char* list : {"containers", "initContainers"})
    for (std::size_t i = 0; i < spec[list].size(); ++i)
      check_container(spec[list][i], (path / list)[i], grace, names, causes);
  for (const char* list : {"containers", "initContainers"})
    for (std::size_t i = 0; i < spec[list].size(); ++i) {
      std::set<std::string_view> places;
      for (std::size_t n = 0; n < spec[list][i]["volumeMounts"].size(); ++n) {
        const FieldPath at = ((path / list)[i] / "volumeMounts")[n];
        const Value& mount = spec[list][i]["volumeMounts"][n];
        if (mount["name"].text().empty()) causes.required(at / "name");
        if (!volumes.contains(mount["name"].text())) causes.not_found(at / "name", mount["name"].text());
        const Value& place = mount["mountPath"];
        if (place.text().empty()) causes.required(at / "mountPath");
        if (!places.insert(place.text()).second) causes.invalid(at / "mountPath", place, "must be unique");
      }
    }
  const std::string_view restart = spec["restartPolicy"].text();
  if (restart.empty())
    causes.required(path / "restartPolicy");
  else if (restart != "Always" && restart != "OnFailure" && restart != "Never")
    causes.unsupported(path / "restartPolicy", spec["restartPolicy"], {"Always", "OnFailure", "Never"});
  const std::string_view dns = spec["dnsPolicy"].text();
  if (!dns.empty() && dns != "ClusterFirst" && dns != "ClusterFirstWithHostNet" && dns != "Default" && dns != "None")
    causes.unsupported(path / "dnsPolicy", spec["dnsPolicy"],
                       {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"});
  check_labels(spec["nodeSelector"], path / "nodeSelector", causes);
  if (const Value& deadline = spec["activeDeadlineSeconds"]; !deadline.is_null() && deadline.integer() < 1)
    causes.invalid(path / "activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive");
  check_names(spec, path, causes);
  check_tolerations(spec["tolerations"], path / "tolerations", causes);
  check_gates(spec, path, causes);
  if (const Value& account = spec["serviceAccountName"]; !account.text().empty())
    for (const std::string& why : dns_subdomain_complaints(account.text()))
      causes.invalid(path / "serviceAccountName", account, why);
  if (const Value& node = spec["nodeName"]; !node.text().empty())
    for (const std::string& why : dns_subdomain_complaints(node.text())) causes.invalid(path / "nodeName", node, why);
}

namespace {

void check_deadline(const Value& was, const Value& now, const FieldPath& spec, Causes& causes) {
  const Value &before = was["activeDeadlineSeconds"], &after = now["activeDeadlineSeconds"];
  const FieldPath path = spec / "activeDeadlineSeconds";
  if (before.is_null()) return;
  if (after.is_null())
    causes.invalid(path, after, "must not update from a positive integer to nil value");
  else if (after.integer() > before.integer())
    causes.invalid(path, after, "must be less than or equal to previous value");
}

void check_gates_go(const Value& was, const Value& now, const FieldPath& path, Causes& causes) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    const auto is_it = [&](const Value& gate) { return gate["name"] == now[i]["name"]; };
    if (std::none_of(was.begin(), was.end(), is_it))
      causes.forbidden(path[i] / "name",
                       "only deletion is allowed, but found new scheduling gate '" + now[i]["name"].string() + "'");
  }
}

/// Each that was there is there, its seconds aside.
bool keeps_tolerations(const Value& was, const Value& now) {
  const auto rest = [](Value toleration) {
    toleration.erase("tolerationSeconds");
    return toleration;
  };
  for (const Value& old : was) {
    bool kept = false;
    for (const Value& toleration : now) kept = kept || rest(toleration) == rest(old);
    if (!kept) return false;
  }
  return true;
}

}  // namespace

void check_pod(const Value& pod, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  check_pod_spec(pod["spec"], path, causes);
  if (current == nullptr) {
    if (!pod["spec"]["ephemeralContainers"].empty())
      causes.forbidden(path / "ephemeralContainers", "cannot be set on create");
    return;
  }
  // What may change of a Pod that is there: images, a shorter deadline, more tolerations, fewer gates.
  for (const char* list : {"containers", "initContainers"})
    if (current->at("spec")[list].size() != pod["spec"][list].size())
      return causes.forbidden(path / list, "pod updates may not add or remove containers");
  check_deadline(current->at("spec"), pod["spec"], path, causes);
  check_gates_go(current->at("spec.schedulingGates"), pod.at("spec.schedulingGates"), path / "schedulingGates", causes);
  Value was = current->at("spec"), now = pod["spec"];
  for (Value* spec : {&was, &now}) {
    for (const char* list : {"containers", "initContainers"})
      for (std::size_t i = 0; i < std::as_const(*spec)[list].size(); ++i) {
        Value& container = spec->set(list).item(i);
        if (!std::as_const(container)["image"].text().empty()) container["image"] = "x";
      }
    for (const char* field : {"activeDeadlineSeconds", "tolerations", "schedulingGates"}) spec->erase(field);
  }
  if (std::as_const(was)["terminationGracePeriodSeconds"].integer() < 0 &&
      std::as_const(now)["terminationGracePeriodSeconds"].integer() == 1)
    now["terminationGracePeriodSeconds"] = std::as_const(was)["terminationGracePeriodSeconds"];
  if (!keeps_tolerations(current->at("spec.tolerations"), pod.at("spec.tolerations")))
    causes.forbidden(path / "tolerations", "existing toleration can not be modified except its tolerationSeconds");
  if (was == now) return;
  causes.forbidden(path,
                   "pod updates may not change fields other than `spec.containers[*].image`,"
                   "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
                   "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                   "previously negative)");
}

}  // namespace plumbline::kube
