#include "simulator/kube/http/discovery.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "simulator/kube/openapi/schemas.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kAuthorization = "authorization.k8s.io";
constexpr std::string_view kAuthentication = "authentication.k8s.io";

struct Virtual {
  std::string_view group, plural, singular, kind;
  bool namespaced;
};
/// Resources that are only asked, never stored.
constexpr Virtual kVirtuals[] = {
    {kAuthorization, "localsubjectaccessreviews", "localsubjectaccessreview", "LocalSubjectAccessReview", true},
    {kAuthorization, "selfsubjectaccessreviews", "selfsubjectaccessreview", "SelfSubjectAccessReview", false},
    {kAuthorization, "selfsubjectrulesreviews", "selfsubjectrulesreview", "SelfSubjectRulesReview", false},
    {kAuthorization, "subjectaccessreviews", "subjectaccessreview", "SubjectAccessReview", false},
    {kAuthentication, "selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview", false},
    {kAuthentication, "tokenreviews", "tokenreview", "TokenReview", false},
};

struct PartOf {
  Subresource part;
  std::string_view name, group, version, kind;  ///< kind "" is that of the resource itself
  std::string_view verbs;
};
constexpr PartOf kParts[] = {
    {kStatusPart, "status", "", "", "", "get,patch,update"},
    {kScalePart, "scale", "autoscaling", "v1", "Scale", "get,patch,update"},
    {kTokenPart, "token", "authentication.k8s.io", "v1", "TokenRequest", "create"},
    {kLogPart, "log", "", "", "", "get"},
    {kEvictionPart, "eviction", "policy", "v1", "Eviction", "create"},
    {kBindingPart, "binding", "", "", "Binding", "create"},
    {kFinalizePart, "finalize", "", "", "", "update"},
};

Value words(std::string_view text) {
  Value list = Value::array();
  while (!text.empty()) {
    const auto comma = text.find(',');
    list.push_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return list;
}

Value texts(const std::vector<std::string>& list) {
  Value values = Value::array();
  for (const std::string& text : list) values.push_back(text);
  return values;
}

std::string_view verbs_of(const Kind& kind) {
  return kind.id == KindId::kNamespace ? "create,delete,get,list,patch,update,watch"
                                       : "create,delete,deletecollection,get,list,patch,update,watch";
}

std::string group_version(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : fmt::format("{}/{}", group, version);
}

Value resource_list(const Registry& registry, std::string_view group, std::string_view version) {
  Value list = Value::array();
  for (const Kind* kind : registry.served()) {
    const KindVersion* served = kind->group == group ? kind->version(version) : nullptr;
    if (served == nullptr) continue;
    Value resource{{"name", kind->plural},
                   {"singularName", kind->singular},
                   {"namespaced", kind->namespaced},
                   {"kind", kind->name},
                   {"verbs", words(verbs_of(*kind))}};
    if (!kind->short_names.empty()) resource["shortNames"] = texts(kind->short_names);
    if (!kind->categories.empty()) resource["categories"] = texts(kind->categories);
    list.push_back(std::move(resource));
    for (const PartOf& part : kParts) {
      if ((served->subresources & part.part) == 0) continue;
      Value entry{{"name", fmt::format("{}/{}", kind->plural, part.name)},
                  {"singularName", ""},
                  {"namespaced", kind->namespaced},
                  {"kind", part.kind.empty() ? std::string_view(kind->name) : part.kind},
                  {"verbs", words(part.verbs)}};
      if (!part.group.empty()) entry["group"] = part.group;
      if (!part.version.empty()) entry["version"] = part.version;
      list.push_back(std::move(entry));
    }
  }
  for (const Virtual& each : kVirtuals)
    if (each.group == group)
      list.push_back({{"name", each.plural},
                      {"singularName", each.singular},
                      {"namespaced", each.namespaced},
                      {"kind", each.kind},
                      {"verbs", Value::array({"create"})}});
  return {{"kind", "APIResourceList"},
          {"apiVersion", "v1"},
          {"groupVersion", group_version(group, version)},
          {"resources", std::move(list)}};
}

/// Groups with their versions, the preferred one first.
std::map<std::string, std::vector<std::string>> groups_of(const Registry& registry) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const Virtual& each : kVirtuals) groups[std::string(each.group)] = {"v1"};
  for (const Kind* kind : registry.served()) {
    auto& versions = groups[kind->group];
    for (const KindVersion& version : kind->versions) {
      const bool known = std::find(versions.begin(), versions.end(), version.name) != versions.end();
      if (version.served && !known) versions.push_back(version.name);
    }
  }
  return groups;
}

