#include "reference/core/admission/authorisation.h"

#include <fmt/format.h>

#include "model/check.h"

namespace plumbline::gateway {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kConflict = 409;

bool is_good(int status) { return status >= 200 && status < 300; }

}  // namespace

std::string_view to_string(Access access) {
  switch (access) {
    case Access::kRequired:
      return "required";
    case Access::kAuthorized:
      return "authorized";
    case Access::kRevoked:
      return "revoked";
    case Access::kUnreachable:
      return "unreachable";
  }
  return "required";
}

bool AuthorisationPolicy::may_use(const ClusterId&, Access access) const { return access != Access::kRequired; }

bool AuthorisationPolicy::asks(const ClusterId&) const { return true; }

std::vector<PrincipalId> AuthorisationPolicy::on_behalf_of(const PrincipalId& requester,
                                                           const std::vector<PrincipalId>&) const {
  return {requester};
}

bool AuthorisationPolicy::borrows_rights(const ClusterId&) const { return false; }

Grant::Grant(ClusterId cluster, PrincipalId requester)
    : cluster_(std::move(cluster)), requester_(std::move(requester)) {}

Grant::Next Grant::answered(int status, const std::string& message, const std::string& token) {
  CHECK(step_ != Step::kDone && step_ != Step::kFailed, "a finished grant takes no more answers");
  if (status == kUnauthorized || status == kForbidden) {
    return fail(Reason::kPermissionDenied, fmt::format("{} lacks the cluster's admin role ({}); get it and try again",
                                                       requester_.str(), kAdminRole));
  }
  if (step_ == Step::kSecret && status == kConflict && ++secret_names_ < kSecretNamesMax) return {Step::kSecret, {}};
  const bool stands = is_good(status) || (status == kConflict && step_ != Step::kToken && step_ != Step::kSecret);
  if (!stands) return fail(Reason::kUnavailable, fmt::format("API server answered {}: {}", status, message));
  switch (step_) {
    case Step::kServiceAccount:
      step_ = Step::kClusterRole;
      break;
    case Step::kClusterRole:
      step_ = Step::kBinding;
      break;
    case Step::kBinding:
      step_ = Step::kSecret;
      break;
    case Step::kSecret:
      step_ = Step::kToken;
      break;
    default:
      if (!token.empty()) {
        token_ = token;
        step_ = Step::kDone;
        break;
      }
      if (++token_reads_ >= kTokenReadsMax) return fail(Reason::kUnavailable, "the token was not filled in");
      return {Step::kToken, kTokenPause};
  }
  return {step_, {}};
}

Grant::Next Grant::unanswered(const std::string& why) {
  return fail(Reason::kUnavailable, fmt::format("API server: {}; is intranet access switched on?", why));
}

Grant::Next Grant::fail(Reason reason, const std::string& why) {
  step_ = Step::kFailed;
  error_ = {reason, fmt::format("cluster {}: {}", cluster_.str(), why), "cluster", cluster_.str()};
  return {step_, {}};
}

}  // namespace plumbline::gateway
