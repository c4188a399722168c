#include "simulator/kube/api/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "simulator/kube/api/defaults.h"
#include "simulator/kube/schema/conform.h"
#include "simulator/kube/validation/validation.h"
#include "simulator/kube/value/go_text.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

// Pods' status is written by the kubelet, and so on; what a creator says of it does not count.
bool status_is_the_systems(const Kind& kind) { return kind.has(kStatusPart) && kind.id != KindId::kNode; }

/// What a change of is a new generation: everything but metadata and status.
bool same_wish(const Value& left, const Value& right) {
  Value mine = left, other = right;
  for (Value* value : {&mine, &other}) {
    value->erase("metadata");
    value->erase("status");
  }
  return mine == other;
}

void keep(Value& next, const Value& current, std::string_view field) {
  if (const Value* found = current.find(field))
    next.set(field) = *found;
  else
    next.erase(field);
}

Author author_of(const Kind& kind, const WriteOptions& options) {
  const KindVersion* version = options.version.empty() ? nullptr : kind.version(options.version);
  const std::string_view subresource = options.part == Part::kStatus  ? "status"
                                       : options.part == Part::kScale ? "scale"
                                                                      : "";
  return {options.manager, version == nullptr ? kind.api_version() : kind.api_version(*version),
          std::string(subresource)};
}

bool are_managed_fields(const Value& managed) {
  if (managed.empty() || !managed.is_array()) return false;
  if (managed.size() == 1 && managed.front().empty()) return true;
  return std::all_of(managed.begin(), managed.end(), [](const Value& entry) {
    return entry["fieldsType"] == "FieldsV1" && entry["fieldsV1"].is_object() &&
           (entry["operation"] == "Apply" || entry["operation"] == "Update");
  });
}

/// That a configuration is one of the object that it is applied to.
Outcome<void> check_meant(const Kind& kind, const ObjectKey& key, const Value& config, const WriteOptions& options) {
  const KindVersion* version = options.version.empty() ? &kind.storage() : kind.version(options.version);
  const std::string_view api = config["apiVersion"].text();
  if (version == nullptr || api != kind.api_version(*version) || config["kind"] != kind.name)
    return bad_request(fmt::format("invalid object type: {}{}, Kind={}",
                                   api.find('/') == std::string_view::npos ? "/" : "", api, config["kind"].text()));
  const std::string_view name = config.at("metadata.name").text();
  if (name.empty())
    return bad_request(
        fmt::format("the name of the object ({} based on URL) was undeterminable: name must be provided", key.name));
  if (name != key.name)
    return bad_request(
        fmt::format("the name of the object ({}) does not match the name on the URL ({})", name, key.name));
  if (!config.at("metadata.managedFields").empty()) return bad_request("metadata.managedFields must be nil");
  return {};
}

ObjectPtr unsaved(KindId kind, Value value, const Object* current, std::uint64_t version) {
  auto identity = std::make_shared<Identity>();
  identity->kind = kind;
  identity->space = std::as_const(value).at("metadata.namespace").text();
  identity->name = std::as_const(value).at("metadata.name").text();
  identity->uid = current == nullptr ? "" : current->uid();
  return std::make_shared<const Object>(std::move(identity), std::move(value), version);
}

}  // namespace

bool Operations::counts_generations(const Kind& kind) {
  switch (kind.id) {
    case KindId::kPod:
    case KindId::kDeployment:
    case KindId::kReplicaSet:
    case KindId::kStatefulSet:
    case KindId::kDaemonSet:
    case KindId::kEndpointSlice:
    case KindId::kIngress:
    case KindId::kIngressClass:
    case KindId::kPodDisruptionBudget:
    case KindId::kCustomResourceDefinition:
      return true;
    default:
      return kind.custom;
  }
}

Failure Operations::Unreadable::failure(const Kind& kind) const {
  return bad_request(fmt::format("{} in version \"{}\" cannot be handled as a {}: {}", said, version, kind.name, why));
}

std::optional<Failure> Operations::other_than(const Kind& kind, const KindVersion& version, const Value& object) const {
  const auto other = other_kind(kind, version, object);
  return other ? std::optional(other->failure(kind)) : std::nullopt;
}

