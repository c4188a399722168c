#include "simulator/kube/schema/conform.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>

#include "simulator/kube/schema/formats.h"
#include "simulator/kube/value/go_text.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

/// As Go names the type.
std::string go_name(const Type& type) {
  switch (type.form) {
    case Type::Form::kString:
      return "string";
    case Type::Form::kInteger:
      return type.bits == 64 ? "int64" : "int32";
    case Type::Form::kNumber:
      return "float64";
    case Type::Form::kBoolean:
      return "bool";
    case Type::Form::kIntOrString:
      return "int32";
    case Type::Form::kBytes:
      return "[]uint8";
    case Type::Form::kList:
      return "[]" + go_name(*type.element);
    case Type::Form::kMap:
      if (type.element->form == Type::Form::kQuantity) return "v1.ResourceList";
      return "map[string]" + go_name(*type.element);
    case Type::Form::kObject:
      return "v1." + type.name;
    default:
      return "string";
  }
}

class Conformer {
 public:
  Conformed take() { return std::move(result_); }

  void object(const Type& type, Value& value) {
    std::vector<std::string> gone;
    // Fields are read from a copy, which shares everything, so that the value may change meanwhile.
    const Value before = value;
    for (const Member& member : before.fields()) {
      const Field* field = type.find(member.name());
      if (field == nullptr) {
        if (type.open || (path_.empty() && (member.name() == "kind" || member.name() == "apiVersion"))) continue;
        result_.unknown.push_back(path_ + std::string(member.name()));
        gone.emplace_back(member.name());
        continue;
      }
      if (member.value.is_null()) {
        gone.emplace_back(member.name());
        continue;
      }
      const Step step(*this, member.name(), type.name);
      Value part = member.value;
      any(*field->type, part);
      const bool empty = (field->type->form == Type::Form::kList || field->type->form == Type::Form::kMap) &&
                         part.empty() && !field->required;
      if (empty) {
        gone.emplace_back(member.name());
      } else if (!same(part, member.value)) {
        value.set(member.name()) = std::move(part);
      }
    }
    for (const std::string& name : gone) value.erase(name);
  }

  void any(const Type& type, Value& value) {
    if (!result_.mistake.empty() || value.is_null()) return;
    switch (type.form) {
      case Type::Form::kString:
        if (!value.is_string()) wrong(type, value);
        return;
      case Type::Form::kInteger:
        return integer(type, value);
      case Type::Form::kNumber:
        if (!value.is_number()) wrong(type, value);
        return;
      case Type::Form::kBoolean:
        if (!value.is_boolean()) wrong(type, value);
        return;
      case Type::Form::kQuantity:
        return quantity(value);
      case Type::Form::kIntOrString:
        if (!value.is_string()) integer(type, value);
        return;
      case Type::Form::kTime:
        return time(type, value);
      case Type::Form::kBytes:
        return bytes(type, value);
      case Type::Form::kAny:
        return;
      case Type::Form::kList:
        return list(type, value);
      case Type::Form::kMap:
        return map(type, value);
      case Type::Form::kObject:
        if (!value.is_object()) return wrong(type, value);
        return object(type, value);
    }
  }

 private:
  /// One field further down.
  class Step {
   public:
    Step(Conformer& conformer, std::string_view name, const std::string& structure)
        : conformer_(conformer),
          path_(conformer.path_.size()),
          plain_(conformer.plain_.size()),
          structure_(conformer.structure_) {
      conformer.path_ += name;
      conformer.path_ += '.';
      if (!conformer.plain_.empty()) conformer.plain_ += '.';
      conformer.plain_ += name;
      if (!structure.empty()) conformer.structure_ = structure;
    }
    ~Step() {
      conformer_.path_.resize(path_);
      conformer_.plain_.resize(plain_);
      conformer_.structure_ = structure_;
    }

   private:
    Conformer& conformer_;
    std::size_t path_, plain_;
    std::string structure_;
  };

