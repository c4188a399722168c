#include "simulator/kube/merge/typed_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <string_view>
#include <vector>

#include "simulator/kube/merge/field_set.h"
#include "simulator/kube/value/go_text.h"

namespace plumbline::kube {
namespace {

class Checker {
 public:
  std::vector<std::string> mistakes;

  void walk(const Value& value, const Type* type) {
    if (type == nullptr || value.is_null()) return;
    switch (type->form) {
      case Type::Form::kAny:
        return;
      case Type::Form::kInteger:
      case Type::Form::kNumber:
        if (!value.is_number()) wrong(fmt::format("expected numeric (int or float), got {}", go_type(value)));
        return;
      case Type::Form::kBoolean:
        if (!value.is_boolean()) wrong(fmt::format("expected boolean, got {}", shown(value)));
        return;
      case Type::Form::kQuantity:
      case Type::Form::kIntOrString:
        if (value.is_object() || value.is_array()) wrong(fmt::format("expected any scalar, got {}", shown(value)));
        return;
      case Type::Form::kString:
      case Type::Form::kTime:
      case Type::Form::kBytes:
        if (!value.is_string())
          wrong(fmt::format("expected string, got &value.valueUnstructured{{Value:{}}}", go_text(value)));
        return;
      case Type::Form::kList:
        if (!value.is_array()) return wrong(fmt::format("expected list, got {}", shown(value)));
        return items(value, *type);
      case Type::Form::kMap:
      case Type::Form::kObject:
        if (!value.is_object()) return wrong(fmt::format("expected map, got {}", shown(value)));
        return fields(value, *type);
    }
  }

 private:
  /// As a structure of Go with one field, which is what the value is there.
  static std::string shown(const Value& value) { return fmt::format("&{{{}}}", go_text(value)); }

  void wrong(const std::string& why) { mistakes.push_back(fmt::format("{}: {}", path_, why)); }

  void fields(const Value& value, const Type& type) {
    for (const Member& member : value.fields()) {
      const Type* below = type.element;
      const std::size_t length = path_.size();
      path_ += '.';
      path_ += member.name();
      if (type.form == Type::Form::kObject) {
        const Field* field = type.find(member.name());
        below = field == nullptr ? nullptr : field->type;
        if (field == nullptr && !type.open) {
          wrong("field not declared in schema");
          path_.resize(length);
          return;
        }
      }
      walk(member.value, below);
      path_.resize(length);
    }
  }

  void items(const Value& list, const Type& type) {
    std::set<std::string> seen;
    std::size_t index = 0;
    for (const Value& item : list) {
      const std::size_t length = path_.size();
      if (type.list == ListType::kAtomic) {
        path_ += fmt::format("[{}]", index);
      } else {
        if (const std::string why = unnamed(item, type); !why.empty())
          return wrong(fmt::format("element {}: {}", index, why));
        const std::string element = element_of(type, item);
        if (!seen.insert(element).second) wrong(fmt::format("duplicate entries for key {}", for_people(element)));
        path_ += for_people(element);
      }
      walk(item, type.element);
      path_.resize(length);
      ++index;
    }
  }

  /// Why an item cannot be told from others.
  static std::string unnamed(const Value& item, const Type& list) {
    if (list.list == ListType::kSet) {
      if (item.is_object()) return "associative list without keys has an element that's a map type";
      if (item.is_array()) return "not supported: associative list with lists as elements";
      return item.is_null() ? "associative list without keys has an element that's an explicit null" : "";
    }
    if (item.is_null()) return "associative list with keys may not have a null element";
    if (!item.is_object()) return "associative list with keys may not have non-map elements";
    if (element_of(list, item) != "k:{}") return {};
    return fmt::format(
        "associative list with keys has an element that omits all key fields [\"{}\"] (and doesn't have "
        "default values for any key fields)",
        fmt::join(list.keys, "\" \""));
  }

  std::string path_;
};

}  // namespace

std::string typed_mistake(const Value& value, const Type& type) {
  Checker checker;
  checker.walk(value, &type);
  if (checker.mistakes.size() < 2) return checker.mistakes.empty() ? "" : checker.mistakes.front();
  return fmt::format("errors:\n  {}", fmt::join(checker.mistakes, "\n  "));
}

}  // namespace plumbline::kube
