#include "simulator/kube/http/yaml_body.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <charconv>

namespace plumbline::kube {
namespace {

constexpr std::size_t kNodesMax = 1'000'000;  ///< aliases may stand for more than was sent

template <class Number>
bool read_number(std::string_view text, Number& number, int base = 10) {
  const char* end = text.data() + text.size();
  if constexpr (std::is_integral_v<Number>) {
    const auto [rest, error] = std::from_chars(text.data(), end, number, base);
    return error == std::errc{} && rest == end;
  } else {
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && rest == end;
  }
}

Value scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str") return text;
  for (const char* word : {"", "~", "null", "Null", "NULL"})
    if (text == word) return nullptr;
  for (const char* word : {"true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"})
    if (text == word) return true;
  for (const char* word : {"false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"})
    if (text == word) return false;
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty() || (digits.front() != '.' && (digits.front() < '0' || digits.front() > '9'))) return text;
  struct Base {
    std::string_view prefix;
    int base;
  };
  for (const Base& form : std::array<Base, 4>{{{"0x", 16}, {"0o", 8}, {"0b", 2}, {"0", 8}}}) {
    std::int64_t number = 0;
    if (digits.size() > form.prefix.size() && digits.starts_with(form.prefix) &&
        read_number(digits.substr(form.prefix.size()), number, form.base))
      return negative ? -number : number;
  }
  std::int64_t whole = 0;
  double real = 0;
  if (read_number(digits, whole)) return negative ? -whole : whole;
  if (read_number(digits, real)) return negative ? -real : real;
  return text;
}

class YamlReader {
 public:
  explicit YamlReader(Reading& reading) : reading_(reading) {}

  Value read(const YAML::Node& node, int depth, const std::string& path) {
    if (++nodes_ > kNodesMax) reading_.mistake = "yaml: document contains excessive aliasing";
    // What is read can be written and read again.
    if (depth >= kTextDepthMax && !node.IsScalar() && !node.IsNull())
      reading_.mistake = fmt::format("yaml: exceeded max depth of {}", kTextDepthMax);
    if (!reading_.mistake.empty()) return nullptr;
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        return scalar(node);
      case YAML::NodeType::Sequence: {
        Value list = Value::array();
        for (const YAML::Node& item : node) {
          list.push_back(read(item, depth + 1, fmt::format("{}[{}]", path, list.size())));
          if (!reading_.mistake.empty()) return list;
        }
        return list;
      }
      case YAML::NodeType::Map: {
        Value object = Value::object();
        for (const auto& field : node) {
          if (!field.first.IsScalar()) {
            reading_.mistake = "yaml: a key must be a scalar";
            return object;
          }
          const std::string& name = field.first.Scalar();
          const std::string here = path.empty() ? name : fmt::format("{}.{}", path, name);
          if (object.contains(name)) reading_.duplicates.push_back(here);
          object.set(name) = read(field.second, depth + 1, here);
          if (!reading_.mistake.empty()) return object;
        }
        return object;
      }
      default:
        return nullptr;
    }
  }

 private:
  Reading& reading_;
  std::size_t nodes_ = 0;
};

}  // namespace

Reading read_yaml(std::string_view text) {
  Reading reading;
  try {
    const YAML::Node node = YAML::Load(std::string(text));
    Value value = YamlReader(reading).read(node, 0, "");
    if (reading.mistake.empty()) reading.value = std::move(value);
  } catch (const YAML::Exception& error) {
    reading.mistake = fmt::format("yaml: line {}: {}", error.mark.line + 1, error.msg);
  }
  return reading;
}

}  // namespace plumbline::kube