  static bool same(const Value& left, const Value& right) { return left.same_as(right) || left == right; }

  void wrong(const Type& type, const Value& value, bool with_value = false) {
    if (!result_.mistake.empty()) return;
    result_.mistake = fmt::format("json: cannot unmarshal {}{} into Go struct field {}.{} of type {}", json_type(value),
                                  with_value ? " " + to_text(value) : "", structure_, plain_, go_name(type));
  }

  void integer(const Type& type, const Value& value) {
    if (!value.is_number()) return wrong(type, value);
    const auto max =
        type.bits == 64 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int32_t>::max();
    const auto min =
        type.bits == 64 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int32_t>::min();
    if (!value.is_integer() || value.integer() > max || value.integer() < min) wrong(type, value, true);
  }

  void quantity(Value& value) {
    if (value.is_number()) value = to_text(value);
    if (value.is_string() && is_quantity(value.text())) return;
    if (result_.mistake.empty())
      result_.mistake = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  }

  void time(const Type& type, const Value& value) {
    if (!value.is_string()) return wrong(type, value);
    if (is_time(value.text()) || !result_.mistake.empty()) return;
    const std::string_view layout = type.micro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
    result_.mistake = fmt::format(R"(parsing time "{0}" as "{1}": cannot parse "{0}" as "2006")", value.text(), layout);
  }

  void bytes(const Type& type, Value& value) {
    if (!value.is_string()) return wrong(type, value);
    const auto mistake = base64_mistake(value.text());
    if (mistake && result_.mistake.empty())
      result_.mistake = fmt::format("illegal base64 data at input byte {}", *mistake);
    if (value.text().find_first_of("\r\n") == std::string_view::npos) return;
    std::string text = value.string();
    std::erase_if(text, [](char letter) { return letter == '\r' || letter == '\n'; });
    value = text;
  }

  void list(const Type& type, Value& value) {
    if (!value.is_array()) return wrong(type, value);
    const std::size_t length = path_.size();
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (!path_.empty()) path_.pop_back();
      path_ += fmt::format("[{}].", i);
      Value part = std::as_const(value)[i];
      any(*type.element, part);
      if (part.is_null()) part = nothing_of(*type.element);
      if (!same(part, std::as_const(value)[i])) value.item(i) = std::move(part);
      path_.resize(length);
      if (length > 0) path_.back() = '.';
    }
  }

  void map(const Type& type, Value& value) {
    if (!value.is_object()) return wrong(type, value);
    const Value before = value;
    for (const Member& member : before.fields()) {
      const std::size_t length = path_.size();
      path_ += member.name();
      path_ += '.';
      Value part = member.value;
      any(*type.element, part);
      path_.resize(length);
      if (part.is_null()) part = nothing_of(*type.element);
      if (!same(part, member.value)) value.set(member.name()) = std::move(part);
    }
  }

  Conformed result_;
  std::string path_;       ///< with indices and a '.' at the end: how unknown fields are named
  std::string plain_;      ///< without either: how Go names a field of the wrong form
  std::string structure_;  ///< the Go type that the field belongs to
};

