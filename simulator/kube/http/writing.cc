// POST, PUT, PATCH and DELETE, and the subresources that write.
#include <fmt/format.h>

#include <algorithm>

#include "simulator/kube/access/escalation.h"
#include "simulator/kube/http/api_server.h"
#include "simulator/kube/http/negotiation.h"
#include "simulator/kube/http/protobuf.h"
#include "simulator/kube/merge/patch.h"
#include "simulator/kube/schema/builtin.h"
#include "simulator/kube/schema/conform.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kBodyTypes = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
constexpr std::size_t kManagerMax = 128;  ///< bytes of the name of a field manager

bool is_dry(const Target& target) { return target.parameter("dryRun") == "All"; }

/// Of the query: dryRun, fieldValidation, fieldManager. 422 for words that are none.
Outcome<WriteOptions> write_options(const HttpRequest& request, const Target& target, std::string_view options_name) {
  WriteOptions options;
  std::vector<Cause> causes;
  const std::string dry = target.parameter("dryRun"), validation = target.parameter("fieldValidation");
  if (!dry.empty() && dry != "All")
    causes.push_back({"FieldValueNotSupported",
                      fmt::format("Unsupported value: [\"{}\"]: supported values: \"All\"", dry), "dryRun"});
  if (!validation.empty() && validation != "Ignore" && validation != "Warn" && validation != "Strict")
    causes.push_back(
        {"FieldValueNotSupported",
         fmt::format("Unsupported value: \"{}\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"", validation),
         "fieldValidation"});
  options.manager = target.parameter("fieldManager");
  if (options.manager.size() > kManagerMax)
    causes.push_back(
        {"FieldValueTooLong", fmt::format("Too long: may not be more than {} bytes", kManagerMax), "fieldManager"});
  if (!causes.empty()) return invalid_options(options_name, causes);
  if (options.manager.empty()) options.manager = manager_of_user_agent(request.user_agent);
  options.dry_run = !dry.empty();
  options.validation = validation == "Strict"                       ? FieldValidation::kStrict
                       : validation == "Warn" || validation.empty() ? FieldValidation::kWarn
                                                                    : FieldValidation::kIgnore;
  options.version = target.served->name;
  options.part = target.subresource == "status" ? Part::kStatus : Part::kMain;
  return options;
}

Outcome<Propagation> propagation_of(std::string_view word) {
  if (word == "Orphan") return Propagation::kOrphan;
  if (word == "Foreground") return Propagation::kForeground;
  if (word == "Background") return Propagation::kBackground;
  return invalid_options(
      "DeleteOptions",
      {{"FieldValueNotSupported",
        fmt::format("Unsupported value: \"{}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
                    word),
        "propagationPolicy"}});
}

/// `options` with what `value`, a DeleteOptions, says. 422 for a policy that is none.
Outcome<DeleteOptions> wanted_deletion(const Value& value, DeleteOptions options) {
  if (value["gracePeriodSeconds"].is_integer()) options.grace_seconds = value["gracePeriodSeconds"].integer();
  if (value["orphanDependents"].boolean()) options.propagation = Propagation::kOrphan;
  if (const std::string_view policy = value["propagationPolicy"].text(); !policy.empty()) {
    const auto propagation = propagation_of(policy);
    if (!propagation) return propagation.error();
    options.propagation = *propagation;
  }
  options.uid = value.at("preconditions.uid").text();
  options.resource_version = value.at("preconditions.resourceVersion").text();
  for (const Value& dry : value["dryRun"]) options.dry_run = options.dry_run || dry == "All";
  return options;
}

Outcome<DeleteOptions> delete_options(const HttpRequest& request, const Target& target) {
  DeleteOptions options;
  options.dry_run = is_dry(target);
  if (const std::string dry = target.parameter("dryRun"); !dry.empty() && !options.dry_run)
    return invalid_options("DeleteOptions",
                           {{"FieldValueNotSupported",
                             fmt::format("Unsupported value: [\"{}\"]: supported values: \"All\"", dry), "dryRun"}});
  const std::string seconds = target.parameter("gracePeriodSeconds");
  if (!seconds.empty() && seconds.find_first_not_of("-0123456789") != std::string::npos)
    return bad_request(fmt::format("strconv.ParseInt: parsing \"{}\": invalid syntax", seconds));
  if (const auto grace = parse_number(seconds))
    options.grace_seconds = static_cast<std::int64_t>(std::min<std::uint64_t>(*grace, kGraceSecondsMax));
  if (target.flag("orphanDependents")) options.propagation = Propagation::kOrphan;
  if (!request.body.empty()) {
    const auto body = read_body(request, "DeleteOptions");
    if (!body) return body.error();
    if (!body->value["propagationPolicy"].text().empty()) return wanted_deletion(body->value, options);
    const auto wanted = wanted_deletion(body->value, options);
    options = *wanted;
  }
  if (const std::string policy = target.parameter("propagationPolicy"); !policy.empty()) {
    const auto propagation = propagation_of(policy);
    if (!propagation) return propagation.error();
    options.propagation = *propagation;
  }
  return options;
}

constexpr std::string_view kApplyType = "application/apply-patch+yaml";

std::optional<PatchType> patch_type(std::string_view type) {
  if (type == "application/json-patch+json") return PatchType::kJson;
  if (type == "application/merge-patch+json") return PatchType::kMerge;
  if (type == "application/strategic-merge-patch+json") return PatchType::kStrategic;
  return std::nullopt;
}

Failure unsupported_patch() { return {415, "UnsupportedMediaType", "415: Unsupported Media Type", Value::object()}; }

/// Makes `scale` a Scale; says why it is none.
std::string read_scale(Value& scale) {
  if (const std::string_view kind = std::as_const(scale)["kind"].text(); !kind.empty() && kind != "Scale")
    return fmt::format(
        "no kind \"{}\" is registered for version \"autoscaling/v1\" in scheme \"pkg/runtime/scheme.go:110\"", kind);
  return conform(*builtin_type("Scale"), scale).mistake;
}

/// The Scale that a PUT sends, or that a PATCH makes of `current`. 400, 415, 422.
Outcome<Value> wanted_scale(const HttpRequest& request, const Value& current) {
  auto body = read_body(request, "Scale");
  if (!body) return body.error();
  if (request.method == "PUT") {
    const std::string mistake = read_scale(body->value);
    if (!mistake.empty()) return bad_request("Scale in version \"v1\" cannot be handled as a Scale: " + mistake);
    return std::move(body->value);
  }
  const auto format = patch_type(media_type(request.content_type));
  if (!format) return unsupported_patch();
  auto scale = patched(current, *format, body->value, nullptr);
  if (!scale) return scale.error();
  const Value shown = to_text(*scale);
  if (const std::string mistake = read_scale(*scale); !mistake.empty()) {
    const std::string words = fmt::format("Invalid value: {}: {}", to_text(shown), mistake);
    return invalid(Kind{}, "", {{"FieldValueInvalid", words, "patch"}});
  }
  return scale;
}

bool is_body_type(std::string_view type) {
  return type.empty() || type == "application/json" || type == kProtobufType || type == "application/yaml" ||
         type == "*/*";
}

}  // namespace

