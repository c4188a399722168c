#include "simulator/world/recorder.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

namespace plumbline::world {
namespace {

using Json = nlohmann::json;
using kube::Member;
using kube::Value;

constexpr std::array<std::string_view, 5> kKinds = {"Pod", "Service", "Endpoints", "Node", "Deployment"};
constexpr std::string_view kAnnotationPrefix = "plumbline/";

void keep(const Value& from, Value& to, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const Value* found = from.find(key)) to.set(key) = *found;
  }
}

Value trimmed_metadata(const Value& metadata) {
  Value kept = Value::object();
  keep(metadata, kept, {"name", "namespace", "uid", "labels", "deletionTimestamp", "resourceVersion"});
  for (const Member& annotation : metadata["annotations"].fields()) {
    if (annotation.name().starts_with(kAnnotationPrefix)) kept["annotations"].set(annotation.name()) = annotation.value;
  }
  return kept;
}

Value trimmed_spec(const Value& spec) {
  Value kept = Value::object();
  keep(spec, kept, {"selector", "ports", "type", "clusterIP", "publishNotReadyAddresses", "nodeName", "replicas"});
  for (const Value& container : spec["containers"]) {
    Value one = Value::object();
    keep(container, one, {"name", "ports"});
    kept["containers"].push_back(std::move(one));
  }
  return kept;
}

Value trimmed_status(const Value& status) {
  Value kept = Value::object();
  keep(status, kept, {"podIP", "phase", "loadBalancer"});
  for (const Value& condition : status["conditions"]) {
    if (condition["type"] == "Ready") kept["conditions"] = Value::array({condition});
  }
  return kept;
}

}  // namespace

Json trimmed(const Value& object) {
  Value kept = Value::object();
  keep(object, kept, {"kind", "subsets"});
  kept["metadata"] = trimmed_metadata(object["metadata"]);
  if (object.contains("spec")) kept["spec"] = trimmed_spec(object["spec"]);
  if (object.contains("status")) kept["status"] = trimmed_status(object["status"]);
  return to_json(kept);
}

void Recorder::change(const ClusterId& cluster, const kube::Change& change) {
  if (!sink_.wanted() || std::find(kKinds.begin(), kKinds.end(), change.kind) == kKinds.end()) return;
  sink_.write({{"type", "object"},
               {"t", now_us_()},
               {"cluster", cluster.str()},
               {"kind", change.kind},
               {"op", change.op},
               {"object", trimmed(change.object)}});
}

void Recorder::audit(const ClusterId& cluster, const kube::AuditEntry& entry) {
  if (!sink_.wanted()) return;
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
