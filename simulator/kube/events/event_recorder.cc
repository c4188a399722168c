#include "simulator/kube/events/event_recorder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace plumbline::kube {
namespace {

constexpr std::string_view kDefaultSpace = "default";  ///< of Events about what has no namespace
constexpr std::size_t kNameMax = 253;
constexpr std::string_view kCombined = "(combined from similar events): ";

std::string_view space_of(const Value& about) {
  const std::string_view space = about["namespace"].text();
  return space.empty() ? kDefaultSpace : space;
}

/// Source and object: what the limits are kept by.
std::string object_key(const EventSource& source, const Value& about) {
  return fmt::format("{}/{}/{}/{}/{}/{}/{}", source.component, source.host, about["kind"].text(),
                     about["namespace"].text(), about["name"].text(), about["uid"].text(), about["apiVersion"].text());
}

Value microseconds(std::chrono::system_clock::time_point when) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(when);
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(when - whole).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)), rest);
}

}  // namespace

EventRecorder::EventRecorder(Operations& operations) : operations_(operations), store_(operations.store()) {}

Value EventRecorder::about(const Object& object, std::string_view field) const {
  const Kind& kind = store_.kind(object.kind());
  Value reference{{"kind", kind.name},
                  {"name", object.name()},
                  {"uid", object.uid()},
                  {"apiVersion", kind.api_version()},
                  {"resourceVersion", std::to_string(object.resource_version())}};
  if (!object.space().empty()) reference["namespace"] = object.space();
  if (!field.empty()) reference["fieldPath"] = field;
  return reference;
}

void EventRecorder::normal(const EventSource& source, const Value& about, std::string_view reason,
                           std::string_view message) {
  if (may_tell(source, space_of(about))) tell(source, about, false, reason, message);
}

void EventRecorder::normal(const EventSource& source, const Object& object, std::string_view reason,
                           std::string_view message, std::string_view field) {
  if (may_tell(source, object.space())) tell(source, about(object, field), false, reason, message);
}

void EventRecorder::warning(const EventSource& source, const Value& about, std::string_view reason,
                            std::string_view message) {
  if (may_tell(source, space_of(about))) tell(source, about, true, reason, message);
}

void EventRecorder::warning(const EventSource& source, const Object& object, std::string_view reason,
                            std::string_view message, std::string_view field) {
  if (may_tell(source, object.space())) tell(source, about(object, field), true, reason, message);
}

void EventRecorder::scheduling(const Object& pod, bool warning, std::string_view reason, std::string_view action,
                               std::string_view message) {
  const EventSource& source = kDefaultScheduler;
  if (!may_tell(source, pod.space())) return;
  create(source, {{"metadata", {{"name", event_name(pod.name())}, {"namespace", pod.space()}}},
                  {"involvedObject", about(pod)},
                  {"type", warning ? "Warning" : "Normal"},
                  {"reason", reason},
                  {"action", action},
                  {"message", message},
                  {"eventTime", microseconds(store_.wall_clock())},
                  {"reportingComponent", source.component},
                  {"reportingInstance", fmt::format("{}-0", source.component)}});
}

void EventRecorder::refill(Bucket& bucket, Moment now, double most, double per_second) {
  const double seconds = bucket.tokens < 0 ? 0 : std::chrono::duration<double>(now - bucket.at).count();
  // A clock that is put back gives nothing and takes nothing.
  bucket.tokens = bucket.tokens < 0 ? most : std::min(most, bucket.tokens + std::max(0.0, seconds) * per_second);
  bucket.at = now;
}

bool EventRecorder::may_tell(const EventSource& source, std::string_view space) {
  Bucket& bucket = components_[source.component];
  refill(bucket, store_.wall_clock(), kComponentBurst, kComponentRate);
  if (bucket.tokens < 1) return false;
  const ObjectPtr home = store_.find(KindId::kNamespace, "", space.empty() ? kDefaultSpace : space);
  return home && !home->deleting();
}

std::string EventRecorder::event_name(std::string_view object) {
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(store_.wall_clock().time_since_epoch()).count();
  last_nanos_ = std::max<std::int64_t>(now, last_nanos_ + 1);
  std::string name = fmt::format("{}.{:x}", object, last_nanos_);
  return name.size() > kNameMax ? store_.generate_uid() : name;
}

void EventRecorder::tell(const EventSource& source, const Value& about, bool warning, std::string_view reason,
                         std::string_view message) {
  const std::string space(space_of(about));
  const Moment now = store_.wall_clock();
  const std::string_view type = warning ? "Warning" : "Normal";
  const std::string object = object_key(source, about);
  const std::string kind_of_event = fmt::format("{}/{}/{}", object, type, reason);

  Similar& similar = similar_.of(kind_of_event);
  if (now - similar.last > kSimilarSpan) similar.messages.clear();
  similar.last = now;
  similar.messages.emplace(message);
  const bool combined = similar.messages.size() >= kSimilarMax;
  std::string said(message);
  if (combined) {
    similar.messages.erase(similar.messages.begin());
    said = std::string(kCombined) + said;
  }

  Told& told =
      told_.of(combined ? kind_of_event : fmt::format("{}/{}/{}", kind_of_event, about["fieldPath"].text(), message));
  const bool again = told.count++ > 0;
  if (!again) {
    told.name = event_name(about["name"].text());
    told.first = store_.now();
  }

  Bucket& bucket = objects_.of(object);
  refill(bucket, now, kObjectBurst, 1.0 / static_cast<double>(kObjectRefill.count()));
  if (bucket.tokens < 1) return;
  bucket.tokens -= 1;

  if (const ObjectPtr current = again ? store_.find(KindId::kEvent, space, told.name) : nullptr) {
    components_[source.component].tokens -= 1;
    Value next = current->value();
    next["count"] = told.count;
    next["lastTimestamp"] = store_.now();
    next["message"] = said;
    (void)operations_.write(current, std::move(next), source.manager);
    return;
  }
  Value from{{"component", source.component}};
  if (!source.host.empty()) from["host"] = source.host;
  create(source, {{"metadata", {{"name", told.name}, {"namespace", space}}},
                  {"involvedObject", about},
                  {"type", type},
                  {"reason", reason},
                  {"message", said},
                  {"source", from},
                  {"firstTimestamp", told.first},
                  {"lastTimestamp", store_.now()},
                  {"count", told.count},
                  {"reportingComponent", source.component},
                  {"reportingInstance", source.host}});
}

void EventRecorder::create(const EventSource& source, Value event) {
  components_[source.component].tokens -= 1;
  const std::string space = std::as_const(event).at("metadata.namespace").string();
  Value& owned = owned_[fmt::format("{}{}{}", source.manager, source.host.empty() ? "" : "/host",
                                    event.contains("action") ? "/action" : "")];
  if (owned.is_null()) {
    WriteOptions options;
    options.manager = source.manager;
    const auto created = operations_.create(KindId::kEvent, space, std::move(event), options);
    if (created) owned = (*created)->at("metadata.managedFields").front();
    return;
  }
  // Thousands are of one form: who owns which field, and what is left out, need not be found out each time.
  Value entry = owned;
  entry["time"] = store_.now();
  event["metadata"]["managedFields"] = Value::array({std::move(entry)});
  event["kind"] = "Event";
  event["apiVersion"] = "v1";
  for (const char* field : {"eventTime", "firstTimestamp", "lastTimestamp"}) event.set(field);
  if (std::as_const(event)["source"].is_null()) event["source"] = Value::object();
  (void)store_.create(KindId::kEvent, std::move(event));
}

}  // namespace plumbline::kube
