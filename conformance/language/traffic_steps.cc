// Verbs about users' requests.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "conformance/language/step_reader.h"
#include "simulator/yaml/units.h"

namespace plumbline::conformance {
namespace {

constexpr int kRequestsMax = 1'000'000;
constexpr int kConnectionsMax = 10'000;

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  const auto is_good = [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || kOthers.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_good);
}

/// What clients can put into a request line (RFC 9112, 3.2.1): a path from the root, and a query.
bool is_target(std::string_view text) {
  const auto is_good = [](char c) { return c > ' ' && c != 0x7f && c != '#'; };
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), is_good);
}

void check_method(yaml::Fields& fields, const std::string& method) {
  if (!is_token(method)) fields.problem(fields.find("method"), fmt::format("'{}' is no method", method));
}

void check_target(yaml::Fields& fields, const std::string& path) {
  if (!path.starts_with('/'))
    fields.problem(fields.find("path"), "'path' begins with '/'");
  else if (!is_target(path))
    fields.problem(fields.find("path"),
                   fmt::format("'{}' cannot be sent: spaces and '#' are written %20 and %23", path));
}

}  // namespace

Action StepReader::settle(yaml::Fields& fields) { return Settle{known_name(fields, "api", apis_)}; }

std::vector<std::pair<std::string, std::string>> StepReader::headers(yaml::Fields& fields) {
  std::vector<std::pair<std::string, std::string>> list;
  const yaml::Value* value = fields.find("headers");
  if (value == nullptr) return list;
  if (value->is_scalar()) fields.problem(value, "'headers' takes a map, or a list of one-entry maps for repeated ones");
  const auto add = [&](const yaml::Value& map) {
    for (const yaml::Entry& entry : map.entries) {
      const bool is_word = entry.value.is_scalar() || entry.value.is_null();
      if (!is_word) fields.problem(&entry.value, "a header's value is a word");
      if (!is_token(entry.key.text))
        fields.problem(&entry.key, fmt::format("'{}' is no header's name", entry.key.text));
      if (entry.value.text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
        fields.problem(&entry.value, "a header's value is one line");
      if (is_word) list.emplace_back(entry.key.text, entry.value.text);
    }
  };
  add(*value);
  for (const yaml::Value& item : value->items) {
    if (!item.is_map()) fields.problem(&item, "a header is a map of one entry");
    add(item);
  }
  return list;
}

Action StepReader::send(yaml::Fields& fields) {
  Send action;
  action.api = known_name(fields, "api", apis_);
  const int wanted = fields.count("requests", -1);
  action.requests = std::max(wanted, 0);
  action.span = fields.duration("for");
  action.connections = fields.count("connections", 1);
  action.fresh = fields.flag("fresh");
  if (const auto method = fields.optional_text("method")) action.method = *method;
  check_method(fields, action.method);
  action.path = fields.optional_text("path");
  if (action.path) check_target(fields, *action.path);
  action.headers = headers(fields);
  action.background = fields.flag("background");
  const yaml::Value* requests = fields.find("requests");
  const yaml::Value* span = fields.find("for");
  const int ends = (requests != nullptr ? 1 : 0) + (span != nullptr ? 1 : 0);
  if (action.background ? ends > 1 : ends != 1) {
    fields.problem(nullptr, "send takes 'requests' or 'for', one of the two");
  }
  if (wanted == 0 || wanted > kRequestsMax) fields.problem(requests, fmt::format("1 to {} requests", kRequestsMax));
  if (action.span && action.span->count() <= 0) fields.problem(span, "'for' must be longer than 0");
  if (action.connections < 1 || action.connections > kConnectionsMax) {
    fields.problem(fields.find("connections"), fmt::format("1 to {} connections", kConnectionsMax));
  }
  return action;
}

Action StepReader::stop(yaml::Fields& fields) {
  Stop action{known_name(fields, "window", windows_)};
  const auto going_on = std::find(going_on_.begin(), going_on_.end(), action.window);
  if (going_on != going_on_.end()) {
    going_on_.erase(going_on);
  } else if (std::find(windows_.begin(), windows_.end(), action.window) != windows_.end()) {
    fields.problem(fields.find("window"), fmt::format("'{}' does not go on in the background", action.window));
  }
  return action;
}

Action StepReader::exchange(yaml::Fields& fields) {
  Exchange action;
  action.api = known_name(fields, "api", apis_);
  const auto items = fields.list("requests", true);
  if (const yaml::Value* list = fields.find("requests"); list != nullptr && list->is_list() && items.empty())
    fields.problem(list, "an exchange has at least one request");
  for (const yaml::Value* item : items) {
    yaml::Fields one(*item, "a request", problems_);
    ExchangeRequest request;
    if (const auto method = one.optional_text("method")) request.method = *method;
    check_method(one, request.method);
    request.path = one.text("path", true);
    if (!request.path.empty()) check_target(one, request.path);
    request.headers = headers(one);
    request.body = one.text("body");
    if (const yaml::Value* bytes = one.find_scalar("bodyBytes")) {
      if (const auto size = yaml::bytes_of(bytes->text)) {
        request.body_bytes = *size;
      } else {
        one.problem(bytes, fmt::format("'bodyBytes' is a size such as 100B, 64KiB or 1MiB; '{}' is none", bytes->text));
      }
    }
    request.chunked = one.flag("chunked");
    request.expect_continue = one.flag("expectContinue");
    if (!request.body.empty() && request.body_bytes > 0) one.problem(nullptr, "'body' or 'bodyBytes', not both");
    one.finish();
    action.requests.push_back(std::move(request));
  }
  return action;
}

Action StepReader::pause(yaml::Fields& fields) {
  Pause action;
  if (const auto span = fields.duration("for", true)) {
    if (span->count() == 0) fields.problem(fields.find("for"), "'for' must be longer than 0");
    action.span = *span;
  }
  return action;
}

}  // namespace plumbline::conformance
