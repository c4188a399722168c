// Who set which fields: metadata.managedFields, and server-side apply, which is decided by them
// (Kubernetes: Server-Side Apply; the entries and words are those of API servers). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "simulator/kube/merge/field_set.h"
#include "simulator/kube/store/failure.h"

namespace plumbline::kube {

/// One who writes, and through what.
struct Author {
  std::string manager;
  std::string api_version;
  std::string subresource;  ///< "status", "scale"; "" is the object itself
  friend bool operator==(const Author&, const Author&) = default;
};

/// An object as a typed server holds it, without metadata.managedFields: what is compared to find who changed what.
/// Structures that are always there are there; `value` may be null.
Value as_held(const Value& value, const Type* type);

/// metadata.managedFields of `after`, which was `before` and of which `managed` was true; `before` of an object that is
/// created is null. What differs becomes the author's and is no longer anybody else's. `now` is an RFC 3339 time.
Value managed_after_update(const Value& before, const Value& after, const Type* type, const Value& managed,
                           const Author& author, const Value& now);

struct Application {
  Value object;   ///< without managedFields
  Value managed;  ///< null when it is to be left as it was
};

/// `config`, applied by `author` to `live` (null: to nothing). 409 with a cause for every field that is somebody else's
/// and would become another, unless `force`; 500, as real servers have it, for a config that is not of its type.
Outcome<Application> apply(const Value& live, const Value& config, const Type* type, const Author& author, bool force,
                           const Value& now);

/// The manager that did not name itself: what the user agent begins with.
std::string manager_of_user_agent(std::string_view user_agent);

}  // namespace plumbline::kube
