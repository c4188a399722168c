#include "simulator/kube/openapi/protobuf_v2.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr unsigned kVarint = 0, kDelimited = 2;

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>((value & 0x7fU) | 0x80U);
  out += static_cast<char>(value);
}

/// One message while it is written.
class Message {
 public:
  Message& text(unsigned number, std::string_view bytes) {
    put_varint(bytes_, (std::uint64_t{number} << 3U) | kDelimited);
    put_varint(bytes_, bytes.size());
    bytes_ += bytes;
    return *this;
  }
  Message& message(unsigned number, const Message& inner) { return text(number, inner.bytes_); }
  Message& flag(unsigned number, bool value) {
    if (!value) return *this;
    put_varint(bytes_, (std::uint64_t{number} << 3U) | kVarint);
    bytes_ += '\1';
    return *this;
  }
  Message& text_of(unsigned number, const Value& value) {
    return value.text().empty() ? *this : text(number, value.text());
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

Message named(std::string_view name, const Message& value) { return Message().text(1, name).message(2, value); }

/// Any JSON: as text, which YAML readers read.
Message any(const Value& value) { return Message().text(2, to_text(value) + "\n"); }

void extensions(const Value& from, unsigned number, Message& to) {
  for (const auto& [key, value] : from.fields())
    if (key.view().starts_with("x-")) to.message(number, named(key.view(), any(value)));
}

Message schema(const Value& value) {
  Message made;
  made.text_of(1, value["$ref"]).text_of(2, value["format"]).text_of(4, value["description"]);
  if (value.contains("default")) made.message(5, any(value["default"]));
  made.text_of(12, value["pattern"]);
  for (const Value& name : value["required"]) made.text(19, name.text());
  for (const Value& choice : value["enum"]) made.message(20, any(choice));
  if (value["additionalProperties"].is_object())
    made.message(21, Message().message(1, schema(value["additionalProperties"])));
  if (!value["type"].text().empty()) made.message(22, Message().text(1, value["type"].text()));
  if (value["items"].is_object()) made.message(23, Message().message(1, schema(value["items"])));
  if (value["properties"].is_object()) {
    Message properties;
    for (const auto& [name, inner] : value["properties"].fields())
      properties.message(1, named(name.view(), schema(inner)));
    made.message(25, properties);
  }
  extensions(value, 31, made);
  return made;
}

Message parameter(const Value& value) {
  const bool in_path = value["in"] == "path";
  Message fields;
  fields.flag(1, value["required"].boolean())
      .text_of(2, value["in"])
      .text_of(3, value["description"])
      .text_of(4, value["name"])
      .text_of(in_path ? 5 : 6, value["type"]);
  const Message place = Message().message(in_path ? 4 : 3, fields);
  return Message().message(1, Message().message(2, place));
}

Message operation(const Value& value) {
  Message made;
  for (const Value& tag : value["tags"]) made.text(1, tag.text());
  made.text_of(5, value["operationId"]);
  for (const Value& each : value["parameters"])
    if (each["in"] != "body") made.message(8, parameter(each));
  const Message ok = Message().message(1, Message().text(1, "OK"));
  made.message(9, Message().message(1, named("200", ok)));
  extensions(value, 13, made);
  return made;
}

Message path_item(const Value& value) {
  Message made;
  constexpr std::pair<const char*, unsigned> kMethods[] = {
      {"get", 2}, {"put", 3}, {"post", 4}, {"delete", 5}, {"patch", 8}};
  for (const auto& [method, number] : kMethods)
    if (value.contains(method)) made.message(number, operation(value[method]));
  for (const Value& each : value["parameters"]) made.message(9, parameter(each));
  return made;
}

}  // namespace

std::string openapi_v2_protobuf(const Value& document) {
  Message made;
  made.text_of(1, document["swagger"]);
  made.message(2, Message().text_of(1, document["info"]["title"]).text_of(2, document["info"]["version"]));
  Message paths;
  for (const auto& [path, item] : document["paths"].fields()) paths.message(2, named(path.view(), path_item(item)));
  made.message(8, paths);
  Message definitions;
  for (const auto& [name, value] : document["definitions"].fields())
    definitions.message(1, named(name.view(), schema(value)));
  made.message(9, definitions);
  return made.bytes();
}

}  // namespace plumbline::kube