std::function<Outcome<void>(const Value&, const Object*)> ApiServer::permission(const Call& call) {
  const Kind& kind = *call.target.kind;
  if (kind.id != KindId::kRole && kind.id != KindId::kClusterRole && kind.id != KindId::kRoleBinding &&
      kind.id != KindId::kClusterRoleBinding)
    return nullptr;
  return [this, &kind, user = call.user, name = call.target.name](const Value& object, const Object* current) {
    return check_escalation(authorizer_, store_, user, kind, name, object, current);
  };
}

Reply ApiServer::create(Call& call) {
  const Target& target = call.target;
  if (!is_body_type(media_type(call.request.content_type))) return refuse(unsupported_media(kBodyTypes));
  if (target.kind->namespaced && target.space.empty())
    return refuse(bad_request("an empty namespace may not be set during creation"));
  auto options = write_options(call.request, target, "CreateOptions");
  if (!options) return refuse(options.error());
  auto body = read_body(call.request, target.kind->name);
  if (!body) return refuse(body.error());
  options->duplicates = std::move(body->duplicates);
  options->warnings = &call.warnings;
  options->permission = permission(call);
  const auto created = operations_.create(target.kind->id, target.space, std::move(body->value), *options);
  if (!created) return refuse(created.error());
  return show(call, *created, 201);
}

