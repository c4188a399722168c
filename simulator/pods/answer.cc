#include "simulator/pods/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "simulator/pods/json_text.h"

namespace plumbline::pods {
namespace {

constexpr std::size_t kChunkBytes = 8192;
constexpr std::string_view kForwardedFor = "X-Forwarded-For";

struct Target {
  std::string_view path;
  std::string_view query;
};

/// Origin form and absolute form (RFC 9112, 3.2).
Target split(std::string_view target) {
  if (const std::size_t scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
    const std::size_t slash = target.find('/', scheme + 3);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, mark), target.substr(mark + 1)};
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = static_cast<char>(c | 32);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

template <class Visit>
void each_parameter(std::string_view query, const Visit& visit) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (!pair.empty()) {
      visit(pair.substr(0, equals), equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    }
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
  }
}

std::optional<std::string_view> parameter(std::string_view query, std::string_view name) {
  std::optional<std::string_view> found;
  each_parameter(query, [&](std::string_view key, std::string_view value) {
    if (key == name) found = value;
  });
  return found;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (text.empty() || failure != std::errc{} || rest != end) return std::nullopt;
  return value;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  append_json(out, name);
  out += ':';
  append_json(out, value);
}

/// Who answers, as the first member of the body; `address` when it is known.
std::string opening(const Identity& pod, std::string_view address = "") {
  std::string out = R"({"pod":{)";
  append_field(out, "cluster", pod.cluster.str());
  out += ',';
  append_field(out, "namespace", pod.space);
  out += ',';
  append_field(out, "name", pod.name);
  out += ',';
  append_field(out, "uid", pod.uid);
  out += ',';
  append_field(out, "version", pod.version);
  if (!address.empty()) {
    out += ',';
    append_field(out, "address", address);
  }
  return out + '}';
}

/// Fields of one name are one member, joined as HTTP allows (RFC 9110, 5.3).
void append_headers(std::string& out, const Request& request) {
  out += R"("headers":{)";
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const Header& header = request.headers[i];
    const auto same = [&](const Header& other) { return equal_without_case(other.name, header.name); };
    const auto here = request.headers.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(request.headers.begin(), here, same)) continue;
    if (i > 0) out += ',';
    const bool alone = std::none_of(here + 1, request.headers.end(), same);
    append_field(out, header.name, alone ? header.value : request.all(header.name));
  }
  out += '}';
}

std::string echo(const Identity& pod, const Request& request, const Target& target, const Ends& ends) {
  std::string out = opening(pod, ends.own);
  out += ',';
  append_field(out, "method", request.method);
  out += ',';
  append_field(out, "path", target.path);
  out += R"(,"args":{)";
  bool first = true;
  each_parameter(target.query, [&](std::string_view key, std::string_view value) {
    if (!first) out += ',';
    first = false;
    append_field(out, decoded(key), decoded(value));
  });
  out += "},";
  append_headers(out, request);
  out += ',';
  const bool forwarded = request.count(kForwardedFor) > 0;
  append_field(out, "origin", forwarded ? request.all(kForwardedFor) : std::string(ends.peer));
  if (!request.body.empty()) {
    out += ',';
    const bool text = is_utf8(request.body);
    append_field(out, "data", text ? request.body : "data:application/octet-stream;base64," + base64(request.body));
  }
  out += "}\n";
  return out;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 413:
      return "Content Too Large";
    case 418:
      return "I'm a teapot";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

bool has_no_body(int status) { return status == 204 || status == 304; }

bool is_chunked(const Answer& answer, int minor) { return answer.chunked && minor == 1 && !has_no_body(answer.status); }

}  // namespace

std::string seeded_bytes(std::size_t size, std::uint64_t seed) {
  std::string bytes(size, '\0');
  std::uint64_t state = seed * 0x9e3779b97f4a7c15U + 1;
  for (char& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<char>(state >> 32 & 255);
  }
  return bytes;
}

