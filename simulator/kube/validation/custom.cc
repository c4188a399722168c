// Objects of custom kinds: what their schema says of every value.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "simulator/kube/validation/validation.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr int kDepthMax = 100;

const char* form_name(Type::Form form) {
  switch (form) {
    case Type::Form::kString:
    case Type::Form::kBytes:
    case Type::Form::kTime:
    case Type::Form::kQuantity:
      return "string";
    case Type::Form::kInteger:
      return "integer";
    case Type::Form::kNumber:
      return "number";
    case Type::Form::kBoolean:
      return "boolean";
    case Type::Form::kList:
      return "array";
    default:
      return "object";
  }
}

const char* form_of(const Value& value) {
  switch (value.type()) {
    case Value::Type::kString:
      return "string";
    case Value::Type::kInteger:
      return "integer";
    case Value::Type::kReal:
      return "number";
    case Value::Type::kBoolean:
      return "boolean";
    case Value::Type::kArray:
      return "array";
    case Value::Type::kObject:
      return "object";
    default:
      return "null";
  }
}

bool has_form(const Value& value, Type::Form form) {
  switch (form) {
    case Type::Form::kAny:
      return true;
    case Type::Form::kIntOrString:
      return value.is_integer() || value.is_string();
    case Type::Form::kInteger:
      return value.is_integer() || (value.is_number() && std::floor(value.real()) == value.real());
    case Type::Form::kNumber:
      return value.is_number();
    case Type::Form::kBoolean:
      return value.is_boolean();
    case Type::Form::kList:
      return value.is_array();
    case Type::Form::kMap:
    case Type::Form::kObject:
      return value.is_object();
    default:
      return value.is_string();
  }
}

/// Characters, not bytes.
std::size_t length_of(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U ? 1 : 0;
  return count;
}

class Checker {
 public:
  explicit Checker(Causes& causes) : causes_(causes) {}

  void check(const Type& type, const Value& value, const FieldPath& path, int depth) {
    if (depth > kDepthMax) return;
    if (value.is_null()) {
      if (!type.nullable && type.form != Type::Form::kAny) wrong_form(type, value, path);
      return;
    }
    if (!has_form(value, type.form)) return wrong_form(type, value, path);
    if (type.constraints != nullptr) constrain(*type.constraints, value, path, depth);
    if (type.form == Type::Form::kObject) {
      for (const Field& field : type.fields) {
        const Value* part = value.find(field.name);
        const FieldPath where = path.text().empty() ? FieldPath(field.name) : path / field.name;
        if (part == nullptr) {
          if (field.required) causes_.required(where);
        } else if (!(depth == 0 && field.name == "metadata")) {
          check(*field.type, *part, where, depth + 1);
        }
      }
    } else if (type.form == Type::Form::kMap && type.element != nullptr) {
      for (const Member& member : value.fields())
        check(*type.element, member.value, path.key(member.name()), depth + 1);
    } else if (type.form == Type::Form::kList && type.element != nullptr) {
      std::size_t index = 0;
      for (const Value& item : value) check(*type.element, item, path[index++], depth + 1);
      if (type.list == ListType::kMap) check_keys(type, value, path);
    }
  }

 private:
  void wrong_form(const Type& type, const Value& value, const FieldPath& path) {
    causes_.invalid(
        path, Value(form_of(value)),
        fmt::format("{} in body must be of type {}: \"{}\"", path.text(), form_name(type.form), form_of(value)));
  }

  void check_keys(const Type& type, const Value& list, const FieldPath& path) {
    std::size_t index = 0;
    for (const Value& item : list) {
      for (std::size_t before = 0; before < index; ++before) {
        bool same = true;
        for (const std::string& key : type.keys) same = same && list[before][key] == item[key];
        if (!same) continue;
        Value keys = Value::object();
        for (const std::string& key : type.keys) keys.set(key) = item[key];
        causes_.duplicate(path[index], keys);
        break;
      }
      ++index;
    }
  }

  bool holds(const Type& type, const Value& value, int depth) {
    Causes ignored;
    Checker(ignored).check(type, value, FieldPath("x"), depth + 1);
    return ignored.empty();
  }

