// Role-based access control: may this user do this? Rules are read from the store's Role, ClusterRole and bindings, and
// kept parsed until one of them changes. One thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/access/authenticator.h"
#include "simulator/kube/store/store.h"

namespace plumbline::kube {

/// What is asked for, in RBAC's terms.
struct Attributes {
  std::string verb;  ///< get, list, watch, create, update, patch, delete, deletecollection; lower-case method otherwise
  bool resource_request = true;
  std::string group;
  std::string resource;  ///< plural, with subresource: "pods/log"
  std::string space;     ///< "" is the cluster scope, or all namespaces
  std::string name;
  std::string path;  ///< of requests for no resource: "/healthz"

  friend bool operator==(const Attributes&, const Attributes&) = default;
};

/// One rule of a Role or ClusterRole.
struct PolicyRule {
  std::set<std::string, std::less<>> verbs, groups, resources, names;
  std::vector<std::string> paths;  ///< nonResourceURLs; may end with '*'
  bool allows(const Attributes& asked) const;
};

class Authorizer {
 public:
  /// `store` must outlive this.
  explicit Authorizer(Store& store);

  bool allowed(const User& user, const Attributes& asked);
  /// The rules that speak for `user` in `space`, or in the cluster scope.
  std::vector<PolicyRule> held(const User& user, const std::string& space);
  /// All that `user` may do in `space`: the status of a SelfSubjectRulesReview.
  Value rules_in(const User& user, const std::string& space);
  /// Why not: `User "x" cannot list resource "pods" in API group "" in the namespace "default"`.
  static std::string refusal(const User& user, const Attributes& asked);

  /// The roles and bindings that every cluster is made with; cluster-admin and tke:admin among them.
  static std::vector<std::pair<KindId, Value>> bootstrap_objects();

 private:
  struct Binding {
    std::set<std::string> users, groups;
    std::string space;  ///< "" is the whole cluster
    std::vector<PolicyRule> rules;
    bool concerns(const User& user) const;
  };
  void rebuild();
  std::vector<PolicyRule> rules_of(const Value& role_ref, const std::string& space) const;

  Store& store_;
  bool stale_ = true;
  std::vector<Binding> bindings_;
  std::vector<Store::Subscription> changes_;
};

}  // namespace plumbline::kube
