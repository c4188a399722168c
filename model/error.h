// Expected failures are values. The reasons are those of the candidate contract (docs/candidate-contract.md, Errors).
#pragma once

#include <boost/system/result.hpp>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace plumbline {

/// Why a request was refused; the closed list of the candidate contract, plus kInternal for failures of our own.
enum class Reason {
  kAuthorizationRequired,  ///< the cluster is not authorised yet
  kPermissionDenied,       ///< the principal lacks a role
  kUnsupportedInstance,
  kRegionMismatch,
  kVpcMismatch,
  kLimitExceeded,
  kNotFound,
  kInvalidValue,
  kInUse,
  kUnavailable,
  kUnsupported,  ///< the feature is not offered
  kInternal,
};

/// The contract's spelling, for example "AuthorizationRequired".
std::string_view to_string(Reason reason);
/// Inverse of to_string; false when `text` names no reason.
[[nodiscard]] bool parse_reason(std::string_view text, Reason& reason);

/// What was asked for is wrong or not there, rather than that it could not be done.
inline bool is_mistake(Reason reason) { return reason == Reason::kNotFound || reason == Reason::kInvalidValue; }

/// One refusal: what happened, to which object, in which field, and what to do (`text`).
struct Error {
  Reason reason = Reason::kInternal;
  std::string text;
  std::string field;   ///< the offending field as a path, for example "services[3].weight"; may be empty
  std::string object;  ///< the object concerned, for example "cls-1/web/httpbin"; may be empty
  friend bool operator==(const Error&, const Error&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Error& error);
};

/// A value or the Error that kept it from being. `value()` on a failure throws std::runtime_error (programmer error).
template <class T>
using Result = boost::system::result<T, Error>;

/// Found by boost::system::result through argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace plumbline
