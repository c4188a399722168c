#include "conformance/contract/message.h"

#include <fmt/format.h>

#include "wire/contract.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

/// The beginning of the line for people: short, printable.
std::string excerpt(std::string_view line) {
  constexpr std::size_t kExcerptBytes = 80;
  std::string text;
  for (const char c : line.substr(0, kExcerptBytes)) text += (c >= ' ' && c < 0x7f) ? c : '?';
  return line.size() > kExcerptBytes ? text + "..." : text;
}

InvalidMessage invalid(std::string_view why, std::string_view line) {
  return {fmt::format("{}: `{}`", why, excerpt(line))};
}

}  // namespace

Message parse_message(std::string_view line) {
  if (wire::nested_deeper_than(line, wire::kNestingMax)) {
    return invalid(fmt::format("a line on stdout is nested deeper than {}", wire::kNestingMax), line);
  }
  json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) return invalid("a line on stdout is not JSON (logs belong on stderr)", line);
  if (!object.is_object()) return invalid("a line on stdout is not a JSON object", line);
  if (const auto version = object.find("jsonrpc"); version == object.end() || *version != "2.0") {
    return invalid("a message lacks \"jsonrpc\":\"2.0\"", line);
  }
  const auto method = object.find("method");
  const auto id = object.find("id");
  if (method != object.end()) {
    if (!method->is_string()) return invalid("a notification's method is not a text", line);
    if (id != object.end()) return invalid("candidates send notifications (no id), not requests", line);
    json params = object.value("params", json::object());
    if (!params.is_object()) return invalid("a notification's params are not an object", line);
    return Notification{method->get<std::string>(), std::move(params)};
  }
  if (id == object.end() || !id->is_number_integer())
    return invalid("an answer lacks the integer id of its request", line);
  const auto result = object.find("result");
  const auto error = object.find("error");
  if ((result == object.end()) == (error == object.end())) {
    return invalid("an answer has exactly one of result and error", line);
  }
  if (error == object.end()) return AnswerMessage{id->get<std::int64_t>(), false, std::move(*result)};
  const auto code = error->is_object() ? error->find("code") : error->end();
  if (!error->is_object() || code == error->end() || !code->is_number_integer()) {
    return invalid("an error is not an object with an integer code", line);
  }
  return AnswerMessage{id->get<std::int64_t>(), true, std::move(*error)};
}

}  // namespace plumbline::conformance
