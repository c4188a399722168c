#include "simulator/kube/http/request.h"

#include <algorithm>
#include <vector>

namespace plumbline::kube {
namespace {

int hex(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // '/'
    const std::size_t slash = path.find('/');
    if (const std::string_view part = path.substr(0, slash); !part.empty())
      parts.emplace_back(percent_decode(part, false));
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash);
  }
  return parts;
}

void parse_query(std::string_view query, Target& target) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    target.query.emplace(percent_decode(pair.substr(0, equals), true), percent_decode(value, true));
  }
}

// The rest of a resource path, after its group and version.
void parse_resource(const std::vector<std::string>& parts, std::size_t next, const Registry& registry, Target& target) {
  if (next >= parts.size()) return;
  const auto left = parts.size() - next;
  bool in_space = false;
  if (parts[next] == "namespaces" && left >= 3 && parts[next + 2] != "status" && parts[next + 2] != "finalize") {
    target.space = parts[next + 1];
    next += 2;
    in_space = true;
  }
  target.resource_request = true;
  target.resource = parts[next++];
  if (next < parts.size()) target.name = parts[next++];
  if (next < parts.size()) target.subresource = parts[next++];
  for (; next < parts.size(); ++next) target.proxied += "/" + parts[next];
  // A namespace is in itself, for RBAC.
  if (target.resource == "namespaces" && target.group.empty()) target.space = target.name;
  target.kind = registry.find(target.group, target.version, target.resource);
  // What has no namespace is in none: rights in one must not reach it.
  if (target.kind != nullptr && !target.kind->namespaced && in_space) target.kind = nullptr;
  if (target.kind != nullptr) target.served = target.kind->version(target.version);
}

}  // namespace

std::string Target::parameter(std::string_view key) const {
  const auto found = query.find(key);
  return found == query.end() ? std::string() : found->second;
}

bool Target::flag(std::string_view key) const {
  const auto found = query.find(key);
  if (found == query.end()) return false;
  std::string value = found->second;
  for (char& byte : value) byte = byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
  return value != "false" && value != "0";
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

Target parse_target(std::string_view text, const Registry& registry) {
  Target target;
  const std::size_t question = text.find('?');
  const std::string_view path = text.substr(0, question);
  target.path = percent_decode(path, false);
  if (question != std::string_view::npos) parse_query(text.substr(question + 1), target);
  if (!path.starts_with('/')) return target;
  const std::vector<std::string> parts = parts_of(path);
  if (parts.size() >= 2 && parts[0] == "api") {
    target.version = parts[1];
    parse_resource(parts, 2, registry, target);
  } else if (parts.size() >= 3 && parts[0] == "apis") {
    target.group = parts[1];
    target.version = parts[2];
    parse_resource(parts, 3, registry, target);
  }
  return target;
}

Attributes attributes_of(const HttpRequest& request, const Target& target) {
  Attributes asked;
  asked.path = target.path;
  asked.resource_request = target.resource_request;
  const std::string& method = request.method;
  if (!target.resource_request) {
    asked.verb = method;
    std::transform(method.begin(), method.end(), asked.verb.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return asked;
  }
  asked.group = target.group;
  asked.resource = target.resource + (target.subresource.empty() ? "" : "/" + target.subresource);
  asked.space = target.space;
  asked.name = target.name;
  if (method == "GET" || method == "HEAD") {
    if (target.flag("watch") && target.subresource.empty())
      asked.verb = "watch";
    else
      asked.verb = target.name.empty() ? "list" : "get";
  } else if (method == "POST") {
    asked.verb = "create";
  } else if (method == "PUT") {
    asked.verb = "update";
  } else if (method == "PATCH") {
    asked.verb = "patch";
  } else if (method == "DELETE") {
    asked.verb = target.name.empty() ? "deletecollection" : "delete";
  }
  return asked;
}

}  // namespace plumbline::kube
