#include "simulator/kube/api/defaults.h"

#include <algorithm>

#include "simulator/kernel/base64.h"
#include "simulator/kube/schema/conform.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

void put(Value& object, std::string_view field, Value value) {
  if (object.contains(field)) return;
  object.set(field) = std::move(value);
}

/// Changes the items of a list, if it is there; untouched ones stay shared.
template <class Change>
void each(Value& object, std::string_view field, Change change) {
  const std::size_t count = std::as_const(object)[field].size();
  for (std::size_t i = 0; i < count; ++i) {
    Value item = std::as_const(object)[field][i];
    change(item);
    if (!item.same_as(std::as_const(object)[field][i])) object.set(field).item(i) = std::move(item);
  }
}

void container_defaults(Value& container) {
  const std::string_view image = std::as_const(container)["image"].text();
  const std::size_t name = image.rfind('/') == std::string_view::npos ? 0 : image.rfind('/') + 1;
  const std::size_t tag = image.find(':', name);
  const std::size_t digest = image.find('@', name);
  const bool tagged = tag < digest;  // what stands after the '@' has colons of its own
  const bool latest = tagged ? image.substr(tag, digest - tag) == ":latest" : digest == std::string_view::npos;
  put(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
  // What is limited and not asked for is asked for at its limit.
  const Value limits = std::as_const(container).at("resources.limits");
  for (const Member& limit : limits.fields())
    if (!std::as_const(container).at("resources.requests").contains(limit.name()))
      container["resources"]["requests"].set(limit.name()) = limit.value;
}

/// Lists that real servers show as null when they have nothing.
void null_when_empty(Value& object, std::string_view field) {
  if (std::as_const(object)[field].empty()) object.set(field) = nullptr;
}

void pod_spec_defaults(Value& spec) {
  each(spec, "volumes", [](Value& volume) {
    if (volume.size() == 1 && volume.contains("name")) volume["emptyDir"] = Value::object();
  });
  each(spec, "containers", container_defaults);
  each(spec, "initContainers", container_defaults);
  if (const Value& account = std::as_const(spec)["serviceAccount"];
      !account.text().empty() && std::as_const(spec)["serviceAccountName"].text().empty())
    spec["serviceAccountName"] = account;
  if (const Value& account = std::as_const(spec)["serviceAccountName"]; !account.text().empty())
    spec["serviceAccount"] = account;
  // Negative ones were allowed once, and stood for the shortest.
  if (std::as_const(spec)["terminationGracePeriodSeconds"].integer() < 0) spec["terminationGracePeriodSeconds"] = 1;
  if (!std::as_const(spec)["hostNetwork"].boolean()) return;
  each(spec, "containers", [](Value& container) {
    each(container, "ports", [](Value& port) { put(port, "hostPort", std::as_const(port)["containerPort"]); });
  });
}

void template_defaults(Value& object) {
  if (!std::as_const(object).at("spec.template.spec").is_object()) return;
  pod_spec_defaults(object["spec"]["template"]["spec"]);
}

void service_defaults(Value& service) {
  Value& spec = service["spec"];
  const std::string type = std::as_const(spec)["type"].string();
  each(spec, "ports", [](Value& port) {
    const Value& target = std::as_const(port)["targetPort"];
    const bool none = target.is_null() || target == "" || (target.is_integer() && target.integer() == 0);
    if (none) port["targetPort"] = std::as_const(port)["port"].integer();
  });
  if (type != "ExternalName") put(spec, "internalTrafficPolicy", "Cluster");
  if (type == "NodePort" || type == "LoadBalancer" || !std::as_const(spec)["externalIPs"].empty())
    put(spec, "externalTrafficPolicy", "Cluster");
  if (type == "LoadBalancer") put(spec, "allocateLoadBalancerNodePorts", true);
  if (std::as_const(spec)["sessionAffinity"] == "ClientIP" &&
      std::as_const(spec).at("sessionAffinityConfig.clientIP.timeoutSeconds").is_null())
    spec.reach("sessionAffinityConfig.clientIP.timeoutSeconds") = 10800;
}

void deployment_defaults(Value& deployment) {
  template_defaults(deployment);
  Value& strategy = deployment["spec"]["strategy"];
  if (std::as_const(strategy)["type"] == "RollingUpdate") {
    Value& rolling = strategy["rollingUpdate"];
    put(rolling, "maxSurge", "25%");
    put(rolling, "maxUnavailable", "25%");
  }
}

void stateful_set_defaults(Value& set) {
  template_defaults(set);
  Value& spec = set["spec"];
  if (std::as_const(spec).at("updateStrategy.type") == "RollingUpdate")
    put(spec["updateStrategy"]["rollingUpdate"], "partition", 0);
  put(spec["persistentVolumeClaimRetentionPolicy"], "whenDeleted", "Retain");
  put(spec["persistentVolumeClaimRetentionPolicy"], "whenScaled", "Retain");
  each(spec, "volumeClaimTemplates", [](Value& claim) {
    put(claim, "kind", "PersistentVolumeClaim");
    put(claim, "apiVersion", "v1");
    put(claim, "status", Value{{"phase", "Pending"}});
  });
  put(set, "status", Value{{"availableReplicas", 0}, {"replicas", 0}});
}

void daemon_set_defaults(Value& set) {
  template_defaults(set);
  Value& strategy = set["spec"]["updateStrategy"];
  if (std::as_const(strategy)["type"] == "RollingUpdate") {
    put(strategy["rollingUpdate"], "maxSurge", 0);
    put(strategy["rollingUpdate"], "maxUnavailable", 1);
  }
  put(set, "status",
      Value{
          {"currentNumberScheduled", 0}, {"desiredNumberScheduled", 0}, {"numberMisscheduled", 0}, {"numberReady", 0}});
}

void binding_defaults(Value& binding) {
  if (std::as_const(binding).at("roleRef.apiGroup").text().empty()) binding["roleRef"]["apiGroup"] = kRbac;
  each(binding, "subjects", [](Value& subject) {
    if (!std::as_const(subject)["apiGroup"].text().empty()) return;
    const Value& kind = std::as_const(subject)["kind"];
    if (kind == "User" || kind == "Group") subject["apiGroup"] = kRbac;
  });
}

void secret_defaults(Value& secret) {
  const Value texts = std::as_const(secret)["stringData"];
  for (const Member& entry : texts.fields())
    secret["data"].set(entry.name()) = kernel::base64_encode(entry.value.string());
  secret.erase("stringData");
}

void namespace_defaults(Value& space) {
  space["metadata"]["labels"]["kubernetes.io/metadata.name"] = std::as_const(space).at("metadata.name");
  Value& finalizers = space["spec"]["finalizers"];
  const bool there = std::any_of(std::as_const(finalizers).begin(), std::as_const(finalizers).end(),
                                 [](const Value& finalizer) { return finalizer == "kubernetes"; });
  if (!there && std::as_const(space).at("metadata.deletionTimestamp").is_null()) finalizers.push_back("kubernetes");
  if (std::as_const(space).at("status.phase").text().empty()) space["status"]["phase"] = "Active";
}

void event_defaults(Value& event) {
  for (const char* field : {"eventTime", "firstTimestamp", "lastTimestamp"}) put(event, field, nullptr);
  put(event, "source", Value::object());
}

void budget_defaults(Value& budget) {
  put(budget, "status",
      Value{{"currentHealthy", 0}, {"desiredHealthy", 0}, {"disruptionsAllowed", 0}, {"expectedPods", 0}});
}

void definition_defaults(Value& definition) {
  Value& spec = definition["spec"];
  Value& names = spec["names"];
  const std::string kind = std::as_const(names)["kind"].string();
  std::string singular = kind;
  for (char& letter : singular)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  if (!kind.empty()) {
    put(names, "singular", singular);
    put(names, "listKind", kind + "List");
  }
  put(spec, "conversion", Value{{"strategy", "None"}});
}

}  // namespace

