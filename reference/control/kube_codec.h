// Kubernetes objects as JSON to what the core needs of them, and the objects that authorisation creates as JSON.
// Codec only. Reads leniently (absent fields are absent), because API servers leave out what is empty.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "reference/core/following/kube_objects.h"

namespace plumbline::gateway {

/// nullopt when it has no name, or a field is of another type than Kubernetes says.
std::optional<KubeObject> read_object(Resource resource, const nlohmann::json& object);

struct KubeList {
  std::string resource_version;
  std::vector<KubeObject> objects;
};
/// kUnavailable when `body` is no List with a resourceVersion.
Result<KubeList> read_list(Resource resource, std::string_view body);

struct WatchEvent {
  enum class Type { kPut, kDelete, kBookmark, kError };
  Type type = Type::kError;
  std::string resource_version;
  std::optional<KubeObject> object;  ///< of kPut and kDelete
  bool terminating = false;          ///< the object has a deletionTimestamp
  int code = 0;                      ///< of kError: Status.code
};
/// Lines that are no watch event become kError with code 0.
WatchEvent read_event(Resource resource, std::string_view line);

/// "/api/v1/pods" and so on: all namespaces.
std::string_view path_of(Resource resource);

/// The objects of the grant (api: section 6), ready to be posted.
nlohmann::json service_account_manifest();
nlohmann::json cluster_role_manifest();
nlohmann::json binding_manifest();
nlohmann::json token_secret_manifest(const std::string& name);

/// `message` of a Status, or the beginning of `body`.
std::string status_message(std::string_view body);

}  // namespace plumbline::gateway
