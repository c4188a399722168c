// Values as the JSON of the rest of the project.
#include <nlohmann/json.hpp>
#include <utility>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

nlohmann::json to_json(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return nullptr;
    case Value::Type::kBoolean:
      return value.boolean();
    case Value::Type::kInteger:
      return value.integer();
    case Value::Type::kReal:
      return value.real();
    case Value::Type::kString:
      return value.string();
    case Value::Type::kArray: {
      nlohmann::json list = nlohmann::json::array();
      for (const Value& item : value) list.push_back(to_json(item));
      return list;
    }
    case Value::Type::kObject:
      break;
  }
  nlohmann::json object = nlohmann::json::object();
  for (const Member& member : value.fields()) object.emplace(std::string(member.name()), to_json(member.value));
  return object;
}

Value from_json(const nlohmann::json& json) {
  switch (json.type()) {
    case nlohmann::json::value_t::boolean:
      return json.get<bool>();
    case nlohmann::json::value_t::number_integer:
      return json.get<std::int64_t>();
    case nlohmann::json::value_t::number_unsigned:
      if (std::in_range<std::int64_t>(json.get<std::uint64_t>())) return json.get<std::int64_t>();
      return json.get<double>();  // as text that is read
    case nlohmann::json::value_t::number_float:
      return json.get<double>();
    case nlohmann::json::value_t::string:
      return json.get_ref<const std::string&>();
    case nlohmann::json::value_t::array: {
      Value list = Value::array();
      for (const auto& item : json) list.push_back(from_json(item));
      return list;
    }
    case nlohmann::json::value_t::object: {
      Value object = Value::object();
      for (const auto& [name, item] : json.items()) object.set(name) = from_json(item);
      return object;
    }
    default:
      return nullptr;
  }
}

}  // namespace plumbline::kube
