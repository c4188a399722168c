#include "model/error.h"

#include <array>
#include <utility>

namespace plumbline {
namespace {

constexpr std::array<std::pair<Reason, std::string_view>, 12> kReasons{{
    {Reason::kAuthorizationRequired, "AuthorizationRequired"},
    {Reason::kPermissionDenied, "PermissionDenied"},
    {Reason::kUnsupportedInstance, "UnsupportedInstance"},
    {Reason::kRegionMismatch, "RegionMismatch"},
    {Reason::kVpcMismatch, "VpcMismatch"},
    {Reason::kLimitExceeded, "LimitExceeded"},
    {Reason::kNotFound, "NotFound"},
    {Reason::kInvalidValue, "InvalidValue"},
    {Reason::kInUse, "InUse"},
    {Reason::kUnavailable, "Unavailable"},
    {Reason::kUnsupported, "Unsupported"},
    {Reason::kInternal, "Internal"},
}};

}  // namespace

std::string_view to_string(Reason reason) {
  for (const auto& [value, text] : kReasons) {
    if (value == reason) return text;
  }
  return "Internal";
}

bool parse_reason(std::string_view text, Reason& reason) {
  for (const auto& [value, name] : kReasons) {
    if (name == text) {
      reason = value;
      return true;
    }
  }
  return false;
}

std::ostream& operator<<(std::ostream& out, const Error& error) {
  out << to_string(error.reason) << ": " << error.text;
  if (!error.field.empty()) out << " (field " << error.field << ")";
  return out;
}

void throw_exception_from_error(const Error& error, const boost::source_location& /*where*/) {
  throw std::runtime_error(std::string(to_string(error.reason)) + ": " + error.text);
}

}  // namespace plumbline