Reply ApiServer::change(Call& call) {
  const Target& target = call.target;
  const std::string_view type = media_type(call.request.content_type);
  const bool replaces = call.request.method == "PUT";
  auto options = write_options(call.request, target, replaces ? "UpdateOptions" : "PatchOptions");
  if (!options) return refuse(options.error());
  options->warnings = &call.warnings;
  options->permission = permission(call);
  if (!replaces && type == kApplyType) return apply(call, std::move(*options));
  if (!replaces && target.flag("force"))
    return refuse(invalid_options(
        "PatchOptions", {{"FieldValueForbidden", "Forbidden: may not be specified for non-apply patch", "force"}}));
  const auto format = patch_type(type);
  // Protobuf bodies may lack fields that are not known here; only text may replace a whole object.
  if (replaces && (!is_body_type(type) || type == kProtobufType)) return refuse(unsupported_media(kBodyTypes));
  if (!replaces && !format) return refuse(unsupported_patch());
  if (!replaces && format == PatchType::kStrategic && target.kind->custom)
    return refuse(
        unsupported_media("application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"));
  auto body = read_body(call.request, target.kind->name);
  if (!body) return refuse(body.error());
  options->duplicates = std::move(body->duplicates);
  const auto written = replaces ? operations_.update(key_of(target), std::move(body->value), *options)
                                : operations_.patch(key_of(target), *format, body->value, *options);
  if (!written) return refuse(written.error());
  return show(call, *written, 200);
}

Reply ApiServer::apply(Call& call, WriteOptions options) {
  const Target& target = call.target;
  if (target.parameter("fieldManager").empty())
    return refuse(invalid_options(
        "PatchOptions", {{"FieldValueRequired", "Required value: is required for apply patch", "fieldManager"}}));
  auto body = read_body(call.request, target.kind->name);
  if (!body) return refuse(body.error());
  options.duplicates = std::move(body->duplicates);
  const bool made = !store_.find(key_of(target));
  const auto applied = operations_.apply(key_of(target), std::move(body->value), target.flag("force"), options);
  if (!applied) return refuse(applied.error());
  return show(call, *applied, made ? 201 : 200);
}

Reply ApiServer::remove(const Call& call) {
  const Target& target = call.target;
  const auto options = delete_options(call.request, target);
  if (!options) return refuse(options.error());
  const auto removed = operations_.remove(key_of(target), *options);
  if (!removed) return refuse(removed.error());
  if (target.kind->id == KindId::kPod || options->dry_run || store_.find_uid((*removed)->uid()))
    return show(call, *removed, 200);
  Value details{{"name", target.name}, {"kind", target.kind->plural}, {"uid", (*removed)->uid()}};
  if (!target.kind->group.empty()) details["group"] = target.kind->group;
  return respond(200, {{"kind", "Status"},
                       {"apiVersion", "v1"},
                       {"metadata", Value::object()},
                       {"status", "Success"},
                       {"details", std::move(details)}});
}

Reply ApiServer::remove_collection(const Call& call) {
  const Target& target = call.target;
  if (target.kind->id == KindId::kNamespace) return refuse(method_not_allowed());
  const auto options = delete_options(call.request, target);
  if (!options) return refuse(options.error());
  const auto labels = LabelSelector::parse(target.parameter("labelSelector"));
  if (!labels) return refuse(labels.error());
  const auto fields = FieldSelector::parse(target.parameter("fieldSelector"), *target.kind);
  if (!fields) return refuse(fields.error());
  const std::string version = std::to_string(store_.resource_version());
  std::vector<ObjectPtr> objects;
  for (const ObjectPtr& object : store_.list(target.kind->id, target.space, *labels))
    if (fields->matches(*object)) objects.push_back(object);
  for (const ObjectPtr& object : objects) (void)operations_.remove(object->key(), *options);
  return show_list(call, objects, Value{{"resourceVersion", version}});
}

Reply ApiServer::scale(Call& call) {
  const Target& target = call.target;
  const ObjectPtr object = store_.find(key_of(target));
  if (!object) return refuse(not_found(*target.kind, target.name));
  if (call.request.method == "GET") return respond(200, operations_.scale_of(*object));
  const bool replaces = call.request.method == "PUT";
  if (!replaces && call.request.method != "PATCH") return refuse(method_not_allowed());
  const auto wanted = wanted_scale(call.request, operations_.scale_of(*object));
  if (!wanted) return refuse(wanted.error());
  const std::string_view name = wanted->at("metadata.name").text();
  if (name.empty())
    return refuse(bad_request(fmt::format(
        "the name of the object ({} based on URL) was undeterminable: name must be provided", target.name)));
  if (name != target.name)
    return refuse(bad_request(
        fmt::format("the name of the object ({}) does not match the name on the URL ({})", name, target.name)));
  const std::string version = wanted->at("metadata.resourceVersion").string();
  if (!version.empty() && version != std::to_string(object->resource_version()))
    return refuse(conflict(*target.kind, target.name));
  auto options = write_options(call.request, target, replaces ? "UpdateOptions" : "PatchOptions");
  if (!options) return refuse(options.error());
  options->part = Part::kScale;
  const auto scaled = operations_.set_replicas(key_of(target), wanted->at("spec.replicas").integer(), *options);
  if (!scaled) return refuse(scaled.error());
  return respond(200, operations_.scale_of(**scaled));
}