  void say(const FieldPath& path, const Value& value, const std::string& why) {
    causes_.invalid(path, value, fmt::format("{} in body {}", path.text(), why));
  }

  void constrain(const Constraints& limits, const Value& value, const FieldPath& path, int depth) {
    if (value.is_number()) {
      const double number = value.real();
      if (limits.minimum && (number < *limits.minimum || (limits.exclusive_minimum && number == *limits.minimum)))
        say(path, value,
            fmt::format("should be greater than {}{:g}", limits.exclusive_minimum ? "" : "or equal to ",
                        *limits.minimum));
      if (limits.maximum && (number > *limits.maximum || (limits.exclusive_maximum && number == *limits.maximum)))
        say(path, value,
            fmt::format("should be less than {}{:g}", limits.exclusive_maximum ? "" : "or equal to ", *limits.maximum));
      if (limits.multiple_of && *limits.multiple_of > 0 && std::fmod(number, *limits.multiple_of) != 0)
        say(path, value, fmt::format("should be a multiple of {:g}", *limits.multiple_of));
    }
    if (value.is_string()) {
      const std::size_t length = length_of(value.text());
      if (limits.length_min && length < *limits.length_min)
        say(path, value, fmt::format("should be at least {} chars long", *limits.length_min));
      if (limits.length_max && length > *limits.length_max) causes_.too_long(path, *limits.length_max);
      if (!limits.pattern.empty() && !matches(limits.pattern, value.string()))
        say(path, value, fmt::format("should match '{}'", limits.pattern));
    }
    if (value.is_array()) {
      if (limits.items_min && value.size() < *limits.items_min)
        say(path, Value(value.size()), fmt::format("should have at least {} items", *limits.items_min));
      if (limits.items_max && value.size() > *limits.items_max) causes_.too_many(path, value.size(), *limits.items_max);
      if (limits.unique_items)
        for (std::size_t i = 0; i < value.size(); ++i)
          for (std::size_t j = 0; j < i; ++j)
            if (value[i] == value[j]) {
              causes_.duplicate(path[i], value[i]);
              break;
            }
    }
    if (value.is_object()) {
      if (limits.properties_min && value.size() < *limits.properties_min)
        say(path, Value(value.size()), fmt::format("should have at least {} properties", *limits.properties_min));
      if (limits.properties_max && value.size() > *limits.properties_max)
        causes_.too_many(path, value.size(), *limits.properties_max);
    }
    if (!limits.choices.empty() &&
        std::find(limits.choices.begin(), limits.choices.end(), value) == limits.choices.end()) {
      std::vector<std::string> choices;
      for (const Value& choice : limits.choices) choices.push_back(to_text(choice));
      causes_.unsupported(path, value, choices);
    }
    for (const Type* part : limits.all_of) check(*part, value, path, depth + 1);
    const auto count = [&](const std::vector<const Type*>& parts) {
      std::size_t good = 0;
      for (const Type* part : parts) good += holds(*part, value, depth) ? 1 : 0;
      return good;
    };
    if (!limits.any_of.empty() && count(limits.any_of) == 0)
      say(path, value, "must validate at least one schema (anyOf)");
    if (!limits.one_of.empty() && count(limits.one_of) != 1)
      say(path, value, "must validate one and only one schema (oneOf)");
    if (limits.none_of != nullptr && holds(*limits.none_of, value, depth))
      say(path, value, "must not validate the schema (not)");
  }

  /// As Go's, which are of the same family.
  static bool matches(const std::string& pattern, const std::string& text) {
    const re2::RE2 expression(pattern, re2::RE2::Quiet);
    return !expression.ok() || re2::RE2::PartialMatch(text, expression);
  }

  Causes& causes_;
};

}  // namespace

void check_custom(const Kind& kind, const Value& object, Causes& causes) {
  const Type* type = kind.storage().type;
  if (type != nullptr) Checker(causes).check(*type, object, FieldPath(""), 0);
}

}  // namespace plumbline::kube
