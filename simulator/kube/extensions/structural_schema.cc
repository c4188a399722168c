#include "simulator/kube/extensions/structural_schema.h"

#include <re2/re2.h>

#include <algorithm>
#include <string>
#include <utility>

#include "simulator/kube/schema/builtin.h"

namespace plumbline::kube {
namespace {

class Reader {
 public:
  Reader(TypeSet& types, Causes& causes) : types_(types), causes_(causes) {}

  /// A schema that says what a value is, and of which form.
  const Type* structural(const Value& schema, const FieldPath& path, int depth) {
    Type type;
    if (!check_depth(path, depth)) return &types_.add(std::move(type));
    const std::string_view form = schema["type"].text();
    type.description = schema["description"].string();
    type.nullable = schema["nullable"].boolean();
    type.open = schema["x-kubernetes-preserve-unknown-fields"].boolean();
    type.embedded = schema["x-kubernetes-embedded-resource"].boolean();
    type.atomic = schema["x-kubernetes-map-type"] == "atomic";
    if (schema["x-kubernetes-int-or-string"].boolean()) {
      type.form = Type::Form::kIntOrString;
    } else if (form == "string") {
      type.form = Type::Form::kString;
    } else if (form == "integer") {
      type.form = Type::Form::kInteger;
      type.bits = 64;
    } else if (form == "number") {
      type.form = Type::Form::kNumber;
    } else if (form == "boolean") {
      type.form = Type::Form::kBoolean;
    } else if (form == "array") {
      list(schema, path, depth, type);
    } else if (form == "object") {
      object(schema, path, depth, type);
    } else if (form.empty() && type.open) {
      type.form = Type::Form::kAny;
    } else if (form.empty()) {
      causes_.required(path / "type", "must not be empty for specified object fields");
    } else {
      causes_.unsupported(path / "type", schema["type"], {"array", "boolean", "integer", "number", "object", "string"});
    }
    type.constraints = constraints(schema, path, depth);
    return &types_.add(std::move(type));
  }

 private:
  bool check_depth(const FieldPath& path, int depth) {
    if (depth <= kSchemaDepthMax) return true;
    causes_.forbidden(path, "schemas lie too deep inside each other");
    return false;
  }

