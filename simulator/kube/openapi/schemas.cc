#include "simulator/kube/openapi/schemas.h"

#include <fmt/format.h>

#include <utility>

#include "simulator/kube/schema/conform.h"

namespace plumbline::kube {
namespace {

constexpr const char* kKindWords = "Which kind of object this is, in CamelCase. Servers know it from the URL as well.";
constexpr const char* kApiVersionWords = "Group and version of the API in which this object is written.";

Value texts(const std::vector<std::string>& words) {
  Value list = Value::array();
  for (const std::string& word : words) list.push_back(word);
  return list;
}

Value described(const char* words, Value schema) {
  schema["description"] = words;
  return schema;
}

}  // namespace

Value group_version_kind(std::string_view group, std::string_view version, std::string_view kind) {
  return {{"group", group}, {"version", version}, {"kind", kind}};
}

std::string Schemas::reference(std::string_view name) const {
  return fmt::format("{}{}", edition_ == OpenApi::kV2 ? "#/definitions/" : "#/components/schemas/", name);
}

Value Schemas::named(std::string_view name, Value schema) {
  if (begun_.emplace(name).second) schemas_.set(name) = std::move(schema);
  return {{"$ref", reference(name)}};
}

Value Schemas::of(const Type& type) {
  using Form = Type::Form;
  Value schema = Value::object();
  switch (type.form) {
    case Form::kString:
      schema["type"] = "string";
      break;
    case Form::kInteger:
      schema["type"] = "integer";
      if (type.bits != 0) schema["format"] = type.bits == 32 ? "int32" : "int64";
      break;
    case Form::kNumber:
      schema["type"] = "number";
      break;
    case Form::kBoolean:
      schema["type"] = "boolean";
      break;
    case Form::kBytes:
      schema["type"] = "string";
      schema["format"] = "byte";
      break;
    case Form::kQuantity:
      if (edition_ == OpenApi::kV2)
        return named(kQuantityName, described("A quantity: 500m, 2Gi, 1e3.", {{"type", "string"}}));
      return named(kQuantityName, described("A quantity: 500m, 2Gi, 1e3.",
                                            {{"oneOf", Value::array({{{"type", "string"}}, {{"type", "number"}}})}}));
    case Form::kIntOrString: {
      Value either{{"format", "int-or-string"}};
      if (edition_ == OpenApi::kV2)
        either["type"] = "string";
      else
        either["oneOf"] = Value::array({{{"type", "integer"}}, {{"type", "string"}}});
      if (type.constraints != nullptr) break;
      return named(kIntOrStringName, described("A number, or a word: a port's name, a percentage.", either));
    }
    case Form::kTime:
      return named(type.micro ? kMicroTimeName : kTimeName,
                   described("A time as in RFC 3339.", {{"type", "string"}, {"format", "date-time"}}));
    case Form::kAny:
      if (type.open) schema["x-kubernetes-preserve-unknown-fields"] = true;
      if (!type.name.empty()) schema["type"] = "object";
      break;
    case Form::kList:
      schema["type"] = "array";
      if (type.element != nullptr) schema["items"] = of(*type.element);
      if (type.list == ListType::kMap) {
        schema["x-kubernetes-list-type"] = "map";
        schema["x-kubernetes-list-map-keys"] = texts(type.keys);
      } else {
        schema["x-kubernetes-list-type"] = type.list == ListType::kSet ? "set" : "atomic";
      }
      if (!type.merge_key.empty()) schema["x-kubernetes-patch-merge-key"] = type.merge_key;
      if (!type.merge_key.empty() || type.merges)
        schema["x-kubernetes-patch-strategy"] = type.retain_keys ? "merge,retainKeys" : "merge";
      break;
    case Form::kMap:
      schema["type"] = "object";
      if (type.element != nullptr) schema["additionalProperties"] = of(*type.element);
      if (type.atomic) schema["x-kubernetes-map-type"] = "atomic";
      break;
    case Form::kObject:
      if (const std::string& name = names_.of(type); !name.empty()) {
        if (!begun_.contains(name)) {
          begun_.insert(name);
          schemas_.set(name);  // a type may be made of itself
          Value whole = object(type);
          schemas_.set(name) = std::move(whole);
        }
        return {{"$ref", reference(name)}};
      }
      return object(type);
  }
  constrain(type, schema);
  return schema;
}

void Schemas::constrain(const Type& type, Value& schema) const {
  if (type.nullable && edition_ == OpenApi::kV3) schema["nullable"] = true;
  if (type.constraints == nullptr) return;
  const Constraints& limits = *type.constraints;
  if (limits.minimum) schema["minimum"] = *limits.minimum;
  if (limits.maximum) schema["maximum"] = *limits.maximum;
  if (limits.exclusive_minimum) schema["exclusiveMinimum"] = true;
  if (limits.exclusive_maximum) schema["exclusiveMaximum"] = true;
  const auto count = [&](const char* name, const std::optional<std::size_t>& limit) {
    if (limit) schema[name] = static_cast<std::int64_t>(*limit);
  };
  count("minLength", limits.length_min);
  count("maxLength", limits.length_max);
  count("minItems", limits.items_min);
  count("maxItems", limits.items_max);
  if (!limits.pattern.empty()) schema["pattern"] = limits.pattern;
  if (!limits.format.empty()) schema["format"] = limits.format;
  if (!limits.choices.empty()) {
    Value choices = Value::array();
    for (const Value& choice : limits.choices) choices.push_back(choice);
    schema["enum"] = choices;
  }
}

Value Schemas::of_field(const Field& field) {
  Value schema = of(*field.type);
  const Value preset = !field.preset.is_null() ? field.preset
                       : field.always || (field.required && field.type->form != Type::Form::kList)
                           ? nothing_of(*field.type)
                           : Value();
  const bool refers = schema.contains("$ref");
  // Beside a reference nothing else counts in the third edition.
  if (edition_ == OpenApi::kV3 && refers && (!field.description.empty() || !preset.is_null()))
    schema = Value{{"allOf", Value::array({schema})}};
  if (!field.description.empty()) schema["description"] = field.description;
  if (edition_ == OpenApi::kV3 && !preset.is_null()) schema["default"] = preset;
  if (refers && field.type->retain_keys) schema["x-kubernetes-patch-strategy"] = "retainKeys";
  return schema;
}

Value Schemas::object(const Type& type) {
  Value schema{{"type", "object"}};
  if (!type.description.empty()) schema["description"] = type.description;
  Value properties = Value::object(), required = Value::array();
  for (const Field& field : type.fields) {
    properties.set(field.name) = of_field(field);
    if (field.required) required.push_back(field.name);
  }
  if (!properties.empty()) schema["properties"] = properties;
  if (!required.empty()) schema["required"] = required;
  if (type.atomic) schema["x-kubernetes-map-type"] = "atomic";
  if (type.open) schema["x-kubernetes-preserve-unknown-fields"] = true;
  if (type.embedded) schema["x-kubernetes-embedded-resource"] = true;
  constrain(type, schema);
  return schema;
}

void Schemas::add(const Kind& kind, const KindVersion& version) {
  const Value gvk = Value::array({group_version_kind(kind.group, version.name, kind.name)});
  Value whole = version.type == nullptr ? Value{{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}}
                                        : object(*version.type);
  whole["properties"]["apiVersion"] = Value{{"type", "string"}, {"description", kApiVersionWords}};
  whole["properties"]["kind"] = Value{{"type", "string"}, {"description", kKindWords}};
  whole["x-kubernetes-group-version-kind"] = gvk;
  const std::string name = names_.of(kind, version);
  begun_.insert(name);
  schemas_.set(name) = std::move(whole);

  const Value meta =
      named(kListMetaName,
            {{"type", "object"},
             {"description", "What a list says of itself."},
             {"properties",
              {{"continue", {{"type", "string"}, {"description", "Where the next page begins; empty at the end."}}},
               {"remainingItemCount", {{"type", "integer"}, {"format", "int64"}}},
               {"resourceVersion", {{"type", "string"}, {"description", "From which a watch goes on."}}},
               {"selfLink", {{"type", "string"}}}}}});
  Value list{{"type", "object"},
             {"description", fmt::format("Several objects of kind {}.", kind.name)},
             {"properties",
              {{"apiVersion", {{"type", "string"}, {"description", kApiVersionWords}}},
               {"items", {{"type", "array"}, {"items", {{"$ref", reference(name)}}}}},
               {"kind", {{"type", "string"}, {"description", kKindWords}}},
               {"metadata", meta}}},
             {"required", Value::array({"items"})}};
  list["x-kubernetes-group-version-kind"] =
      Value::array({group_version_kind(kind.group, version.name, kind.list_name)});
  const std::string list_name = names_.list_of(kind, version);
  begun_.insert(list_name);
  schemas_.set(list_name) = std::move(list);
}

Value Schemas::take() {
  begun_.clear();
  return std::exchange(schemas_, Value::object());
}

}  // namespace plumbline::kube
