#include "reference/net/forwarding.h"

#include <algorithm>
#include <array>

namespace plumbline::gateway {
namespace {

constexpr std::string_view kForwardedFor = "X-Forwarded-For";

void append(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool always_hop_by_hop(std::string_view name) {
  switch (name.size()) {
    case 2:
      return same_token(name, "te");
    case 7:
      return same_token(name, "trailer") || same_token(name, "upgrade");
    case 10:
      return same_token(name, "connection") || same_token(name, "keep-alive");
    case 16:
      return same_token(name, "proxy-connection");
    case 17:
      return same_token(name, "transfer-encoding");
    case 18:
      return same_token(name, "proxy-authenticate");
    case 19:
      return same_token(name, "proxy-authorization");
    default:
      return false;
  }
}

/// Connection may not take away what the message's meaning or end depends on.
bool protected_from_connection(std::string_view name) {
  return same_token(name, "host") || same_token(name, "content-length");
}

bool stops_here(const MessageHead& head, std::string_view name) {
  if (always_hop_by_hop(name)) return true;
  if (head.named_by_connection.empty() || protected_from_connection(name)) return false;
  return std::any_of(head.named_by_connection.begin(), head.named_by_connection.end(),
                     [&](std::string_view named) { return same_token(named, name); });
}

std::string_view standard_reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 408:
      return "Request Timeout";
    case 431:
      return "Request Header Fields Too Large";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "";
  }
}

}  // namespace

bool split_target(const MessageHead& request, Target& target) {
  if (request.method == "CONNECT") return false;
  target = {};
  std::string_view rest = request.target;
  if (rest == "*") {
    target.path = rest;
    return request.method == "OPTIONS";
  }
  constexpr std::string_view kScheme = "http://";
  if (rest.size() > kScheme.size() && same_token(rest.substr(0, kScheme.size()), kScheme)) {
    rest.remove_prefix(kScheme.size());
    target.authority = rest.substr(0, rest.find_first_of("/?"));
    if (target.authority.empty() || target.authority.find('@') != std::string_view::npos) return false;
    rest.remove_prefix(target.authority.size());
  } else if (!rest.starts_with('/')) {
    return false;
  }
  const std::size_t query = std::min(rest.find('?'), rest.size());
  target.path = query == 0 ? std::string_view("/") : rest.substr(0, query);
  target.query = rest.substr(query);
  return true;
}

bool idempotent(std::string_view method) {
  constexpr std::array<std::string_view, 6> kMethods = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

void write_request_head(const MessageHead& request, std::string_view target, std::string_view host,
                        std::string_view client_address, bool chunked, std::string& out) {
  out.append(request.method).append(" ").append(target).append(" HTTP/1.1\r\n");
  const HeaderLine* forwarded_for = nullptr;
  for (const HeaderLine& line : request.headers) {
    if (same_token(line.name, kForwardedFor) && !stops_here(request, line.name)) forwarded_for = &line;
  }
  bool host_written = false;
  for (const HeaderLine& line : request.headers) {
    if (stops_here(request, line.name)) continue;
    if (same_token(line.name, "host")) {
      append(out, line.name, host);
      host_written = true;
    } else if (&line == forwarded_for) {
      out.append(line.name).append(": ").append(line.value);
      out.append(line.value.empty() ? "" : ", ").append(client_address).append("\r\n");
    } else if (!chunked || !same_token(line.name, "content-length")) {
      append(out, line.name, line.value);
    }
  }
  if (!host_written) append(out, "Host", host);
  if (forwarded_for == nullptr) append(out, kForwardedFor, client_address);
  if (chunked) out.append("Transfer-Encoding: chunked\r\n");
  out.append("\r\n");
}

void write_response_head(const MessageHead& response, bool chunked, Ending ending, std::string& out) {
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(response.reason).append("\r\n");
  const bool no_length = chunked || response.status / 100 == 1 || response.status == 204;
  for (const HeaderLine& line : response.headers) {
    if (stops_here(response, line.name)) continue;
    if (no_length && same_token(line.name, "content-length")) continue;
    append(out, line.name, line.value);
  }
  if (chunked) out.append("Transfer-Encoding: chunked\r\n");
  if (ending == Ending::kClose && response.status / 100 != 1) out.append("Connection: close\r\n");
  out.append("\r\n");
}

void write_own_answer(int status, std::string_view message, bool without_body, Ending ending, std::string& out) {
  std::string body = "{\"message\":\"";
  body.append(message).append("\"}");
  write_own_answer(status, "application/json", body, without_body, ending, out);
}

void write_own_answer(int status, std::string_view content_type, std::string_view body, bool without_body,
                      Ending ending, std::string& out) {
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(standard_reason(status)).append("\r\n");
  append(out, "Content-Type", content_type);
  append(out, "Content-Length", std::to_string(body.size()));
  if (ending == Ending::kClose) append(out, "Connection", "close");
  out.append("\r\n");
  if (!without_body) out.append(body);
}

}  // namespace plumbline::gateway
