// Acting as somebody else: kubectl --as, --as-group.
#include <algorithm>

#include "simulator/kube/http/api_server.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kAccountPrefix = "system:serviceaccount:";
constexpr const char* kAuthenticated = "system:authenticated";
constexpr const char* kUnauthenticated = "system:unauthenticated";

/// May `user` be taken for `name`, in the words of RBAC.
Attributes impersonates(const std::string& resource, std::string_view name) {
  Attributes asked;
  asked.verb = "impersonate";
  asked.resource = resource;
  asked.name = name;
  if (resource != "users" || !name.starts_with(kAccountPrefix)) return asked;
  const std::string_view account = name.substr(kAccountPrefix.size());
  const std::size_t colon = account.find(':');
  if (colon == std::string_view::npos) return asked;
  asked.resource = "serviceaccounts";
  asked.space = account.substr(0, colon);
  asked.name = account.substr(colon + 1);
  return asked;
}

}  // namespace

// As pkg/endpoints/filters/impersonation of k8s.io/apiserver; uids and extra fields are not looked at.
Outcome<User> ApiServer::acting(const User& user, const HttpRequest& request) {
  User other{request.impersonate_user, request.impersonate_groups};
  if (other.name.empty()) {
    if (other.groups.empty()) return user;
    return Failure{500, "InternalError", "requested groups without impersonating a user", nullptr};
  }
  const Attributes as_user = impersonates("users", other.name);
  std::vector<Attributes> wanted{as_user};
  for (const std::string& group : other.groups) wanted.push_back(impersonates("groups", group));
  for (const Attributes& asked : wanted) {
    if (authorizer_.allowed(user, asked)) continue;
    Kind named;
    named.plural = asked.resource;
    return forbidden(named, asked.name, Authorizer::refusal(user, asked));
  }
  if (as_user.resource == "serviceaccounts" && other.groups.empty())
    other.groups = {"system:serviceaccounts", "system:serviceaccounts:" + as_user.space};
  const std::string last = other.name == kAnonymous ? kUnauthenticated : kAuthenticated;
  if (std::find(other.groups.begin(), other.groups.end(), last) == other.groups.end()) other.groups.push_back(last);
  return other;
}

}  // namespace plumbline::kube
