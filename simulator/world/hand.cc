#include "simulator/world/hand.h"

#include <fmt/format.h>

#include "model/nearest.h"

namespace plumbline::world {
namespace {

using kube::Json;

bool is_ready(const Json& pod) {
  for (const Json& condition : pod.value("status", Json::object()).value("conditions", Json::array())) {
    if (condition.value("type", "") == "Ready") return condition.value("status", "") == "True";
  }
  return false;
}

Labels labels_of(const Json& object) {
  Labels labels;
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) labels[key] = value.get<std::string>();
  }
  return labels;
}

}  // namespace

Error Hand::with_suggestion(Error error, const std::string& kind, const ObjectName& object) const {
  if (error.reason != Reason::kNotFound) return error;
  error.text += suggestion(object.name, cluster_.names(kind, object.space));
  return error;
}

Result<void> Hand::apply(const Json& manifest) {
  const auto applied = cluster_.apply(manifest);
  return applied ? Result<void>() : Result<void>(applied.error());
}

Result<void> Hand::remove(const ObjectName& object, const std::string& kind) {
  const auto removed = cluster_.remove(kind, object);
  return removed ? Result<void>() : with_suggestion(removed.error(), kind, object);
}

Result<void> Hand::scale(const ObjectName& deployment, int replicas) {
  const auto done = cluster_.scale(deployment, replicas);
  return done ? Result<void>() : with_suggestion(done.error(), "Deployment", deployment);
}

Result<void> Hand::label(const ObjectName& pod, const Labels& labels) {
  Json patch = Json::object();
  for (const auto& [key, value] : labels) patch[key] = value.empty() ? Json() : Json(value);
  const auto patched = cluster_.merge_patch("Pod", pod, {{"metadata", {{"labels", patch}}}});
  return patched ? Result<void>() : with_suggestion(patched.error(), "Pod", pod);
}

Result<void> Hand::set_node_ready(const std::string& node, const std::string& status) {
  const auto done = cluster_.set_node_ready(node, status);
  return done ? Result<void>() : with_suggestion(done.error(), "Node", {name_, "", node});
}

Result<std::string> Hand::uid_of(const ObjectName& pod) const {
  const auto object = cluster_.get("Pod", pod);
  if (!object) return with_suggestion(object.error(), "Pod", pod);
  return object->at("metadata").value("uid", "");
}

std::string Hand::missing_pods(const ObjectName& deployment, int replicas) const {
  const auto object = cluster_.get("Deployment", deployment);
  if (!object) return object.error().text;
  const Labels selector = labels_of(
      object->value("spec", Json::object()).value("selector", Json::object()).value("matchLabels", Json::object()));
  int ready = 0;
  int terminating = 0;
  int others = 0;
  for (const Json& pod : cluster_.list("Pod", deployment.space)) {
    const Json& metadata = pod.at("metadata");
    if (!carries_all(labels_of(metadata.value("labels", Json::object())), selector)) continue;
    const bool faulted = is_faulted_(metadata.value("uid", ""));
    ++(metadata.contains("deletionTimestamp") ? terminating : is_ready(pod) || faulted ? ready : others);
  }
  if (ready == replicas && terminating == 0 && others == 0) return "";
  return fmt::format("{} wants {} Pods, has {} ready, {} not ready, {} terminating", deployment.str(), replicas, ready,
                     others, terminating);
}

std::string Hand::missing_pods() const {
  for (const Json& deployment : cluster_.list("Deployment")) {
    const Json& metadata = deployment.at("metadata");
    const ObjectName name{name_, metadata.value("namespace", ""), metadata.value("name", "")};
    const int replicas = deployment.value("spec", Json::object()).value("replicas", 1);
    if (std::string missing = missing_pods(name, replicas); !missing.empty()) return missing;
  }
  for (const Json& pod : cluster_.list("Pod")) {
    const Json& metadata = pod.at("metadata");
    if (is_ready(pod) || metadata.contains("deletionTimestamp") || is_faulted_(metadata.value("uid", ""))) continue;
    return fmt::format("Pod {}/{} is not ready", name_.str(), metadata.value("name", ""));
  }
  return "";
}

Result<void> Hand::tamper(const ObjectName& service, const std::vector<std::string>& addresses) {
  const auto endpoints = cluster_.get("Endpoints", service);
  if (!endpoints) return with_suggestion(endpoints.error(), "Endpoints", service);
  Json subsets = endpoints->value("subsets", Json::array());
  if (subsets.empty()) {
    const auto object = cluster_.get("Service", service);
    if (!object) return object.error();
    Json ports = Json::array();
    for (const Json& port : object->value("spec", Json::object()).value("ports", Json::array())) {
      const Json& target = port.contains("targetPort") ? port["targetPort"] : port["port"];
      ports.push_back({{"name", port.value("name", "")},
                       {"port", target.is_number() ? target : port["port"]},
                       {"protocol", port.value("protocol", "TCP")}});
    }
    subsets.push_back({{"ports", ports}});
  }
  for (Json& subset : subsets) {
    for (const std::string& address : addresses) subset["addresses"].push_back({{"ip", address}});
  }
  const auto patched = cluster_.merge_patch("Endpoints", service, {{"subsets", subsets}});
  return patched ? Result<void>() : Result<void>(patched.error());
}

}  // namespace plumbline::world
