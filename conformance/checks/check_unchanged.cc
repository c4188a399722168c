#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using Fields = std::map<std::string, std::string>;  // lower-case name -> values joined by ", " (RFC 9110 5.3)

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return std::string(text);
}

Fields fields_of(const json& message) {
  Fields fields;
  const json* headers = member(message, "headers");
  if (headers == nullptr || !headers->is_array()) return fields;
  for (const json& header : *headers) {
    if (!header.is_array() || header.size() != 2 || !header[0].is_string() || !header[1].is_string()) continue;
    const auto [place, fresh] = fields.try_emplace(lower(header[0]), trimmed(header[1].get<std::string>()));
    if (!fresh) place->second += ", " + trimmed(header[1].get<std::string>());
  }
  return fields;
}

/// Header fields that a gateway may consume, replace or extend.
std::set<std::string> exempt(const Fields& fields) {
  std::set<std::string> names{"connection",
                              "keep-alive",
                              "proxy-connection",
                              "proxy-authenticate",
                              "proxy-authorization",  // RFC 9110 7.6.1
                              "te",
                              "trailer",
                              "transfer-encoding",
                              "upgrade",
                              "content-length",  // re-framing; compared apart
                              "expect",          // answered by either side
                              "host",            // TUN-08 and TUN-09
                              "via",
                              "forwarded"};
  if (const auto connection = fields.find("connection"); connection != fields.end()) {
    std::string_view rest = connection->second;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      names.insert(lower(trimmed(rest.substr(0, comma))));
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
  }
  return names;
}

bool may_change(const std::string& name, const std::set<std::string>& exempted) {
  return exempted.contains(name) || name.rfind("x-forwarded-", 0) == 0;
}

/// What became of a message's fields and body on one edge; the differences, in words.
class Comparison {
 public:
  void fields(const std::string& edge, const json& before, const json& after) {
    const Fields sent = fields_of(before), got = fields_of(after);
    const auto exempted = exempt(sent);
    for (const auto& [name, value] : sent) {
      if (may_change(name, exempted)) continue;
      const auto found = got.find(name);
      if (found == got.end()) {
        differ(fmt::format("{} lost the header {}", edge, name));
      } else if (found->second != value) {
        differ(fmt::format("{} header {}: '{}' became '{}'", edge, name, value, found->second));
      }
    }
  }
  void same(const std::string& what, const std::string& before, const std::string& after) {
    if (before != after) differ(fmt::format("{} '{}' became '{}'", what, before, after));
  }
  void body(const std::string& edge, const json& before, const json& after) {
    const auto sent = integer_of(before, "body_bytes"), got = integer_of(after, "body_bytes");
    if (sent != got) return differ(fmt::format("{} body of {} bytes became {} bytes", edge, sent, got));
    if (text_of(before, "body_sha256") != text_of(after, "body_sha256")) differ(edge + " body has other content");
  }
  void differ(std::string text) {
    differences_.push_back(std::move(text));
    changed_ = true;
  }
  /// A message that never came, unlike one that was changed, may be lost to a stall of the host.
  void absent(std::string text) { differences_.push_back(std::move(text)); }
  bool changed() const { return changed_; }
  const std::vector<std::string>& differences() const { return differences_; }

 private:
  std::vector<std::string> differences_;
  bool changed_ = false;
};

/// The API's definition in the plan; null when it is not there.
json api_definition(const json& plan, const std::string& api) {
  if (const json* steps = member(plan, "steps"); steps != nullptr && steps->is_array()) {
    for (const json& step : *steps) {
      if (text_of(step, "verb") != "publish" || text_of(step, "api") != api) continue;
      if (const json* definition = member(step, "definition")) return *definition;
    }
  }
  return nullptr;
}