  void list(const Value& schema, const FieldPath& path, int depth, Type& type) {
    type.form = Type::Form::kList;
    if (!schema["items"].is_object()) causes_.required(path / "items", "must be specified");
    type.element = structural(schema["items"], path / "items", depth + 1);
    const std::string_view kind = schema["x-kubernetes-list-type"].text();
    type.list = kind == "map" ? ListType::kMap : kind == "set" ? ListType::kSet : ListType::kAtomic;
    for (const Value& key : schema["x-kubernetes-list-map-keys"]) type.keys.push_back(key.string());
    if (type.list == ListType::kMap && type.keys.empty())
      causes_.required(path / "x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
  }

  void object(const Value& schema, const FieldPath& path, int depth, Type& type) {
    const Value& others = schema["additionalProperties"];
    if (others.is_object() || others.boolean()) {
      if (schema.contains("properties"))
        causes_.forbidden(path / "additionalProperties", "additionalProperties and properties are mutual exclusive");
      type.form = Type::Form::kMap;
      if (others.is_object()) {
        type.element = structural(others, path / "additionalProperties", depth + 1);
      } else {
        Type any;
        any.open = true;
        type.element = &types_.add(std::move(any));
      }
      return;
    }
    type.form = Type::Form::kObject;
    for (const Member& property : schema["properties"].fields()) {
      Field field;
      field.name = property.name();
      field.type = structural(property.value, (path / "properties").key(property.name()), depth + 1);
      field.preset = property.value["default"];
      field.description = property.value["description"].string();
      for (const Value& name : schema["required"]) field.required = field.required || name == field.name;
      type.fields.push_back(std::move(field));
    }
    // Those of an embedded object are always there.
    if (type.embedded)
      for (const char* name : {"apiVersion", "kind"})
        if (type.find(name) == nullptr) {
          Field field;
          field.name = name;
          Type text;
          text.form = Type::Form::kString;
          field.type = &types_.add(std::move(text));
          type.fields.push_back(std::move(field));
        }
    if (type.embedded && type.find("metadata") == nullptr) {
      Field field;
      field.name = "metadata";
      field.type = builtin_type("ObjectMeta");
      type.fields.push_back(std::move(field));
    }
    std::sort(type.fields.begin(), type.fields.end(),
              [](const Field& left, const Field& right) { return left.name < right.name; });
  }

  /// A schema inside allOf, anyOf, oneOf or not: it only forbids.
  const Type* limiting(const Value& schema, const FieldPath& path, int depth) {
    Type type;
    if (!check_depth(path, depth)) return &types_.add(std::move(type));
    type.form = Type::Form::kAny;
    const std::string_view form = schema["type"].text();
    if (form == "string") type.form = Type::Form::kString;
    if (form == "integer") type.form = Type::Form::kInteger;
    if (form == "number") type.form = Type::Form::kNumber;
    if (form == "boolean") type.form = Type::Form::kBoolean;
    type.bits = 64;
    for (const Member& property : schema["properties"].fields()) {
      Field field;
      field.name = property.name();
      field.type = limiting(property.value, (path / "properties").key(property.name()), depth + 1);
      type.fields.push_back(std::move(field));
    }
    for (const Value& name : schema["required"]) {
      const auto found =
          std::find_if(type.fields.begin(), type.fields.end(), [&](const Field& field) { return name == field.name; });
      if (found != type.fields.end()) {
        found->required = true;
        continue;
      }
      Field field;
      field.name = name.string();
      field.type = &types_.add(Type{});
      field.required = true;
      type.fields.push_back(std::move(field));
    }
    if (!type.fields.empty()) {
      type.form = Type::Form::kObject;
      type.open = true;
      std::sort(type.fields.begin(), type.fields.end(),
                [](const Field& left, const Field& right) { return left.name < right.name; });
    }
    if (schema["items"].is_object()) {
      type.form = Type::Form::kList;
      type.element = limiting(schema["items"], path / "items", depth + 1);
    }
    type.constraints = constraints(schema, path, depth);
    return &types_.add(std::move(type));
  }

  const Constraints* constraints(const Value& schema, const FieldPath& path, int depth) {
    Constraints limits;
    bool any = false;
    const auto number = [&](const char* name, std::optional<double>& limit) {
      if (!schema[name].is_number()) return;
      limit = schema[name].real();
      any = true;
    };
    const auto count = [&](const char* name, std::optional<std::size_t>& limit) {
      if (!schema[name].is_integer() || schema[name].integer() < 0) return;
      limit = static_cast<std::size_t>(schema[name].integer());
      any = true;
    };
    number("minimum", limits.minimum);
    number("maximum", limits.maximum);
    number("multipleOf", limits.multiple_of);
    count("minLength", limits.length_min);
    count("maxLength", limits.length_max);
    count("minItems", limits.items_min);
    count("maxItems", limits.items_max);
    count("minProperties", limits.properties_min);
    count("maxProperties", limits.properties_max);
    limits.exclusive_minimum = schema["exclusiveMinimum"].boolean();
    limits.exclusive_maximum = schema["exclusiveMaximum"].boolean();
    limits.unique_items = schema["uniqueItems"].boolean() || schema["x-kubernetes-list-type"] == "set";
    limits.pattern = schema["pattern"].text();
    limits.format = schema["format"].text();
    if (!limits.pattern.empty()) check_pattern(limits.pattern, path);
    for (const Value& choice : schema["enum"]) limits.choices.push_back(choice);
    for (const auto& [name, list] :
         {std::pair{"allOf", &limits.all_of}, std::pair{"anyOf", &limits.any_of}, std::pair{"oneOf", &limits.one_of}}) {
      std::size_t index = 0;
      for (const Value& part : schema[name]) list->push_back(limiting(part, (path / name)[index++], depth + 1));
    }
    if (schema["not"].is_object()) limits.none_of = limiting(schema["not"], path / "not", depth + 1);
    any = any || limits.unique_items || !limits.pattern.empty() || !limits.format.empty() || !limits.choices.empty() ||
          !limits.all_of.empty() || !limits.any_of.empty() || !limits.one_of.empty() || limits.none_of != nullptr;
    return any ? &types_.add(std::move(limits)) : nullptr;
  }

  void check_pattern(const std::string& pattern, const FieldPath& path) {
    const re2::RE2 parsed(pattern, re2::RE2::Quiet);
    if (!parsed.ok())
      causes_.invalid(path / "pattern", Value(pattern),
                      "must be a valid regular expression, but isn't: " + parsed.error());
  }

  TypeSet& types_;
  Causes& causes_;
};

}  // namespace

const Type* read_structural_schema(const Value& schema, TypeSet& types, const FieldPath& path, Causes& causes) {
  if (schema["type"] != "object") causes.invalid(path / "type", schema["type"], "must be object at the root");
  Type whole = *Reader(types, causes).structural(schema, path, 0);
  std::erase_if(whole.fields, [](const Field& field) {
    return field.name == "metadata" || field.name == "apiVersion" || field.name == "kind";
  });
  Field metadata;
  metadata.name = "metadata";
  metadata.type = builtin_type("ObjectMeta");
  whole.fields.push_back(std::move(metadata));
  std::sort(whole.fields.begin(), whole.fields.end(),
            [](const Field& left, const Field& right) { return left.name < right.name; });
  whole.form = Type::Form::kObject;
  return &types.add(std::move(whole));
}

}  // namespace plumbline::kube
