#include "simulator/kube/schema/names.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
constexpr std::size_t kDataBytesMax = std::size_t{1024} * 1024;

void check_keys(const Value& data, const FieldPath& path, std::size_t& bytes, Causes& causes) {
  for (const Member& entry : data.fields()) {
    const bool good =
        !entry.name().empty() &&
        entry.name().find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") ==
            std::string_view::npos;
    if (!good)
      causes.invalid(
          path.key(entry.name()), entry.name(),
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
          "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
    if (entry.name() == "." || entry.name() == "..")
      causes.invalid(path.key(entry.name()), entry.name(), "must not be '" + std::string(entry.name()) + "'");
    else if (entry.name().starts_with(".."))
      causes.invalid(path.key(entry.name()), entry.name(), "must not start with '..'");
    bytes += entry.value.text().size();
  }
}

void check_frozen(const Value& now, const Object* current, Causes& causes) {
  if (current == nullptr || !current->at("immutable").boolean()) return;
  if (!now["immutable"].boolean())
    causes.forbidden(FieldPath("immutable"), "field is immutable when `immutable` is set");
  for (const char* field : {"data", "binaryData"})
    if (!(current->at(field) == now[field]))
      causes.forbidden(FieldPath(field), "field is immutable when `immutable` is set");
}

}  // namespace

void check_role(const Kind& kind, const Value& role, Causes& causes) {
  const FieldPath path("rules");
  for (std::size_t i = 0; i < role["rules"].size(); ++i) {
    const Value& rule = role["rules"][i];
    if (rule["verbs"].empty()) causes.required(path[i] / "verbs", "verbs must contain at least one value");
    if (!rule["nonResourceURLs"].empty()) {
      if (!rule["apiGroups"].empty() || !rule["resources"].empty() || !rule["resourceNames"].empty())
        causes.invalid(path[i] / "nonResourceURLs", rule["nonResourceURLs"],
                       "rules cannot apply to both regular resources and non-resource URLs");
      if (kind.namespaced)
        causes.invalid(path[i] / "nonResourceURLs", rule["nonResourceURLs"],
                       "namespaced rules cannot apply to non-resource URLs");
      continue;
    }
    if (rule["apiGroups"].empty())
      causes.required(path[i] / "apiGroups", "resource rules must supply at least one api group");
    if (rule["resources"].empty())
      causes.required(path[i] / "resources", "resource rules must supply at least one resource");
  }
}

void check_binding(const Kind& kind, const Value& binding, const Object* current, Causes& causes) {
  const FieldPath path("roleRef");
  const Value& reference = binding["roleRef"];
  if (reference["apiGroup"] != kRbac)
    causes.unsupported(path / "apiGroup", reference["apiGroup"].is_null() ? Value("") : reference["apiGroup"], {kRbac});
  if (!kind.namespaced && reference["kind"] != "ClusterRole")
    causes.unsupported(path / "kind", reference["kind"].text(), {"ClusterRole"});
  else if (reference["kind"] != "Role" && reference["kind"] != "ClusterRole")
    causes.unsupported(path / "kind", reference["kind"].text(), {"Role", "ClusterRole"});
  if (reference["name"].text().empty()) {
    causes.required(path / "name");
  } else {
    for (const std::string& why : path_segment_complaints(reference["name"].text()))
      causes.invalid(path / "name", reference["name"], why);
  }
  for (std::size_t i = 0; i < binding["subjects"].size(); ++i) {
    const FieldPath at = FieldPath("subjects")[i];
    const Value& subject = binding["subjects"][i];
    if (subject["name"].text().empty()) causes.required(at / "name");
    const std::string_view api_group = subject["apiGroup"].text();
    if (subject["kind"] == "ServiceAccount") {
      for (const std::string& why : dns_subdomain_complaints(subject["name"].text()))
        if (!subject["name"].text().empty()) causes.invalid(at / "name", subject["name"], why);
      if (!api_group.empty()) causes.unsupported(at / "apiGroup", subject["apiGroup"], {""});
      if (!kind.namespaced && subject["namespace"].text().empty()) causes.required(at / "namespace");
    } else if (subject["kind"] == "User" || subject["kind"] == "Group") {
      if (api_group != kRbac) causes.unsupported(at / "apiGroup", subject["apiGroup"].text(), {kRbac});
    } else {
      causes.unsupported(at / "kind", subject["kind"].text(), {"ServiceAccount", "User", "Group"});
    }
  }
  if (current != nullptr && !(current->at("roleRef") == reference))
    causes.invalid(path, reference, "cannot change roleRef");
}

/// Secrets of a known type have the fields that those need who read them.
void check_secret_type(const Value& secret, Causes& causes) {
  const std::string_view type = secret["type"].text();
  const auto needs = [&](std::initializer_list<const char*> keys) {
    for (const char* key : keys)
      if (!secret["data"].contains(key)) causes.required(FieldPath("data").key(key));
  };
  if (type == "kubernetes.io/tls") needs({"tls.crt", "tls.key"});
  if (type == "kubernetes.io/dockerconfigjson") needs({".dockerconfigjson"});
  if (type == "kubernetes.io/basic-auth" && !secret["data"].contains("username") &&
      !secret["data"].contains("password"))
    needs({"username", "password"});
  constexpr const char* kAccount = "kubernetes.io/service-account.name";
  if (type == "kubernetes.io/service-account-token" && secret.at("metadata.annotations")[kAccount].text().empty())
    causes.required((FieldPath("metadata") / "annotations").key(kAccount));
}

void check_secret(const Value& secret, const Object* current, Causes& causes) {
  std::size_t bytes = 0;
  check_keys(secret["data"], FieldPath("data"), bytes, causes);
  if (bytes * 3 / 4 > kDataBytesMax) causes.too_long(FieldPath("data"), kDataBytesMax);
  if (current != nullptr && !(current->at("type") == secret["type"]))
    causes.invalid(FieldPath("type"), secret["type"], "field is immutable");
  check_secret_type(secret, causes);
  check_frozen(secret, current, causes);
}

void check_config_map(const Value& map, const Object* current, Causes& causes) {
  std::size_t bytes = 0;
  check_keys(map["data"], FieldPath("data"), bytes, causes);
  for (const Member& entry : map["data"].fields())
    if (map["binaryData"].contains(entry.name()))
      causes.invalid(FieldPath("data").key(entry.name()), entry.name(), "duplicate of key present in binaryData");
  check_keys(map["binaryData"], FieldPath("binaryData"), bytes, causes);
  if (bytes > kDataBytesMax) causes.too_long(FieldPath("[]"), kDataBytesMax);
  check_frozen(map, current, causes);
}

}  // namespace plumbline::kube