Reply ApiServer::evict(const Call& call) {
  const auto written = write_options(call.request, call.target, "CreateOptions");
  if (!written) return refuse(written.error());
  const auto body = read_body(call.request, "Eviction");
  if (!body) return refuse(body.error());
  Kind eviction;
  eviction.group = "policy";
  eviction.name = "Eviction";
  KindVersion version;
  version.name = body->value["apiVersion"] == "policy/v1beta1" ? "v1beta1" : "v1";
  if (const auto other = operations_.other_than(eviction, version, body->value)) return refuse(*other);
  if (const std::string_view space = body->value.at("metadata.namespace").text();
      !space.empty() && space != call.target.space)
    return refuse(bad_request("the namespace of the provided object does not match the namespace sent on the request"));
  if (body->value.at("metadata.name") != call.target.name)
    return refuse(bad_request("name in URL does not match name in Eviction object"));
  DeleteOptions dry;
  dry.dry_run = written->dry_run;
  const auto options = wanted_deletion(body->value["deleteOptions"], dry);
  if (!options) return refuse(options.error());
  const auto evicted = operations_.evict(key_of(call.target), *options);
  if (!evicted) return refuse(evicted.error());
  return respond(
      201,
      {{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", Value::object()}, {"status", "Success"}, {"code", 201}});
}

Reply ApiServer::bind(const Call& call) {
  const ObjectPtr pod = store_.find(key_of(call.target));
  if (!pod) return refuse(not_found(*call.target.kind, call.target.name));
  const auto body = read_body(call.request, "Binding");
  if (!body) return refuse(body.error());
  if (const std::string_view name = body->value.at("metadata.name").text(); !name.empty() && name != pod->name())
    return refuse(bad_request("name in URL does not match name in Binding object"));
  const std::string_view node = body->value.at("target.name").text(), kind = body->value.at("target.kind").text();
  // A real server says of these that it is at fault.
  if (!kind.empty() && kind != "Node")
    return refuse({500, "",
                   fmt::format("target.kind: Unsupported value: \"{}\": supported values: \"Node\", \"<empty>\"", kind),
                   nullptr});
  if (node.empty()) return refuse({500, "", "target.name: Required value", nullptr});
  if (const std::string_view bound = pod->text("spec.nodeName"); !bound.empty()) {
    Failure failure = conflict(*call.target.kind, call.target.name);
    failure.message = fmt::format(
        "Operation cannot be fulfilled on pods/binding \"{0}\": pod {0} is already assigned to node \"{1}\"",
        pod->name(), bound);
    return refuse(failure);
  }
  Value next = pod->value();
  next["spec"]["nodeName"] = node;
  const Value now = store_.now();
  next["status"]["conditions"].push_back(
      {{"type", "PodScheduled"}, {"status", "True"}, {"lastProbeTime", nullptr}, {"lastTransitionTime", now}});
  if (!is_dry(call.target))
    if (const auto bound = store_.replace(pod, std::move(next)); !bound) return refuse(bound.error());
  return respond(
      201,
      {{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", Value::object()}, {"status", "Success"}, {"code", 201}});
}

/// A namespace's finalizers are in its spec, and are written here only.
Reply ApiServer::finalize(const Call& call) {
  const ObjectPtr space = store_.find(key_of(call.target));
  if (!space) return refuse(not_found(*call.target.kind, call.target.name));
  const auto body = read_body(call.request, call.target.kind->name);
  if (!body) return refuse(body.error());
  Value next = space->value();
  next["spec"]["finalizers"] = body->value.at("spec.finalizers");
  if (is_dry(call.target)) return show(call, space, 200);
  const auto replaced = store_.replace(space, std::move(next));
  if (!replaced) return refuse(replaced.error());
  return show(call, *replaced, 200);
}

}  // namespace plumbline::kube
