// Why the API server refused a request, in the words and codes of a Kubernetes Status object. A value type.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/store/kind.h"

namespace plumbline::kube {

struct Failure {
  int code = 500;
  std::string reason;  ///< Status.reason: "NotFound"; "" when real servers give none
  std::string message;
  Value details;                     ///< Status.details, or null
  Value metadata = Value::object();  ///< Status.metadata

  /// The Status object.
  Value status() const;
};

template <class T>
using Outcome = boost::system::result<T, Failure>;

/// Found by boost::system::result through argument-dependent lookup; reached only through a programmer's error.
[[noreturn]] void throw_exception_from_error(const Failure& failure, const boost::source_location& where);

/// One field that is wrong, as Status.details.causes names it.
struct Cause {
  std::string reason;  ///< "FieldValueRequired", "FieldValueInvalid"
  std::string message;
  std::string field;
};

// The standard refusals; `kind` says which resource the words name.
Failure not_found(const Kind& kind, std::string_view name);       ///< 404
Failure already_exists(const Kind& kind, std::string_view name);  ///< 409
Failure conflict(const Kind& kind, std::string_view name);        ///< 409, stale resourceVersion
Failure invalid(const Kind& kind, std::string_view name, const std::vector<Cause>& causes);  ///< 422
Failure forbidden(const Kind& kind, std::string_view name, std::string_view why);            ///< 403
Failure bad_request(std::string_view message);                                               ///< 400
Failure expired(std::string_view message);                                                   ///< 410
Failure method_not_allowed();                                                                ///< 405

}  // namespace plumbline::kube