/// Says what `object` is said to be, when that is not of `kind`.
std::optional<Operations::Unreadable> Operations::other_kind(const Kind& kind, const KindVersion& version,
                                                             const Value& object) const {
  const std::string_view name = object["kind"].text(), api = object["apiVersion"].text();
  const bool other = (!name.empty() && name != kind.name) || (!api.empty() && api != kind.api_version(version));
  if (!other) return std::nullopt;
  const std::string said(name.empty() ? std::string_view(kind.name) : name);
  const std::string in = api.empty() ? kind.api_version(version) : std::string(api);
  const std::size_t slash = in.find('/');
  const std::string number = slash == std::string::npos ? in : in.substr(slash + 1);
  const Kind* known = store_.registry().find_named(slash == std::string::npos ? "" : in.substr(0, slash), said);
  if (known == nullptr || known->version(number) == nullptr)
    return Unreadable{
        said, number,
        fmt::format("no kind \"{}\" is registered for version \"{}\" in scheme \"pkg/runtime/scheme.go:110\"", said,
                    in)};
  return Unreadable{said, number,
                    fmt::format("converting ({}.{}) to ({}.{}): unknown conversion", number, said,
                                kind.group.empty() ? "core" : kind.group.substr(0, kind.group.find('.')), kind.name)};
}

/// Makes `object` one of its kind; fields that the kind does not have are dealt with as asked.
std::optional<Operations::Unreadable> Operations::read(const Kind& kind, Value& object,
                                                       const WriteOptions& options) const {
  const KindVersion* version = options.version.empty() ? &kind.storage() : kind.version(options.version);
  if (version == nullptr) version = &kind.storage();
  if (auto other = other_kind(kind, *version, object)) return other;
  object["kind"] = kind.name;
  object["apiVersion"] = kind.api_version();
  if (version->type != nullptr) {
    Conformed conformed;
    if (kind.custom)
      conformed.unknown = prune(*version->type, object);
    else
      conformed = conform(*version->type, object);
    if (!conformed.mistake.empty()) return Unreadable{kind.name, version->name, conformed.mistake};
    if (options.validation != FieldValidation::kIgnore) {
      std::vector<std::string> complaints;
      for (const std::string& field : conformed.unknown)
        complaints.push_back(fmt::format("unknown field \"{}\"", field));
      for (const std::string& field : options.duplicates)
        complaints.push_back(fmt::format("duplicate field \"{}\"", field));
      if (options.validation == FieldValidation::kStrict && !complaints.empty())
        return Unreadable{kind.name, version->name,
                          fmt::format("strict decoding error: {}", fmt::join(complaints, ", "))};
      if (options.warnings != nullptr)
        options.warnings->insert(options.warnings->end(), complaints.begin(), complaints.end());
    }
  }
  if (!std::as_const(object)["metadata"].is_object()) object["metadata"] = Value::object();
  return std::nullopt;
}

Outcome<void> Operations::check_space(const Kind& kind, const std::string& space, std::string_view name) const {
  const ObjectPtr home = store_.find(KindId::kNamespace, "", space);
  if (!home) return not_found(store_.kind(KindId::kNamespace), space);
  if (!home->deleting()) return {};
  Failure failure = forbidden(kind, name,
                              fmt::format("unable to create new content in namespace {} because it is being "
                                          "terminated",
                                          space));
  failure.details["causes"] = Value::array({{{"reason", "NamespaceTerminating"},
                                             {"message", fmt::format("namespace {} is being terminated", space)},
                                             {"field", "metadata.namespace"}}});
  return failure;
}

Outcome<void> Operations::admit(const Kind& kind, Value& object, const Object* current, bool dry_run) {
  if (kind.id == KindId::kPod && current == nullptr) return pods_.admit(object);
  if (kind.id == KindId::kService) return services_.allocate(kind, object, current, dry_run);
  if (kind.id == KindId::kCustomResourceDefinition && check_definition_) return check_definition_(object, current);
  return {};
}

Outcome<ObjectPtr> Operations::create(KindId id, const std::string& space, Value object, const WriteOptions& options) {
  const Kind& kind = store_.kind(id);
  if (!object.is_object()) return bad_request("the object must be a JSON object");
  if (const auto mistake = read(kind, object, options)) return mistake->failure(kind);
  return create_checked(kind, space, std::move(object), options, false);
}

