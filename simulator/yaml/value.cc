#include "simulator/yaml/value.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace plumbline::yaml {
namespace {

bool is_null_word(const std::string& text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

class Converter {
 public:
  Converter(const std::string& file, Problems& problems) : file_(file), problems_(problems) {}

  Place place_of(const YAML::Mark& mark) const {
    return mark.is_null() ? Place{file_, 0, 0} : Place{file_, mark.line + 1, mark.column + 1};
  }

  /// Whether a limit was breached; what convert() gave is then not the whole.
  bool too_much() const { return too_much_; }

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
        if (!value.quoted && is_null_word(value.text)) value.kind = Value::Kind::kNull;
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
    if (too_much_) return;
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

template <class Number>
bool is_number(const std::string& text, Number& value) {
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(begin, end, value);
  return failure == std::errc{} && rest == end && begin != end;
}

nlohmann::json scalar_to_json(const Value& value) {
  const std::string& text = value.text;
  if (value.quoted) return text;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  std::int64_t whole = 0;
  if (is_number(text, whole)) return whole;
  double real = 0;
  if (text.find_first_not_of("+-.0123456789eE") == std::string::npos && is_number(text, real)) return real;
  return text;
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

namespace {

/// What is wrong where a text stops being YAML; the parser's own words are about its grammar, not about the author's
/// text.
std::string broken(const YAML::Exception& error, const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  for (int i = 0; i <= error.mark.line; ++i) std::getline(lines, line);
  const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
  if (line.substr(0, indent).find('\t') != std::string::npos)
    return "a tab indents this line; YAML is indented with spaces";
  if (error.msg == "end of map not found" || error.msg == "end of sequence not found")
    return fmt::format("not YAML: {}; is this line indented as those that it belongs with?", error.msg);
  return fmt::format("not YAML: {}", error.msg);
}

}  // namespace

std::vector<Value> read_yaml(const std::string& text, const std::string& file, Problems& problems) {
  std::vector<Value> documents;
  if (text.size() > kYamlBytesMax) {
    problems.add({file, 0, 0}, fmt::format("larger than {} bytes", kYamlBytesMax));
    return documents;
  }
  Converter converter(file, problems);
  try {
    for (const YAML::Node& node : YAML::LoadAll(text)) documents.push_back(converter.convert(node, 0));
    if (converter.too_much()) documents.clear();
  } catch (const YAML::Exception& error) {
    problems.add(converter.place_of(error.mark), broken(error, text));
  }
  return documents;
}

std::optional<std::string> read_yaml_text(const std::string& path, const Place& from, Problems& problems) {
  std::string text;
  std::vector<char> some(1u << 16);
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  while (in && text.size() <= kYamlBytesMax) {  // of a file without end, too, no more than is needed to refuse it
    in.read(some.data(), static_cast<std::streamsize>(some.size()));
    text.append(some.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.is_open() && !in.bad()) return text;
  const std::string what = from.file == path ? "cannot be read" : fmt::format("cannot read {}", path);
  problems.add(from, errno == 0 ? what : fmt::format("{}: {}", what, std::strerror(errno)));
  return std::nullopt;
}

std::vector<Value> read_yaml_file(const std::string& path, const Place& from, Problems& problems) {
  const auto text = read_yaml_text(path, from, problems);
  return text ? read_yaml(*text, path, problems) : std::vector<Value>();
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

Value map_of(const std::string& key, const Value& value) {
  Value name;
  name.kind = Value::Kind::kScalar;
  name.place = value.place;
  name.text = key;
  Value map;
  map.kind = Value::Kind::kMap;
  map.place = value.place;
  map.entries.push_back({std::move(name), value});
  return map;
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

}  // namespace plumbline::yaml
