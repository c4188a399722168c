// A request to the API server as its transport hands it over, and what its target means. Value types; no sockets, so
// that HTTP/1.1 and HTTP/2 share everything above them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulator/kube/access/authenticator.h"
#include "simulator/kube/access/authorizer.h"
#include "simulator/kube/store/kind.h"

namespace plumbline::kube {

struct HttpRequest {
  std::string method;
  std::string target;  ///< path and query as received
  std::string accept;
  std::string content_type;
  std::string authorization;
  std::string user_agent;
  std::string accept_encoding;
  std::string if_none_match;
  std::string impersonate_user;
  std::vector<std::string> impersonate_groups;
  std::string body;
  bool body_too_large = false;  ///< its body is longer than kRequestBodyMax, and not here
  std::uint64_t as_of = 0;      ///< reads that may be old see what there was at this resourceVersion (a fault); 0: now
  std::optional<User> certificate;
  bool bad_certificate = false;
  std::string from;  ///< the client's address
};

inline constexpr std::size_t kRequestBodyMax = std::size_t{3} * 1024 * 1024;

struct HttpResponse {
  int code = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< beside those that every response has
};

/// A parsed request target.
struct Target {
  std::string path;  ///< decoded
  std::map<std::string, std::string, std::less<>> query;
  const Kind* kind = nullptr;           ///< of the resource asked for; null when there is none of that name
  const KindVersion* served = nullptr;  ///< in which it is asked for
  bool resource_request = false;
  std::string group, version;
  std::string space, resource, name, subresource;
  std::string proxied;  ///< what follows .../proxy

  /// The parameter, or "".
  std::string parameter(std::string_view key) const;
  /// A parameter that is there is true unless it says "false" or "0", in any case of letters, as a real API server
  /// reads it: Python clients send `watch=True`.
  bool flag(std::string_view key) const;
};

/// Never fails: a target that is no resource's is a request for its path.
Target parse_target(std::string_view target, const Registry& registry);
/// The words of RBAC for this request.
Attributes attributes_of(const HttpRequest& request, const Target& target);

/// "%2F" and, in queries, '+'. Malformed escapes stay as they are.
std::string percent_decode(std::string_view text, bool plus_is_space);

}  // namespace plumbline::kube