Answer refusal(const Identity& pod, int status, std::string_view problem) {
  Answer answer;
  answer.status = status;
  answer.body = opening(pod) + ',';
  append_field(answer.body, "error", problem);
  answer.body += "}\n";
  answer.headers = {{"Content-Type", "application/json"}, {"X-Pod", pod.str()}};
  return answer;
}

Answer answer_as(const Identity& pod, const Request& request, const Ends& ends) {
  if (request.minor == 1 && request.count("Host") != 1) return refusal(pod, 400, "there is not one Host field");
  const Target target = split(request.target);
  Answer answer;
  answer.headers = {{"Content-Type", "application/json"}, {"X-Pod", pod.str()}};
  answer.chunked = request.minor == 1 && parameter(target.query, "chunked").has_value();
  const auto rest_after = [&](std::string_view prefix) -> std::optional<std::string_view> {
    if (!target.path.starts_with(prefix)) return std::nullopt;
    return target.path.substr(prefix.size());
  };
  if (const auto code = rest_after("/status/")) {
    const auto status = number<int>(*code);
    if (!status || *status < 200 || *status > 599) return refusal(pod, 400, "/status takes a code of 200 to 599");
    answer.status = *status;
    answer.headers[0].value = "text/plain";
    return answer;
  }
  for (const std::string_view prefix : {"/bytes/", "/stream-bytes/"}) {
    const auto count = rest_after(prefix);
    if (!count) continue;
    const auto size = number<std::size_t>(*count);
    const auto seed = number<std::uint64_t>(parameter(target.query, "seed").value_or("0"));
    if (!size || *size > kBodyBytesMax || !seed) return refusal(pod, 400, "/bytes takes a size of at most 16 MiB");
    answer.body = seeded_bytes(*size, *seed);
    answer.headers[0].value = "application/octet-stream";
    answer.chunked = answer.chunked || (prefix == "/stream-bytes/" && request.minor == 1);
    return answer;
  }
  if (const auto seconds = rest_after("/delay/")) {
    const auto wait = number<double>(*seconds);
    if (!wait || *wait < 0 || *wait * 1000 > static_cast<double>(kDelayMax.count())) {
      return refusal(pod, 400, "/delay takes 0 to 60 seconds");
    }
    answer.delay = std::chrono::milliseconds(static_cast<std::int64_t>(*wait * 1000));
  }
  answer.body = echo(pod, request, target, ends);
  return answer;
}

std::vector<Header> fields_of(const Answer& answer, int minor, bool close) {
  std::vector<Header> fields = answer.headers;
  if (is_chunked(answer, minor)) {
    fields.push_back({"Transfer-Encoding", "chunked"});
  } else if (!has_no_body(answer.status)) {
    fields.push_back({"Content-Length", fmt::format_int(answer.body.size()).str()});
  }
  if (close) fields.push_back({"Connection", "close"});
  if (!close && minor == 0) fields.push_back({"Connection", "keep-alive"});
  return fields;
}

std::string serialize(const Answer& answer, int minor, bool close, bool head_only) {
  std::string out;
  out.reserve(256 + (head_only ? 0 : answer.body.size()));
  const auto add = std::back_inserter(out);
  fmt::format_to(add, "HTTP/1.1 {} {}\r\n", answer.status, reason_phrase(answer.status));
  for (const Header& field : fields_of(answer, minor, close)) {
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  out += "\r\n";
  if (head_only || has_no_body(answer.status)) return out;
  if (!is_chunked(answer, minor)) return out += answer.body;
  for (std::size_t at = 0; at < answer.body.size(); at += kChunkBytes) {
    const std::string_view chunk = std::string_view(answer.body).substr(at, kChunkBytes);
    fmt::format_to(add, "{:x}\r\n{}\r\n", chunk.size(), chunk);
  }
  return out += "0\r\n\r\n";
}

}  // namespace plumbline::pods