Outcome<ObjectPtr> Operations::create_checked(const Kind& kind, const std::string& space, Value object,
                                              const WriteOptions& options, bool applied) {
  const KindId id = kind.id;
  Value& metadata = object["metadata"];
  if (kind.namespaced) {
    const Value& given = std::as_const(metadata)["namespace"];
    if (!given.text().empty() && given != space)
      return bad_request("the namespace of the provided object does not match the namespace sent on the request");
    metadata["namespace"] = space;
    if (const auto there = check_space(kind, space, std::as_const(metadata)["name"].text()); !there)
      return there.error();
  } else {
    metadata.erase("namespace");
  }
  if (const Value& version = std::as_const(metadata)["resourceVersion"];
      !options.dry_run && !version.text().empty() && version != "0")
    return Failure{500, "", "resourceVersion should not be set on objects to be created", nullptr};
  for (const char* field : {"creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
                            "resourceVersion", "selfLink", "uid"})
    metadata.erase(field);
  if (!applied) metadata.erase("managedFields");
  if (status_is_the_systems(kind)) object.erase("status");
  if (counts_generations(kind)) object["metadata"]["generation"] = 1;
  if (const std::string prefix = std::as_const(object).at("metadata.generateName").string();
      !prefix.empty() && std::as_const(object).at("metadata.name").text().empty())
    object["metadata"]["name"] = store_.generate_name(id, space, prefix);
  set_defaults(kind, object);
  if (!applied) own(kind, nullptr, object, author_of(kind, options));
  prepare(kind, object);
  if (id == KindId::kPod)
    if (const auto admitted = admit(kind, object, nullptr, options.dry_run); !admitted) return admitted.error();
  const std::string name = std::as_const(object).at("metadata.name").string();
  if (options.permission)
    if (const auto permitted = options.permission(object, nullptr); !permitted) return permitted.error();
  if (const auto causes = validate(kind, object, nullptr); !causes.empty()) return invalid(kind, name, causes);
  if (!name.empty() && store_.find(id, space, name)) return already_exists(kind, name);
  if (id != KindId::kPod)
    if (const auto admitted = admit(kind, object, nullptr, options.dry_run); !admitted) return admitted.error();
  if (!options.dry_run) return store_.create(id, std::move(object));
  object["metadata"]["creationTimestamp"] = store_.now();
  object["metadata"]["uid"] = store_.generate_uid();
  return unsaved(id, std::move(object), nullptr, 0);
}

Outcome<ObjectPtr> Operations::update(const ObjectKey& key, Value object, const WriteOptions& options) {
  const Kind& kind = store_.kind(key.kind);
  const ObjectPtr current = store_.find(key);
  if (!current) return not_found(kind, key.name);
  if (!object.is_object()) return bad_request("the object must be a JSON object");
  if (const auto mistake = read(kind, object, options)) return mistake->failure(kind);
  const bool must_know = kind.custom || key.kind == KindId::kLease || key.kind == KindId::kCustomResourceDefinition;
  if (must_know && std::as_const(object).at("metadata.resourceVersion").text().empty())
    return invalid(
        kind, key.name,
        {{"FieldValueInvalid", "Invalid value: 0x0: must be specified for an update", "metadata.resourceVersion"}});
  return update_checked(current, std::move(object), options);
}

Outcome<ObjectPtr> Operations::patch(const ObjectKey& key, PatchType format, const Value& patch,
                                     const WriteOptions& options) {
  const Kind& kind = store_.kind(key.kind);
  const ObjectPtr current = store_.find(key);
  if (!current) return not_found(kind, key.name);
  auto next = patched(current->value(), format, patch, kind.storage().type);
  if (!next) return next.error();
  const Value before = *next;
  std::string why;
  if (!before.is_object())
    why = "the object must be a JSON object";
  else if (const auto mistake = read(kind, *next, options))
    why = mistake->why;
  if (!why.empty()) {
    // What is wrong is the patch: the words name no object.
    const Value shown = format == PatchType::kStrategic ? go_text(patch) : to_text(before);
    return invalid(Kind{}, "",
                   {{"FieldValueInvalid", fmt::format("Invalid value: {}: {}", to_text(shown), why), "patch"}});
  }
  return update_checked(current, std::move(*next), options);
}

Outcome<ObjectPtr> Operations::apply(const ObjectKey& key, Value config, bool force, const WriteOptions& options) {
  const Kind& kind = store_.kind(key.kind);
  const ObjectPtr current = store_.find(key);
  if (!current && options.part == Part::kStatus) return not_found(kind, key.name);
  if (const auto meant = check_meant(kind, key, std::as_const(config), options); !meant) return meant.error();
  // The other part of the object is not what this is about.
  if (options.part == Part::kStatus) {
    const Value given = config;
    config = Value::object();
    for (const char* field : {"apiVersion", "kind", "status"}) keep(config, given, field);
    for (const char* field : {"name", "namespace"}) config["metadata"][field] = given["metadata"][field];
  } else if (status_is_the_systems(kind)) {
    config.erase("status");
  }
  const Author author = author_of(kind, options);
  auto applied =
      kube::apply(current ? current->value() : Value(), config, kind.storage().type, author, force, store_.now());
  if (!applied) return applied.error();
  Value next = std::move(applied->object);
  next["metadata"]["managedFields"] = shared(applied->managed);
  WriteOptions checked = options;
  checked.validation = FieldValidation::kIgnore;  // what is not known was refused already
  if (const auto mistake = read(kind, next, checked)) return mistake->failure(kind);
  if (current) return update_checked(current, std::move(next), options, true);
  return create_checked(kind, key.space, std::move(next), options, true);
}

