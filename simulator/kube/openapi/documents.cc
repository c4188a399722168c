#include "simulator/kube/openapi/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "simulator/kube/openapi/schemas.h"

namespace plumbline::kube {
namespace {

constexpr const char* kTitle = "Kubernetes";
constexpr const char* kVersion = "v1.34.0+plumbline";

struct Parameter {
  const char* name;
  const char* type;
  const char* description;
};

constexpr Parameter kWriteParameters[] = {
    {"dryRun", "string", "All: nothing is stored."},
    {"fieldManager", "string", "Who makes these changes."},
    {"fieldValidation", "string", "Ignore, Warn or Strict: what is done about fields that the kind does not have."}};
constexpr Parameter kForce = {"force", "boolean", "Of server-side apply: takes fields from their owners."};
constexpr Parameter kListParameters[] = {
    {"allowWatchBookmarks", "boolean", "A watch is told now and then how far it is."},
    {"continue", "string", "Where this page begins, as the page before said."},
    {"fieldSelector", "string", "Only objects with these fields."},
    {"labelSelector", "string", "Only objects with these labels."},
    {"limit", "integer", "How many objects a page has at most."},
    {"resourceVersion", "string", "From which a watch begins, or how old a list may be."},
    {"resourceVersionMatch", "string", "How resourceVersion is meant."},
    {"sendInitialEvents", "boolean", "A watch begins with what there is, and says where that ends."},
    {"timeoutSeconds", "integer", "How long a watch lasts."},
    {"watch", "boolean", "Changes as they happen instead of a list."}};
constexpr Parameter kDeleteParameters[] = {
    {"dryRun", "string", "All: nothing is stored."},
    {"gracePeriodSeconds", "integer", "How long a Pod may take to end."},
    {"orphanDependents", "boolean", "An older way to say propagationPolicy."},
    {"propagationPolicy", "string", "Orphan, Background or Foreground: what becomes of what it owns."}};

std::string capital(std::string_view word) {
  std::string text(word);
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

class Paths {
 public:
  Paths(OpenApi edition, const Schemas& schemas, const TypeNames& names)
      : edition_(edition), schemas_(schemas), names_(names) {}

  void add(const Kind& kind, const KindVersion& version);
  Value take() { return std::exchange(paths_, Value::object()); }

 private:
  /// One verb at one path.
  struct Operation {
    const char* method;
    const char* action;  ///< x-kubernetes-action, which operationId begins with
    std::vector<Parameter> parameters;
    std::string body, answer;  ///< names of schemas; "" for none
  };
  Value operation(const Kind& kind, const KindVersion& version, const Operation& wanted, std::string_view part) const;
  Value parameter(const Parameter& described) const;
  Value typed(std::string_view schema) const { return {{"$ref", schemas_.reference(schema)}}; }

  OpenApi edition_;
  const Schemas& schemas_;
  const TypeNames& names_;
  Value paths_ = Value::object();
};

Value Paths::parameter(const Parameter& described) const {
  Value value{{"name", described.name}, {"in", "query"}, {"description", described.description}};
  if (edition_ == OpenApi::kV2) {
    value["type"] = described.type;
    value["uniqueItems"] = true;
  } else {
    value["schema"] = Value{{"type", described.type}, {"uniqueItems", true}};
  }
  return value;
}

Value Paths::operation(const Kind& kind, const KindVersion& version, const Operation& wanted,
                       std::string_view part) const {
  const std::string group = kind.group.empty() ? "core" : kind.group.substr(0, kind.group.find('.'));
  const std::string id =
      fmt::format("{}{}{}{}{}{}",
                  std::string_view(wanted.action) == "post"  ? "create"
                  : std::string_view(wanted.action) == "get" ? "read"
                  : std::string_view(wanted.action) == "put" ? "replace"
                                                             : wanted.action,
                  capital(group), capital(version.name), kind.namespaced ? "Namespaced" : "", kind.name, capital(part));
  Value made{{"operationId", id},
             {"tags", Value::array({fmt::format("{}_{}", group, version.name)})},
             {"x-kubernetes-action", wanted.action},
             {"x-kubernetes-group-version-kind", group_version_kind(kind.group, version.name, kind.name)}};
  Value parameters = Value::array();
  for (const Parameter& each : wanted.parameters) parameters.push_back(parameter(each));
  Value ok{{"description", "OK"}};
  if (edition_ == OpenApi::kV2) {
    if (!wanted.body.empty())
      parameters.push_back({{"name", "body"}, {"in", "body"}, {"required", true}, {"schema", typed(wanted.body)}});
    if (!wanted.answer.empty()) ok["schema"] = typed(wanted.answer);
    made["consumes"] = Value::array({"*/*"});
    made["produces"] = Value::array({"application/json"});
    made["schemes"] = Value::array({"https"});
  } else {
    if (!wanted.body.empty()) made["requestBody"] = Value{{"content", {{"*/*", {{"schema", typed(wanted.body)}}}}}};
    if (!wanted.answer.empty()) ok["content"] = Value{{"application/json", {{"schema", typed(wanted.answer)}}}};
  }
  if (!parameters.empty()) made["parameters"] = parameters;
  made["responses"] = Value{{"200", ok}, {"401", {{"description", "Unauthorized"}}}};
  return made;
}

void Paths::add(const Kind& kind, const KindVersion& version) {
  const std::string root =
      kind.group.empty() ? fmt::format("/api/{}", version.name) : fmt::format("/apis/{}/{}", kind.group, version.name);
  const std::string all = fmt::format("{}{}/{}", root, kind.namespaced ? "/namespaces/{namespace}" : "", kind.plural);
  const std::string one = all + "/{name}";
  const std::string name = names_.of(kind, version), list = names_.list_of(kind, version);
  const std::vector<Parameter> listing(std::begin(kListParameters), std::end(kListParameters));
  const std::vector<Parameter> writing(std::begin(kWriteParameters), std::end(kWriteParameters));
  const std::vector<Parameter> deleting(std::begin(kDeleteParameters), std::end(kDeleteParameters));
  std::vector<Parameter> patching = writing;
  patching.push_back(kForce);
  const auto path_parameters = [&](bool named) {
    Value parameters = Value::array();
    const auto add_one = [&](const char* what, const char* words) {
      Value value{{"name", what}, {"in", "path"}, {"required", true}, {"description", words}};
      if (edition_ == OpenApi::kV2) {
        value["type"] = "string";
        value["uniqueItems"] = true;
      } else {
        value["schema"] = Value{{"type", "string"}, {"uniqueItems", true}};
      }
      parameters.push_back(value);
    };
    if (named) add_one("name", "Name of the object.");
    if (kind.namespaced) add_one("namespace", "The namespace that it is in.");
    return parameters;
  };
  const auto put = [&](const std::string& path, std::string_view part, bool named,
                       const std::vector<Operation>& operations) {
    Value item = Value::object();
    for (const Operation& each : operations) item[each.method] = operation(kind, version, each, part);
    if (const Value parameters = path_parameters(named); !parameters.empty()) item["parameters"] = parameters;
    paths_.set(path) = std::move(item);
  };
  put(all, "", false,
      {{"get", "list", listing, "", list},
       {"post", "post", writing, name, name},
       {"delete", "deletecollection", listing, "", ""}});
  put(one, "", true,
      {{"get", "get", {}, "", name},
       {"put", "put", writing, name, name},
       {"patch", "patch", patching, "", name},
       {"delete", "delete", deleting, "", name}});
  if (kind.namespaced) {
    Value item{{"get", operation(kind, version, {"get", "list", listing, "", list}, "ForAllNamespaces")}};
    paths_.set(fmt::format("{}/{}", root, kind.plural)) = std::move(item);
  }
  for (const auto& [part, word] : {std::pair{kStatusPart, "status"}, std::pair{kScalePart, "scale"}})
    if ((version.subresources & part) != 0)
      put(fmt::format("{}/{}", one, word), word, true,
          {{"get", "get", {}, "", name}, {"put", "put", writing, name, name}, {"patch", "patch", patching, "", name}});
}

Value written(const Registry& registry, OpenApi edition, const auto& wanted) {
  const TypeNames names(registry);
  Schemas schemas(names, edition);
  Paths paths(edition, schemas, names);
  for (const Kind* kind : registry.served())
    for (const KindVersion& version : kind->versions)
      if (version.served && wanted(*kind, version)) {
        schemas.add(*kind, version);
        paths.add(*kind, version);
      }
  Value document{{"info", {{"title", kTitle}, {"version", kVersion}}}, {"paths", paths.take()}};
  if (edition == OpenApi::kV2) {
    document["swagger"] = "2.0";
    document["definitions"] = schemas.take();
  } else {
    document["openapi"] = "3.0.0";
    document["components"]["schemas"] = schemas.take();
  }
  return document;
}

}  // namespace

Value openapi_v3(const Registry& registry, std::string_view group, std::string_view version) {
  return written(registry, OpenApi::kV3, [&](const Kind& kind, const KindVersion& each) {
    return kind.group == group && each.name == version;
  });
}

Value openapi_v2(const Registry& registry) {
  return written(registry, OpenApi::kV2, [](const Kind&, const KindVersion&) { return true; });
}

}  // namespace plumbline::kube
