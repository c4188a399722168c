#include "simulator/kube/value/text.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ostream>

namespace plumbline::kube {
namespace {

namespace dom = simdjson::dom;

class Builder {
 public:
  explicit Builder(Reading& reading) : reading_(reading) {}

  Value build(const dom::element& element) {
    switch (element.type()) {
      case dom::element_type::OBJECT:
        return build(element.get_object().value_unsafe());
      case dom::element_type::ARRAY: {
        Value list = Value::array();
        std::size_t index = 0;
        const dom::array items = element.get_array().value_unsafe();
        for (const dom::element item : items) {
          const std::size_t length = path_.size();
          path_ += fmt::format("[{}]", index++);
          list.push_back(build(item));
          path_.resize(length);
        }
        return list;
      }
      case dom::element_type::STRING:
        return element.get_string().value_unsafe();
      case dom::element_type::INT64:
        return element.get_int64().value_unsafe();
      case dom::element_type::UINT64:
        return static_cast<double>(element.get_uint64().value_unsafe());
      case dom::element_type::DOUBLE:
        return element.get_double().value_unsafe();
      case dom::element_type::BOOL:
        return element.get_bool().value_unsafe();
      case dom::element_type::NULL_VALUE:
        break;
    }
    return nullptr;
  }

 private:
  Value build(const dom::object& object) {
    std::vector<Member> members;
    members.reserve(object.size());
    for (const dom::key_value_pair field : object) {
      const std::size_t length = path_.size();
      if (length > 0) path_ += '.';
      path_ += field.key;
      members.push_back({Key(field.key), build(field.value)});
      path_.resize(length);
    }
    return Value::object(std::move(members), [this](std::string_view name) {
      reading_.duplicates.push_back(path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name));
    });
  }

  Reading& reading_;
  std::string path_;
};

// One parser a thread: its buffers are large, and kept.
dom::parser& parser() {
  static thread_local dom::parser kParser;
  return kParser;
}

constexpr bool plain(char letter) {
  return static_cast<unsigned char>(letter) >= 0x20 && letter != '"' && letter != '\\';
}

/// Appends `text`; of bytes that are no UTF-8, each becomes U+FFFD, as Go has it.
void write_letters(std::string_view text, std::string& out) {
  if (simdjson::validate_utf8(text.data(), text.size())) {
    out += text;
    return;
  }
  while (!text.empty()) {
    std::size_t length = 1;
    const std::size_t most = std::min<std::size_t>(4, text.size());
    while (length <= most && !simdjson::validate_utf8(text.data(), length)) ++length;
    if (length <= most)
      out += text.substr(0, length);
    else
      out += "\xEF\xBF\xBD";
    text.remove_prefix(length <= most ? length : 1);
  }
}

void write_real(double number, std::string& out) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  char buffer[32];
  const auto [end, failure] = std::to_chars(buffer, buffer + sizeof buffer, number);
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace

Reading read_text(std::string_view text, int depth_max) {
  Reading reading;
  dom::parser& parser = kube::parser();
  dom::element root;
  auto failure = parser.allocate(std::max<std::size_t>(text.size(), 1), static_cast<std::size_t>(depth_max) + 1);
  if (failure == simdjson::SUCCESS) failure = parser.parse(text.data(), text.size()).get(root);
  if (failure != simdjson::SUCCESS) {
    reading.mistake = simdjson::error_message(failure);
    return reading;
  }
  reading.value = Builder(reading).build(root);
  return reading;
}

void write_quoted(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    std::size_t length = 0;
    unsigned char bits = 0;
    for (; length < text.size() && plain(text[length]); ++length) bits |= static_cast<unsigned char>(text[length]);
    if (bits < 0x80)
      out += text.substr(0, length);
    else
      write_letters(text.substr(0, length), out);
    text.remove_prefix(length);
    if (text.empty()) break;
    const char letter = text.front();
    text.remove_prefix(1);
    switch (letter) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += fmt::format("\\u{:04x}", static_cast<unsigned char>(letter));
    }
  }
  out += '"';
}

void write_text(const Value& value, std::string& out) {
  switch (value.type()) {
    case Value::Type::kNull:
      out += "null";
      return;
    case Value::Type::kBoolean:
      out += value.boolean() ? "true" : "false";
      return;
    case Value::Type::kInteger: {
      char buffer[24];
      const auto [end, failure] = std::to_chars(buffer, buffer + sizeof buffer, value.integer());
      out.append(buffer, end);
      return;
    }
    case Value::Type::kReal:
      return write_real(value.real(), out);
    case Value::Type::kString:
      return write_quoted(value.text(), out);
    case Value::Type::kArray: {
      char before = '[';
      for (const Value& item : value) {
        out += before;
        write_text(item, out);
        before = ',';
      }
      if (before == '[') out += '[';
      out += ']';
      return;
    }
    case Value::Type::kObject: {
      char before = '{';
      for (const Member& member : value.fields()) {
        out += before;
        write_quoted(member.name(), out);
        out += ':';
        write_text(member.value, out);
        before = ',';
      }
      if (before == '{') out += '{';
      out += '}';
      return;
    }
  }
}

std::string to_text(const Value& value) {
  std::string out;
  write_text(value, out);
  return out;
}

void PrintTo(const Value& value, std::ostream* out) { *out << to_text(value); }

}  // namespace plumbline::kube