class Pruner {
 public:
  void any(const Type& type, Value& value, const std::string& path, bool whole) {
    if (type.form == Type::Form::kObject && value.is_object()) return object(type, value, path, whole);
    if (type.element == nullptr) return;
    if (type.form == Type::Form::kMap && value.is_object()) {
      const Value before = value;
      for (const Member& member : before.fields()) {
        Value part = member.value;
        any(*type.element, part, path.empty() ? std::string(member.name()) : fmt::format("{}.{}", path, member.name()),
            false);
        if (!part.same_as(member.value) && part != member.value) value.set(member.name()) = std::move(part);
      }
    } else if (type.form == Type::Form::kList && value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        Value part = std::as_const(value)[i];
        any(*type.element, part, fmt::format("{}[{}]", path, i), false);
        if (part != std::as_const(value)[i]) value.item(i) = std::move(part);
      }
    }
  }
  std::vector<std::string> take() { return std::move(unknown_); }

 private:
  void object(const Type& type, Value& value, const std::string& path, bool whole) {
    const Value before = value;
    for (const Member& member : before.fields()) {
      if (whole && (member.name() == "apiVersion" || member.name() == "kind")) continue;
      const std::string where = path.empty() ? std::string(member.name()) : fmt::format("{}.{}", path, member.name());
      const Field* field = type.find(member.name());
      if (field == nullptr) {
        if (type.open) continue;
        unknown_.push_back(where);
        value.erase(member.name());
      } else if (member.value.is_null() && !field->type->nullable && !field->preset.is_null()) {
        value.erase(member.name());  // and gets its default
      } else {
        Value part = member.value;
        any(*field->type, part, where, false);
        if (part != member.value) value.set(member.name()) = std::move(part);
      }
    }
  }

  std::vector<std::string> unknown_;
};

}  // namespace

std::vector<std::string> prune(const Type& type, Value& value) {
  Pruner pruner;
  pruner.any(type, value, "", true);
  return pruner.take();
}

Conformed conform(const Type& type, Value& value) {
  Conformer conformer;
  conformer.any(type, value);
  return conformer.take();
}

Value nothing_of(const Type& type) {
  switch (type.form) {
    case Type::Form::kString:
    case Type::Form::kBytes:
      return "";
    case Type::Form::kQuantity:
      return "0";
    case Type::Form::kInteger:
    case Type::Form::kNumber:
    case Type::Form::kIntOrString:
      return 0;
    case Type::Form::kBoolean:
      return false;
    case Type::Form::kObject:
      return Value::object();
    default:
      return nullptr;
  }
}

Value with_structures(const Value& value, const Type& type) {
  if (type.form != Type::Form::kObject) return value;
  Value whole = value;
  for (const Field& field : type.fields) {
    if (!field.always) continue;
    const Value* part = value.find(field.name);
    if (part != nullptr && field.type->form != Type::Form::kObject) continue;
    Value filled = part == nullptr ? nothing_of(*field.type) : *part;
    if (field.type->form == Type::Form::kObject) filled = with_structures(filled, *field.type);
    if (part == nullptr || !filled.same_as(*part)) whole.set(field.name) = std::move(filled);
  }
  return whole;
}

void fill_in(const Type& type, Value& value) {
  switch (type.form) {
    case Type::Form::kObject:
      if (!value.is_object()) return;
      for (const Field& field : type.fields) {
        const Value* now = value.find(field.name);
        const bool deep = field.type->form == Type::Form::kObject || field.type->form == Type::Form::kList ||
                          field.type->form == Type::Form::kMap;
        if (now == nullptr) {
          if (field.preset.is_null() && (!field.always || field.type->form == Type::Form::kList)) continue;
          Value part = field.preset.is_null() ? nothing_of(*field.type) : field.preset;
          if (deep) fill_in(*field.type, part);
          value.set(field.name) = std::move(part);
        } else if (deep) {
          Value part = *now;
          fill_in(*field.type, part);
          if (!part.same_as(*value.find(field.name))) value.set(field.name) = std::move(part);
        }
      }
      return;
    case Type::Form::kMap:
      if (!value.is_object() || type.element == nullptr || type.element->form != Type::Form::kObject) return;
      for (const Value before = value; const Member& member : before.fields()) {
        Value part = member.value;
        fill_in(*type.element, part);
        if (!part.same_as(member.value)) value.set(member.name()) = std::move(part);
      }
      return;
    case Type::Form::kList:
      for (std::size_t i = 0; i < value.size(); ++i) {
        Value part = std::as_const(value)[i];
        if (!part.is_object() && !part.is_array()) return;
        fill_in(*type.element, part);
        if (!part.same_as(std::as_const(value)[i])) value.item(i) = std::move(part);
      }
      return;
    default:
      return;
  }
}

}  // namespace plumbline::kube