Outcome<ObjectPtr> Operations::write(const ObjectPtr& current, Value next, std::string_view manager,
                                     std::string_view subresource) {
  if (next == current->value()) return current;
  const Kind& kind = store_.kind(current->kind());
  if (subresource.empty() && counts_generations(kind) && !same_wish(next, current->value()))
    next["metadata"]["generation"] = current->number("metadata.generation") + 1;
  own(kind, current.get(), next, {std::string(manager), kind.api_version(), std::string(subresource)});
  // Thousands of Pods say the same of themselves.
  if (kind.id == KindId::kPod && std::as_const(next)["status"].is_object())
    next["status"] = alike_.shared_parts(std::as_const(next)["status"]);
  return store_.replace(current, std::move(next));
}

Outcome<ObjectPtr> Operations::update_checked(const ObjectPtr& current, Value next, const WriteOptions& options,
                                              bool applied) {
  const Kind& kind = store_.kind(current->kind());
  const Value& before = current->value();
  Value& metadata = next["metadata"];
  const Value& name = std::as_const(metadata)["name"];
  if (name.text().empty())
    return bad_request(fmt::format("the name of the object ({} based on URL) was undeterminable: name must be provided",
                                   current->name()));
  if (name != current->name())
    return bad_request(fmt::format("the name of the object ({}) does not match the name on the URL ({})", name.text(),
                                   current->name()));
  if (const Value& space = std::as_const(metadata)["namespace"]; !space.text().empty() && space != current->space())
    return bad_request("the namespace of the provided object does not match the namespace sent on the request");
  if (options.permission) {
    Value wished = next;
    wished["metadata"]["namespace"] = current->space();
    set_defaults(kind, wished);
    if (const auto permitted = options.permission(wished, current.get()); !permitted) return permitted.error();
  }
  const Value version = std::as_const(metadata)["resourceVersion"], uid = std::as_const(metadata)["uid"];
  if (!version.text().empty() && version != "0" && version != std::to_string(current->resource_version()))
    return conflict(kind, current->name());
  if (!uid.text().empty() && uid != current->uid()) {
    Failure failure = conflict(kind, current->name());
    failure.message = fmt::format(
        "Operation cannot be fulfilled on {0} \"{1}\": StorageError: invalid object, Code: 4, Key: "
        "/registry/{2}/{3}{1}, "
        "ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {4}, UID in object meta: "
        "{5}",
        kind.qualified_plural(), current->name(), kind.plural, current->space().empty() ? "" : current->space() + "/",
        uid.text(), current->uid());
    return failure;
  }
  if (options.part == Part::kStatus) {
    Value whole = before;
    keep(whole, next, "status");
    if (applied) whole["metadata"]["managedFields"] = std::as_const(metadata)["managedFields"];
    next = std::move(whole);
  } else {
    const Value& was = before["metadata"];
    for (const char* field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generateName",
                              "deletionTimestamp", "deletionGracePeriodSeconds", "generation"})
      keep(metadata, was, field);
    // Clients that know nothing of it send none; those that do may take entries away.
    if (!are_managed_fields(std::as_const(metadata)["managedFields"])) keep(metadata, was, "managedFields");
    if (kind.has(kStatusPart)) keep(next, before, "status");
    set_defaults(kind, next);
    if (kind.id == KindId::kPod) PodAdmission::admit_change(next);
    if (counts_generations(kind) && !same_wish(next, before))
      next["metadata"]["generation"] = current->number("metadata.generation") + 1;
  }
  if (!applied) own(kind, current.get(), next, author_of(kind, options));
  if (const auto causes = validate(kind, next, current.get()); !causes.empty())
    return invalid(kind, current->name(), causes);
  if (options.part != Part::kStatus)
    if (const auto admitted = admit(kind, next, current.get(), options.dry_run); !admitted) return admitted.error();
  if (options.dry_run) return unsaved(current->kind(), std::move(next), current.get(), current->resource_version());
  const auto replaced = store_.replace(current, std::move(next));
  // The last finalizer has gone. Pods wait for their kubelet, namespaces for their contents.
  const bool last = replaced && (*replaced)->deleting() && !(*replaced)->has_finalizers() &&
                    (*replaced)->number("metadata.deletionGracePeriodSeconds") == 0 &&
                    current->kind() != KindId::kNamespace;
  return last ? erase(current->key()) : replaced;
}

}  // namespace plumbline::kube