Value group_document(const std::string& group, const std::vector<std::string>& versions) {
  Value list = Value::array();
  for (const std::string& version : versions)
    list.push_back({{"groupVersion", group_version(group, version)}, {"version", version}});
  const Value preferred = std::as_const(list).front();
  return {{"name", group}, {"versions", list}, {"preferredVersion", preferred}};
}

Value version_document() {
  return {{"major", "1"},    {"minor", "34"},      {"gitVersion", kServerVersion},
          {"gitCommit", ""}, {"gitTreeState", ""}, {"buildDate", ""},
          {"goVersion", ""}, {"compiler", ""},     {"platform", "linux/amd64"}};
}

}  // namespace

std::optional<Value> discovery_document(const Registry& registry, std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path == "/version") return version_document();
  if (path == "/api")
    return Value{
        {"kind", "APIVersions"}, {"versions", Value::array({"v1"})}, {"serverAddressByClientCIDRs", Value::array()}};
  if (path == "/apis") {
    Value groups = Value::array();
    for (const auto& [group, versions] : groups_of(registry))
      if (!group.empty()) groups.push_back(group_document(group, versions));
    return Value{{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}};
  }
  for (const auto& [group, versions] : groups_of(registry)) {
    const std::string root = group.empty() ? "/api" : "/apis/" + group;
    if (!group.empty() && path == root) {
      Value document = group_document(group, versions);
      document["kind"] = "APIGroup";
      document["apiVersion"] = "v1";
      return document;
    }
    for (const std::string& version : versions) {
      if (path == fmt::format("{}/{}", root, version)) return resource_list(registry, group, version);
    }
  }
  if (path == "/")
    return Value{{"paths", words("/api,/api/v1,/apis,/healthz,/livez,/openapi/v2,/openapi/v3,/readyz,/version")}};
  return std::nullopt;
}

std::vector<std::string> resources_of(const Registry& registry) {
  std::vector<std::string> names;
  for (const Kind* kind : registry.served()) names.push_back(kind->plural);
  for (const Virtual& one : kVirtuals) names.emplace_back(one.plural);
  return names;
}

Value aggregated_discovery(const Registry& registry, bool core) {
  Value items = Value::array();
  for (const auto& [group, versions] : groups_of(registry)) {
    if (group.empty() != core) continue;
    Value listed = Value::array();
    for (const std::string& version : versions) {
      const Value flat = resource_list(registry, group, version);
      Value resources = Value::array();
      for (const Value& each : flat["resources"]) {
        const std::string name = each["name"].string();
        const std::size_t slash = name.find('/');
        const Value kind = group_version_kind(
            each["group"].is_null() ? std::string_view(group) : each["group"].text(),
            each["version"].is_null() ? std::string_view(version) : each["version"].text(), each["kind"].text());
        if (slash != std::string::npos) {
          Value& owner = resources.item(resources.size() - 1);
          owner["subresources"].push_back(
              {{"subresource", name.substr(slash + 1)}, {"responseKind", kind}, {"verbs", each["verbs"]}});
          continue;
        }
        Value resource{{"resource", name},
                       {"responseKind", kind},
                       {"scope", each["namespaced"].boolean() ? "Namespaced" : "Cluster"},
                       {"singularResource", each["singularName"]},
                       {"verbs", each["verbs"]}};
        for (const char* extra : {"shortNames", "categories"})
          if (each.contains(extra)) resource[extra] = each[extra];
        resources.push_back(std::move(resource));
      }
      listed.push_back({{"version", version}, {"resources", resources}, {"freshness", "Current"}});
    }
    Value item{{"metadata", Value::object()}, {"versions", listed}};
    if (!group.empty()) item["metadata"]["name"] = group;
    items.push_back(std::move(item));
  }
  return {{"kind", "APIGroupDiscoveryList"},
          {"apiVersion", "apidiscovery.k8s.io/v2"},
          {"metadata", Value::object()},
          {"items", items}};
}

}  // namespace plumbline::kube