/// The target that a Pod is to see for what the user sent (doc: step 2.3): the matched part gives way to the backend
/// path.
std::string expected_target(const json& definition, const std::string& target) {
  const json* path = member(definition, {"backend", "path"});
  const json* frontend = member(definition, "frontend");
  if (path == nullptr || !path->is_string() || frontend == nullptr) return target;
  const auto query = target.find('?');
  const std::string matched =
      text_of(*frontend, "match") == "exact" ? target.substr(0, query) : text_of(*frontend, "path");
  std::string rest = target.substr(std::min(matched.size(), target.size()));
  const std::string replacement = path->get<std::string>();
  if (!rest.empty() && rest.front() == '/' && !replacement.empty() && replacement.back() == '/') rest.erase(0, 1);
  if (!rest.empty() && rest.front() != '/' && rest.front() != '?' &&
      (replacement.empty() || replacement.back() != '/')) {
    return replacement + "/" + rest;
  }
  return replacement + rest;
}

void compare(const json& definition, const json& exchange, Comparison& comparison) {
  const json* sent = member(exchange, "sent");
  const json* seen = member(exchange, "seen");
  const json* answered = member(exchange, "answered");
  const json* received = member(exchange, "received");
  if (sent == nullptr) return comparison.differ("the history does not say what was sent");
  if (seen == nullptr || !seen->is_array() || seen->empty()) return comparison.absent("no Pod saw the request");
  const json& arrived = seen->back();
  comparison.same("method", text_of(*sent, "method"), text_of(arrived, "method"));
  comparison.same("target", expected_target(definition, text_of(*sent, "target")), text_of(arrived, "target"));
  comparison.fields("request", *sent, arrived);
  comparison.body("request", *sent, arrived);
  if (received == nullptr || integer_of(*received, "status") == 0) {
    return comparison.absent("the user got no response: " + text_of(exchange, "error"));
  }
  if (answered == nullptr) return comparison.absent("no Pod answered");
  const auto status = integer_of(*answered, "status");
  comparison.same("status", std::to_string(status), std::to_string(integer_of(*received, "status")));
  comparison.fields("response", *answered, *received);
  const bool head = text_of(*sent, "method") == "HEAD";
  const bool without_body = head || status == 204 || status == 304;
  if (!without_body) comparison.body("response", *answered, *received);
  if (without_body && integer_of(*received, "body_bytes") != 0)
    comparison.differ("a response that has no body got one");
  const Fields was = fields_of(*answered), is = fields_of(*received);
  if (head && was.contains("content-length") && is.contains("content-length")) {
    comparison.same("content-length", was.at("content-length"), is.at("content-length"));
  }
}

}  // namespace

Finding check_unchanged(const CheckContext& context, const json& arguments) {
  const auto [window, why] = context.window(arguments);
  if (window == nullptr) return why;
  const json definition = api_definition(context.plan(), window->api);
  Finding finding = Finding::fail("", "messages pass unchanged but for what HTTP allows", "");
  std::vector<std::string> seen;
  std::size_t exchanges = 0, changed = 0;
  bool altered = false;
  for (const OtherRecord& record : context.history().exchanges) {
    if (integer_of(record.json, "window", -1) != window->index) continue;
    ++exchanges;
    Comparison comparison;
    compare(definition, record.json, comparison);
    if (comparison.differences().empty()) continue;
    ++changed;
    altered = altered || comparison.changed();
    const json* sent = member(record.json, "sent");
    for (const auto& difference : comparison.differences()) {
      finding.show(record.t, record.line,
                   fmt::format("{} {}: {}", sent == nullptr ? "?" : text_of(*sent, "method"),
                               sent == nullptr ? "?" : text_of(*sent, "target"), difference));
      seen.push_back(difference);
    }
  }
  if (exchanges == 0) return Finding::harness_error("the window has no exchanges");
  if (changed == 0) {
    Finding passed = Finding::pass(fmt::format("{} exchanges passed unchanged", exchanges));
    passed.measured["exchanges"] = exchanges;
    return passed;
  }
  finding.sentence = fmt::format("{} of {} exchanges were changed", changed, exchanges);
  finding.seen = some_of(seen, 3);
  if (altered) return finding;
  return context.unless_stalled(std::move(finding), window->t, window->t1);
}

}  // namespace plumbline::conformance
