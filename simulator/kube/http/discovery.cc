#include "simulator/kube/http/discovery.h"

#include <fmt/format.h>

#include <set>

#include "simulator/kube/store/kind.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kAuthorization = "authorization.k8s.io";

Json verbs(bool collection) {
  if (!collection) return Json::array({"get", "patch", "update"});
  return Json::array({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"});
}

Json subresource(const Kind& kind, std::string_view name, std::string_view type, Json allowed) {
  return {{"name", fmt::format("{}/{}", kind.plural, name)},
          {"singularName", ""},
          {"namespaced", kind.namespaced},
          {"kind", type},
          {"verbs", std::move(allowed)}};
}

Json resources(std::string_view group, std::string_view version) {
  Json list = Json::array();
  for (const Kind& kind : kinds()) {
    if (kind.group != group || kind.version != version) continue;
    Json resource{{"name", kind.plural},
                  {"singularName", kind.singular},
                  {"namespaced", kind.namespaced},
                  {"kind", kind.name},
                  {"verbs", verbs(true)}};
    if (!kind.short_name.empty()) resource["shortNames"] = Json::array({kind.short_name});
    if (kind.in_all) resource["categories"] = Json::array({"all"});
    list.push_back(std::move(resource));
    if (kind.subresources & kStatusPart) list.push_back(subresource(kind, "status", kind.name, verbs(false)));
    if (kind.subresources & kScalePart) {
      Json scale = subresource(kind, "scale", "Scale", verbs(false));
      scale["group"] = "autoscaling";
      scale["version"] = "v1";
      list.push_back(std::move(scale));
    }
    if (kind.subresources & kTokenPart) {
      Json token = subresource(kind, "token", "TokenRequest", Json::array({"create"}));
      token["group"] = "authentication.k8s.io";
      token["version"] = "v1";
      list.push_back(std::move(token));
    }
    if (kind.subresources & kLogPart) list.push_back(subresource(kind, "log", kind.name, Json::array({"get"})));
  }
  if (group == kAuthorization)
    list.push_back({{"name", "selfsubjectaccessreviews"},
                    {"singularName", "selfsubjectaccessreview"},
                    {"namespaced", false},
                    {"kind", "SelfSubjectAccessReview"},
                    {"verbs", Json::array({"create"})}});
  return {{"kind", "APIResourceList"},
          {"apiVersion", "v1"},
          {"groupVersion", group.empty() ? std::string(version) : fmt::format("{}/{}", group, version)},
          {"resources", std::move(list)}};
}

std::set<std::string> named_groups() {
  std::set<std::string> groups{std::string(kAuthorization)};
  for (const Kind& kind : kinds())
    if (!kind.group.empty()) groups.emplace(kind.group);
  return groups;
}

Json group_document(const std::string& group) {
  const Json version{{"groupVersion", group + "/v1"}, {"version", "v1"}};
  return {{"name", group}, {"versions", Json::array({version})}, {"preferredVersion", version}};
}

Json group_version_kind(const Kind& kind) {
  return {{"group", kind.group}, {"version", kind.version}, {"kind", kind.name}};
}

std::string schema_name(const Kind& kind) {
  const std::string_view package = kind.group.empty() ? "core" : kind.group.substr(0, kind.group.find('.'));
  return fmt::format("io.k8s.api.{}.{}.{}", package, kind.version, kind.name);
}

std::string item_path(const Kind& kind) {
  const std::string root =
      kind.group.empty() ? fmt::format("/api/{}", kind.version) : fmt::format("/apis/{}/{}", kind.group, kind.version);
  return fmt::format("{}{}/{}/{{name}}", root, kind.namespaced ? "/namespaces/{namespace}" : "", kind.plural);
}

Json query_parameter(std::string_view name, std::string_view words) {
  return {
      {"name", name}, {"in", "query"}, {"description", words}, {"schema", {{"type", "string"}, {"uniqueItems", true}}}};
}

// What kubectl looks for: that a PATCH of the kind knows fieldValidation and dryRun.
Json openapi_v3(std::string_view group, std::string_view version) {
  Json paths = Json::object(), schemas = Json::object();
  for (const Kind& kind : kinds()) {
    if (kind.group != group || kind.version != version) continue;
    const Json parameters =
        Json::array({query_parameter("dryRun", "When present, indicates that modifications should not be persisted."),
                     query_parameter("fieldManager", "The name of the actor that is making these changes."),
                     query_parameter("fieldValidation", "Ignore, Warn or Strict: what to do about unknown fields.")});
    paths[item_path(kind)]["patch"] = {{"description", fmt::format("partially update the specified {}", kind.name)},
                                       {"operationId", fmt::format("patch{}", kind.name)},
                                       {"parameters", parameters},
                                       {"responses", {{"200", {{"description", "OK"}}}}},
                                       {"x-kubernetes-action", "patch"},
                                       {"x-kubernetes-group-version-kind", group_version_kind(kind)}};
    schemas[schema_name(kind)] = {{"type", "object"},
                                  {"x-kubernetes-preserve-unknown-fields", true},
                                  {"x-kubernetes-group-version-kind", Json::array({group_version_kind(kind)})}};
  }
  return {{"openapi", "3.0.0"},
          {"info", {{"title", "Kubernetes"}, {"version", "v1.32.0"}}},
          {"paths", std::move(paths)},
          {"components", {{"schemas", std::move(schemas)}}}};
}

Json openapi_v2() {
  Json definitions = Json::object();
  for (const Kind& kind : kinds())
    definitions[schema_name(kind)] = {{"x-kubernetes-group-version-kind", Json::array({group_version_kind(kind)})}};
  return {{"swagger", "2.0"},
          {"info", {{"title", "Kubernetes"}, {"version", "v1.32.0"}}},
          {"paths", Json::object()},
          {"definitions", std::move(definitions)}};
}

Json openapi_index() {
  Json paths{{"api/v1", {{"serverRelativeURL", "/openapi/v3/api/v1"}}}};
  for (const std::string& group : named_groups())
    paths[fmt::format("apis/{}/v1", group)]["serverRelativeURL"] = fmt::format("/openapi/v3/apis/{}/v1", group);
  return {{"paths", std::move(paths)}};
}

Json version_document() {
  return {{"major", "1"},    {"minor", "32"},      {"gitVersion", "v1.32.0+plumbline"},
          {"gitCommit", ""}, {"gitTreeState", ""}, {"buildDate", ""},
          {"goVersion", ""}, {"compiler", ""},     {"platform", "linux/amd64"}};
}

// Protocol buffers, length-delimited fields (wire type 2).
void put_varint(std::string& out, std::size_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

std::string field(unsigned number, std::string_view bytes) {
  std::string out;
  put_varint(out, (static_cast<std::size_t>(number) << 3) | 2);
  put_varint(out, bytes.size());
  out += bytes;
  return out;
}

}  // namespace

std::optional<Json> discovery_document(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path == "/version") return version_document();
  if (path == "/openapi/v2") return openapi_v2();
  if (path == "/openapi/v3") return openapi_index();
  if (path == "/openapi/v3/api/v1") return openapi_v3("", "v1");
  if (path == "/api")
    return Json{
        {"kind", "APIVersions"}, {"versions", Json::array({"v1"})}, {"serverAddressByClientCIDRs", Json::array()}};
  if (path == "/api/v1") return resources("", "v1");
  if (path == "/apis") {
    Json groups = Json::array();
    for (const std::string& group : named_groups()) groups.push_back(group_document(group));
    return Json{{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}};
  }
  for (const std::string& group : named_groups()) {
    if (path == "/apis/" + group) {
      Json document = group_document(group);
      document["kind"] = "APIGroup";
      document["apiVersion"] = "v1";
      return document;
    }
    if (path == "/apis/" + group + "/v1") return resources(group, "v1");
    if (path == "/openapi/v3/apis/" + group + "/v1") return openapi_v3(group, "v1");
  }
  if (path == "/")
    return Json{{"paths", Json::array({"/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3",
                                       "/readyz", "/version"})}};
  return std::nullopt;
}

// Field numbers of OpenAPIv2.proto (gnostic): Document.swagger 1, info 2, paths 8, definitions 9; Info.title 1,
// version 2.
std::string openapi_v2_protobuf() {
  return field(1, "2.0") + field(2, field(1, "Kubernetes") + field(2, "v1.32.0")) + field(8, "") + field(9, "");
}

}  // namespace plumbline::kube
