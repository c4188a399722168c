#include "simulator/kube/value/go_text.h"

#include "simulator/kube/value/text.h"

namespace plumbline::kube {

std::string go_text(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return "<nil>";
    case Value::Type::kString:
      return value.string();
    case Value::Type::kArray: {
      std::string text = "[";
      for (const Value& item : value) {
        if (text.size() > 1) text += ' ';
        text += go_text(item);
      }
      return text + "]";
    }
    case Value::Type::kObject: {
      std::string text = "map[";
      for (const Member& member : value.fields()) {
        if (text.back() != '[') text += ' ';
        text += member.name();
        text += ':';
        text += go_text(member.value);
      }
      return text + "]";
    }
    default:
      return to_text(value);
  }
}

std::string_view go_type(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return "<nil>";
    case Value::Type::kBoolean:
      return "bool";
    case Value::Type::kInteger:
      return "int64";
    case Value::Type::kReal:
      return "float64";
    case Value::Type::kString:
      return "string";
    case Value::Type::kArray:
      return "[]interface {}";
    case Value::Type::kObject:
      break;
  }
  return "map[string]interface {}";
}

std::string_view json_type(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return "null";
    case Value::Type::kBoolean:
      return "bool";
    case Value::Type::kInteger:
    case Value::Type::kReal:
      return "number";
    case Value::Type::kString:
      return "string";
    case Value::Type::kArray:
      return "array";
    case Value::Type::kObject:
      break;
  }
  return "object";
}

}  // namespace plumbline::kube
