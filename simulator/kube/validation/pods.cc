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

void check_container(const Value& container, const FieldPath& path, std::set<std::string_view>& names, Causes& causes) {
  const Value& name = container["name"];
  if (name.text().empty()) {
    causes.required(path / "name");
  } else {
    for (const std::string& why : dns_label_complaints(name.text())) causes.invalid(path / "name", name, why);
    if (!names.insert(name.text()).second) causes.duplicate(path / "name", name);
  }
  if (container["image"].text().empty()) causes.required(path / "image");
  check_ports(container["ports"], path / "ports", causes);
  const std::string_view pull = container["imagePullPolicy"].text();
  if (!pull.empty() && pull != "Always" && pull != "IfNotPresent" && pull != "Never")
    causes.unsupported(path / "imagePullPolicy", container["imagePullPolicy"], {"Always", "IfNotPresent", "Never"});
  for (std::size_t i = 0; i < container["env"].size(); ++i)
    if (container["env"][i]["name"].text().empty()) causes.required((path / "env")[i] / "name");
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
  }
  std::set<std::string_view> names;
  if (spec["containers"].empty()) causes.required(path / "containers");
  for (const char* list : {"containers", "initContainers"})
    for (std::size_t i = 0; i < spec[list].size(); ++i) check_container(spec[list][i], (path / list)[i], names, causes);
  for (const char* list : {"containers", "initContainers"})
    for (std::size_t i = 0; i < spec[list].size(); ++i)
      for (std::size_t n = 0; n < spec[list][i]["volumeMounts"].size(); ++n) {
        const FieldPath at = ((path / list)[i] / "volumeMounts")[n];
        const Value& mount = spec[list][i]["volumeMounts"][n];
        if (mount["name"].text().empty()) causes.required(at / "name");
        if (!volumes.contains(mount["name"].text())) causes.not_found(at / "name", mount["name"].text());
        if (mount["mountPath"].text().empty()) causes.required(at / "mountPath");
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
  if (const Value& account = spec["serviceAccountName"]; !account.text().empty())
    for (const std::string& why : dns_subdomain_complaints(account.text()))
      causes.invalid(path / "serviceAccountName", account, why);
  if (const Value& node = spec["nodeName"]; !node.text().empty())
    for (const std::string& why : dns_subdomain_complaints(node.text())) causes.invalid(path / "nodeName", node, why);
}

void check_pod(const Value& pod, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  check_pod_spec(pod["spec"], path, causes);
  if (current == nullptr) return;
  // What may change of a running Pod: images, a shorter deadline, more tolerations, fewer gates.
  Value was = current->at("spec"), now = pod["spec"];
  for (Value* spec : {&was, &now}) {
    for (const char* list : {"containers", "initContainers"})
      for (std::size_t i = 0; i < std::as_const(*spec)[list].size(); ++i) {
        Value& container = spec->set(list).item(i);
        if (!std::as_const(container)["image"].text().empty()) container["image"] = "x";
      }
    for (const char* field : {"activeDeadlineSeconds", "tolerations", "schedulingGates",
                              "terminationGracePeriodSeconds", "ephemeralContainers", "nodeName"})
      spec->erase(field);
  }
  const std::string_view before = current->text("spec.nodeName"), after = pod.at("spec.nodeName").text();
  const bool moved = !before.empty() && before != after;
  if (was == now && !moved) return;
  causes.forbidden(path,
                   "pod updates may not change fields other than `spec.containers[*].image`,"
                   "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
                   "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                   "previously negative)");
}

}  // namespace plumbline::kube
