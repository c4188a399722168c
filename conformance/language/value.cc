#include "conformance/language/value.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace plumbline::conformance {
namespace {

class Converter {
 public:
  Converter(const std::string& file, Problems& problems) : file_(file), problems_(problems) {}

  Place place_of(const YAML::Mark& mark) const {
    return mark.is_null() ? Place{file_, 0, 0} : Place{file_, mark.line + 1, mark.column + 1};
  }

  Value convert(const YAML::Node& node, int depth) {
    Value value;
    value.place = place_of(node.Mark());
    if (++nodes_ > kYamlNodesMax || depth > kYamlDepthMax) {
      if (!too_much_) problems_.add(value.place, "nested too deeply, or too many values");
      too_much_ = true;
      return value;
    }
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null:
        break;
      case YAML::NodeType::Scalar:
        value.kind = Value::Kind::kScalar;
        value.text = node.Scalar();
        value.quoted = node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str";
        if (!value.quoted && (value.text.empty() || value.text == "~" || value.text == "null")) {
          value.kind = Value::Kind::kNull;
        }
        break;
      case YAML::NodeType::Sequence:
        value.kind = Value::Kind::kList;
        for (const auto& item : node) {
          value.items.push_back(convert(item, depth + 1));
          if (too_much_) break;
        }
        break;
      case YAML::NodeType::Map:
        value.kind = Value::Kind::kMap;
        for (const auto& pair : node) {
          add_entry(value, pair.first, pair.second, depth);
          if (too_much_) break;
        }
        break;
    }
    return value;
  }

 private:
  void add_entry(Value& map, const YAML::Node& key_node, const YAML::Node& value_node, int depth) {
    Value key = convert(key_node, depth + 1);
    if (!key.is_scalar()) return problems_.add(key.place, "a key must be a word");
    if (map.find(key.text) != nullptr) {
      return problems_.add(key.place, fmt::format("'{}' is given twice", key.text));
    }
    map.entries.push_back({std::move(key), convert(value_node, depth + 1)});
  }

  std::string file_;
  Problems& problems_;
  std::size_t nodes_ = 0;
  bool too_much_ = false;
};

bool is_named(const Value& list) {
  return list.is_list() && !list.items.empty() &&
         std::all_of(list.items.begin(), list.items.end(), [](const Value& item) {
           const Value* name = item.find("name");
           return name != nullptr && name->is_scalar();
         });
}

nlohmann::json scalar_to_json(const Value& value) {
  if (value.quoted) return value.text;
  if (value.text == "true" || value.text == "True" || value.text == "TRUE") return true;
  if (value.text == "false" || value.text == "False" || value.text == "FALSE") return false;
  const char* begin = value.text.data();
  const char* end = begin + value.text.size();
  std::int64_t integer = 0;
  if (const auto [stop, error] = std::from_chars(begin, end, integer); error == std::errc() && stop == end)
    return integer;
  if (value.text.find_first_of("0123456789") != std::string::npos) {
    double number = 0;
    if (const auto [stop, error] = std::from_chars(begin, end, number);
        error == std::errc() && stop == end && std::isfinite(number)) {
      return number;
    }
  }
  return value.text;
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

std::string_view Value::kind_name() const {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "a word";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "?";
}

std::vector<Value> read_yaml(const std::string& text, const std::string& file, Problems& problems) {
  std::vector<Value> documents;
  if (text.size() > kYamlBytesMax) {
    problems.add({file, 0, 0}, fmt::format("larger than {} bytes", kYamlBytesMax));
    return documents;
  }
  Converter converter(file, problems);
  try {
    for (const YAML::Node& node : YAML::LoadAll(text)) documents.push_back(converter.convert(node, 0));
  } catch (const YAML::Exception& error) {
    problems.add(converter.place_of(error.mark), fmt::format("not YAML: {}", error.msg));
  }
  return documents;
}

std::vector<Value> read_yaml_file(const std::string& path, const Place& from, Problems& problems) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    problems.add(from, fmt::format("cannot read {}", path));
    return {};
  }
  return read_yaml(text.str(), path, problems);
}

Value merged(const Value& base, const Value& over) {
  if (base.is_map() && over.is_map()) {
    Value result = base;
    for (const Entry& entry : over.entries) {
      const auto place = std::find_if(result.entries.begin(), result.entries.end(),
                                      [&](const Entry& known) { return known.key.text == entry.key.text; });
      if (place == result.entries.end()) {
        result.entries.push_back(entry);
      } else {
        place->value = merged(place->value, entry.value);
      }
    }
    return result;
  }
  if (is_named(base) && is_named(over)) {
    Value result = base;
    for (const Value& item : over.items) {
      const auto place = std::find_if(result.items.begin(), result.items.end(), [&](const Value& known) {
        return known.find("name")->text == item.find("name")->text;
      });
      if (place == result.items.end()) {
        result.items.push_back(item);
      } else {
        *place = merged(*place, item);
      }
    }
    return result;
  }
  return over;
}

nlohmann::json to_json(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNull:
      return nullptr;
    case Value::Kind::kScalar:
      return scalar_to_json(value);
    case Value::Kind::kList: {
      auto list = nlohmann::json::array();
      for (const Value& item : value.items) list.push_back(to_json(item));
      return list;
    }
    case Value::Kind::kMap: {
      auto map = nlohmann::json::object();
      for (const Entry& entry : value.entries) map[entry.key.text] = to_json(entry.value);
      return map;
    }
  }
  return nullptr;
}

}  // namespace plumbline::conformance
