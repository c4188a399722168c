// What the API server says of itself: groups, versions, resources, OpenAPI documents, its version. Made from the kind
// registry. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace plumbline::kube {

using Json = nlohmann::json;

/// The document at `path` ("/api", "/apis/apps/v1", "/openapi/v3/api/v1", "/version" ...); nullopt when there is none.
std::optional<Json> discovery_document(std::string_view path);

/// Minimal OpenAPI v2 as protobuf (gnostic's openapi.v2.Document), which kubectl 1.20 takes in no other form. It
/// describes no kind: kubectl then sends manifests as they are and computes patches from the types it was built with.
std::string openapi_v2_protobuf();
inline constexpr std::string_view kOpenApiV2Protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

}  // namespace plumbline::kube