void set_defaults(const Kind& kind, Value& object) {
  if (const Type* type = kind.storage().type) fill_in(*type, object);
  if (kind.custom) return;
  switch (kind.id) {
    case KindId::kNamespace:
      namespace_defaults(object);
      break;
    case KindId::kPod:
      if (!std::as_const(object)["spec"].is_object()) break;
      pod_spec_defaults(object["spec"]);
      if (!std::as_const(object)["spec"].contains("enableServiceLinks")) object["spec"]["enableServiceLinks"] = true;
      break;
    case KindId::kService:
      service_defaults(object);
      break;
    case KindId::kSecret:
      secret_defaults(object);
      break;
    case KindId::kDeployment:
      deployment_defaults(object);
      break;
    case KindId::kReplicaSet:
      template_defaults(object);
      break;
    case KindId::kStatefulSet:
      stateful_set_defaults(object);
      break;
    case KindId::kDaemonSet:
      daemon_set_defaults(object);
      break;
    case KindId::kIngress:
      put(object, "status", Value{{"loadBalancer", Value::object()}});
      break;
    case KindId::kEvent:
      event_defaults(object);
      break;
    case KindId::kEndpointSlice:
      null_when_empty(object, "endpoints");
      null_when_empty(object, "ports");
      break;
    case KindId::kPodDisruptionBudget:
      budget_defaults(object);
      break;
    case KindId::kRole:
    case KindId::kClusterRole:
      null_when_empty(object, "rules");
      break;
    case KindId::kRoleBinding:
    case KindId::kClusterRoleBinding:
      binding_defaults(object);
      break;
    case KindId::kCustomResourceDefinition:
      definition_defaults(object);
      break;
    default:
      break;
  }
}

void prepare(const Kind& kind, Value& object) {
  if (kind.id != KindId::kNamespace) return;
  object["spec"]["finalizers"] = Value::array({"kubernetes"});
  object["status"] = {{"phase", "Active"}};
}

}  // namespace plumbline::kube
