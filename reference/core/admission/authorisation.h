// How the gateway gets its own rights in a cluster (doc: 3.1.2; api: section 6): with the requester's rights it makes a
// ServiceAccount, a ClusterRole, a binding and a token, and reads with that token only. A state machine for the steps,
// and the decisions around it. No sockets, no JSON.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/ids.h"

namespace plumbline::gateway {

/// What the gateway may do in a cluster; the contract's words in to_string.
enum class Access { kRequired, kAuthorized, kRevoked, kUnreachable };
std::string_view to_string(Access access);

/// The decisions around authorisation: the seams of the authorisation mutants. These are the right ones.
class AuthorisationPolicy {
 public:
  virtual ~AuthorisationPolicy() = default;
  /// May a tunnel use the cluster? Once granted it stays so; a revoked grant shows as an empty tunnel, not a refusal.
  virtual bool may_use(const ClusterId& cluster, Access access) const;
  /// Must the cluster's owner be asked when a tunnel names it before the grant?
  virtual bool asks(const ClusterId& cluster) const;
  /// Whose rights are tried for the grant, in this order: the requester's, nobody else's (doc: Reminders 2).
  virtual std::vector<PrincipalId> on_behalf_of(const PrincipalId& requester,
                                                const std::vector<PrincipalId>& everybody) const;
  /// Read an unauthorised cluster with the requester's own kubeconfig? Never (AUTH-01).
  virtual bool borrows_rights(const ClusterId& cluster) const;
};

inline constexpr std::string_view kGrantNamespace = "kube-system";
inline constexpr std::string_view kGrantAccount = "apigw-ingress";
inline constexpr std::string_view kGrantRole = "apigw-ingress-clusterrole";
inline constexpr std::string_view kGrantBinding = "apigw-ingress-clusterrole-binding";
inline constexpr std::string_view kGrantSecretPrefix = "apigw-ingress-token-";
inline constexpr std::string_view kAdminRole = "tke:admin";  ///< api: AcquireClusterAdminRole

/// One run of the grant in one cluster. Each answer of the API server leads to the next step.
class Grant {
 public:
  enum class Step { kServiceAccount, kClusterRole, kBinding, kSecret, kToken, kDone, kFailed };
  struct Next {
    Step step = Step::kServiceAccount;
    std::chrono::milliseconds pause{0};  ///< before the step
    friend bool operator==(const Next&, const Next&) = default;
  };
  static constexpr int kTokenReadsMax = 60;
  static constexpr std::chrono::milliseconds kTokenPause{50};
  static constexpr int kSecretNamesMax = 5;

  Grant(ClusterId cluster, PrincipalId requester);

  Next start() const { return {Step::kServiceAccount, {}}; }
  /// The answer to the current step: HTTP status, the API server's message, and for kToken the token ("" while the
  /// token controller has not filled it in).
  Next answered(int status, const std::string& message, const std::string& token = "");
  /// The current step got no answer.
  Next unanswered(const std::string& why);

  const Error& error() const { return error_; }        ///< after kFailed: kPermissionDenied or kUnavailable
  const std::string& token() const { return token_; }  ///< after kDone

 private:
  Next fail(Reason reason, const std::string& why);

  ClusterId cluster_;
  PrincipalId requester_;
  Step step_ = Step::kServiceAccount;
  int token_reads_ = 0;
  int secret_names_ = 0;
  std::string token_;
  Error error_;
};

}  // namespace plumbline::gateway
