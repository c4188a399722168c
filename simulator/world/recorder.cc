#include "simulator/world/recorder.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

namespace plumbline::world {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 5> kKinds = {"Pod", "Service", "Endpoints", "Node", "Deployment"};
constexpr std::string_view kAnnotationPrefix = "plumbline/";

void keep(const Json& from, Json& to, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (const auto found = from.find(key); found != from.end()) to[key] = *found;
  }
}

Json trimmed_metadata(const Json& metadata) {
  Json kept = Json::object();
  keep(metadata, kept, {"name", "namespace", "uid", "labels", "deletionTimestamp", "resourceVersion"});
  if (const auto annotations = metadata.find("annotations"); annotations != metadata.end()) {
    for (const auto& [key, value] : annotations->items()) {
      if (key.starts_with(kAnnotationPrefix)) kept["annotations"][key] = value;
    }
  }
  return kept;
}

Json trimmed_spec(const Json& spec) {
  Json kept = Json::object();
  keep(spec, kept, {"selector", "ports", "type", "clusterIP", "publishNotReadyAddresses", "nodeName", "replicas"});
  if (const auto containers = spec.find("containers"); containers != spec.end()) {
    for (const Json& container : *containers) {
      Json one = Json::object();
      keep(container, one, {"name", "ports"});
      kept["containers"].push_back(std::move(one));
    }
  }
  return kept;
}

Json trimmed_status(const Json& status) {
  Json kept = Json::object();
  keep(status, kept, {"podIP", "phase", "loadBalancer"});
  if (const auto conditions = status.find("conditions"); conditions != status.end()) {
    for (const Json& condition : *conditions) {
      if (condition.value("type", "") == "Ready") kept["conditions"] = Json::array({condition});
    }
  }
  return kept;
}

}  // namespace

Json trimmed(const Json& object) {
  Json kept = Json::object();
  keep(object, kept, {"kind", "subsets"});
  kept["metadata"] = trimmed_metadata(object.value("metadata", Json::object()));
  if (object.contains("spec")) kept["spec"] = trimmed_spec(object["spec"]);
  if (object.contains("status")) kept["status"] = trimmed_status(object["status"]);
  return kept;
}

void Recorder::change(const ClusterId& cluster, const kube::Change& change) {
  if (std::find(kKinds.begin(), kKinds.end(), change.kind) == kKinds.end()) return;
  sink_.write({{"type", "object"},
               {"t", now_us_()},
               {"cluster", cluster.str()},
               {"kind", change.kind},
               {"op", change.op},
               {"object", trimmed(*change.object)}});
}

void Recorder::audit(const ClusterId& cluster, const kube::AuditEntry& entry) {
  sink_.write({{"type", "audit"},
               {"t", now_us_()},
               {"cluster", cluster.str()},
               {"user", entry.user},
               {"verb", entry.verb},
               {"kind", entry.resource},
               {"namespace", entry.space},
               {"name", entry.name},
               {"path", entry.path},
               {"code", entry.code},
               {"from", entry.from},
               {"watch", entry.verb == "watch"}});
}

void Recorder::syn(const wire::Syn& syn) {
  syns_.push_back(syn);
  flush_full();
}

void Recorder::event(Json details) {
  details["type"] = "world";
  details["t"] = now_us_();
  sink_.write(details);
}

void Recorder::flush_full() {
  if (syns_.size() >= kBatchMax || journal_.hits() >= kBatchMax) flush();
}

void Recorder::flush() {
  if (const auto hits = journal_.take_hits(); !hits.empty()) sink_.write(wire::to_record(hits));
  if (!syns_.empty()) sink_.write(wire::to_record(std::exchange(syns_, {})));
}

}  // namespace plumbline::world
