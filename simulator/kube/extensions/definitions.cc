#include "simulator/kube/extensions/definitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "simulator/kube/api/conditions.h"
#include "simulator/kube/controllers/field_manager.h"
#include "simulator/kube/extensions/structural_schema.h"
#include "simulator/kube/validation/causes.h"

namespace plumbline::kube {
namespace {

constexpr const char* kManager = "kube-apiserver";

/// "spec.replicas" of ".spec.replicas".
std::string plain_path(const Value& path) {
  std::string_view text = path.text();
  if (text.starts_with('.')) text.remove_prefix(1);
  return std::string(text);
}

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& each : list) texts.push_back(each.string());
  return texts;
}

void check_version(const Value& version, const FieldPath& path, Causes& causes) {
  if (version["name"].text().empty()) causes.required(path / "name");
  const Value& schema = version.at("schema.openAPIV3Schema");
  const FieldPath where = path / "schema" / "openAPIV3Schema";
  if (!schema.is_object()) {
    causes.required(where, "schemas are required");
  } else {
    TypeSet ignored;
    read_structural_schema(schema, ignored, where, causes);
  }
  const Value& scale = version.at("subresources.scale");
  for (const auto& [field, root] :
       {std::pair{"specReplicasPath", ".spec."}, std::pair{"statusReplicasPath", ".status."}})
    if (scale.is_object() && !scale[field].text().starts_with(root))
      causes.invalid(path / "subresources" / "scale" / field, scale[field],
                     fmt::format("should be a json path under {}",
                                 std::string_view(root).substr(0, std::string_view(root).size() - 1)));
}

}  // namespace

Definitions::Definitions(boost::asio::io_context& io, Operations& operations, DefinitionsWrite writes)
    : operations_(operations),
      store_(operations.store()),
      writes_(writes),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      definitions_(store_.subscribe(KindId::kCustomResourceDefinition, "",
                                    [this](const Event& event) { on_definition(event); })),
      all_(store_.subscribe([this](const Event& event) {
        // The last object of a kind whose definition waits for that.
        const Kind& kind = store_.kind(event.object->kind());
        if (kind.custom && event.op == Op::kDeleted && writes_ == DefinitionsWrite::kAll)
          queue_.add({KindId::kCustomResourceDefinition, "", kind.plural + "." + kind.group});
      })) {
  operations_.on_definition([this](Value& definition, const Object* current) { return check(definition, current); });
}

Outcome<void> Definitions::check(const Value& definition, const Object* current) const {
  Causes causes;
  const Value& spec = definition["spec"];
  const Value& names = spec["names"];
  const std::string name = definition.at("metadata.name").string();
  const FieldPath path("spec");
  if (name != fmt::format("{}.{}", names["plural"].text(), spec["group"].text()))
    causes.invalid(FieldPath("metadata.name"), Value(name), "must be spec.names.plural+\".\"+spec.group");
  if (spec["group"].text().empty()) causes.required(path / "group");
  for (const char* field : {"plural", "kind"})
    if (names[field].text().empty()) causes.required(path / "names" / field);
  if (spec["scope"] != "Cluster" && spec["scope"] != "Namespaced")
    causes.unsupported(path / "scope", spec["scope"], {"Cluster", "Namespaced"});
  if (spec["preserveUnknownFields"].boolean())
    causes.invalid(path / "preserveUnknownFields", Value(true), "must be false");
  if (spec.at("conversion.strategy") == "Webhook")
    causes.unsupported(path / "conversion" / "strategy", spec.at("conversion.strategy"), {"None"});
  std::set<std::string> seen;
  std::size_t stored = 0, index = 0;
  for (const Value& version : spec["versions"]) {
    const FieldPath where = (path / "versions")[index++];
    stored += version["storage"].boolean() ? 1 : 0;
    if (!seen.insert(version["name"].string()).second) causes.duplicate(where / "name", version["name"]);
    check_version(version, where, causes);
  }
  if (index == 0) causes.required(path / "versions");
  if (index != 0 && stored != 1)
    causes.invalid(path / "versions", spec["versions"], "must have exactly one version marked as storage version");
  if (current != nullptr && current->at("spec.scope") != spec["scope"])
    causes.invalid(path / "scope", spec["scope"], "field is immutable");
  if (causes.empty()) return {};
  return invalid(store_.kind(KindId::kCustomResourceDefinition), name, causes.take());
}

void Definitions::on_definition(const Event& event) {
  const Object& definition = *event.object;
  if (event.op != Op::kDeleted) {
    const bool changed = !event.previous || event.previous->at("spec") != definition.at("spec");
    if (changed) serve(definition);
    if (writes_ == DefinitionsWrite::kAll) queue_.add(definition.key());
    return;
  }
  const auto found = served_.find(definition.name());
  if (found == served_.end()) return;
  store_.registry().remove(found->second);
  served_.erase(found);
}

void Definitions::serve(const Object& definition) {
  const Value& spec = definition.at("spec");
  const Value& names = spec["names"];
  const auto found = served_.find(definition.name());
  if (found == served_.end() && store_.registry().find_named(spec["group"].text(), names["kind"].text()) != nullptr)
    return;  // the name is another's: NamesAccepted says so
  auto kind = std::make_unique<Kind>();
  kind->custom = true;
  kind->group = spec["group"].text();
  kind->name = names["kind"].text();
  kind->list_name = names["listKind"].text();
  kind->plural = names["plural"].text();
  kind->singular = names["singular"].text();
  kind->short_names = texts_of(names["shortNames"]);
  kind->categories = texts_of(names["categories"]);
  kind->namespaced = spec["scope"] == "Namespaced";
  TypeSet& types = types_.emplace_back();
  for (const Value& described : spec["versions"]) {
    KindVersion version;
    version.name = described["name"].text();
    version.served = described["served"].boolean();
    Causes good;  // it was checked
    version.type = read_structural_schema(described.at("schema.openAPIV3Schema"), types, FieldPath(""), good);
    if (described["deprecated"].boolean()) {
      version.warning = described["deprecationWarning"].text();
      if (version.warning.empty())
        version.warning = fmt::format("{}/{} {} is deprecated", kind->group, version.name, kind->name);
    }
    for (const Value& column : described["additionalPrinterColumns"])
      version.columns.push_back({column["name"].string(), column["type"].string(), column["format"].string(),
                                 column["description"].string(), column["jsonPath"].string(),
                                 column["priority"].integer()});
    for (const Value& field : described["selectableFields"])
      version.selectable_fields.push_back(plain_path(field["jsonPath"]));
    if (described.at("subresources").contains("status")) version.subresources |= kStatusPart;
    if (const Value& scale = described.at("subresources.scale"); scale.is_object()) {
      version.subresources |= kScalePart;
      version.scale.spec_replicas = plain_path(scale["specReplicasPath"]);
      version.scale.status_replicas = plain_path(scale["statusReplicasPath"]);
      version.scale.selector = plain_path(scale["labelSelectorPath"]);
    }
    kind->subresources |= version.subresources;
    if (described["storage"].boolean()) kind->stored = kind->versions.size();
    kind->versions.push_back(std::move(version));
  }
  if (found != served_.end())
    store_.registry().replace(found->second, std::move(kind));
  else
    served_[definition.name()] = store_.registry().add(std::move(kind)).id;
}

void Definitions::sync(const ObjectKey& key) {
  const ObjectPtr definition = store_.find(key);
  if (!definition) return;
  if (definition->deleting())
    clean_up(definition);
  else
    write_status(definition);
}

void Definitions::write_status(const ObjectPtr& definition) {
  const bool accepted = served_.contains(definition->name());
  Value next = definition->value();
  Value& status = next["status"];
  const auto condition = [&](const char* type, bool holds, const char* reason, const char* message) {
    put_condition(status, {{"type", type},
                           {"status", holds ? "True" : "False"},
                           {"lastTransitionTime", store_.now()},
                           {"reason", reason},
                           {"message", message}});
  };
  if (accepted) {
    condition("NamesAccepted", true, "NoConflicts", "no conflicts found");
    condition("Established", true, "InitialNamesAccepted", "the initial names have been accepted");
    status["acceptedNames"] = definition->at("spec.names");
  } else {
    condition("NamesAccepted", false, "KindConflict", "the kind is in use");
    condition("Established", false, "NotAccepted", "not all names are accepted");
  }
  for (const Value& version : definition->at("spec.versions")) {
    if (!version["storage"].boolean()) continue;
    const Value& stored = std::as_const(status)["storedVersions"];
    if (std::find(stored.begin(), stored.end(), version["name"]) == stored.end())
      status["storedVersions"].push_back(version["name"]);
  }
  if (accepted && !definition->has_finalizer(kCleanupFinalizer))
    next["metadata"]["finalizers"].push_back(kCleanupFinalizer);
  (void)operations_.write(definition, std::move(next), kManager, "status");
}

/// Objects go first; those with finalizers are waited for.
void Definitions::clean_up(const ObjectPtr& definition) {
  const auto found = served_.find(definition->name());
  if (found != served_.end()) {
    for (const ObjectPtr& object : store_.list(found->second))
      if (!object->deleting()) (void)operations_.remove(object->key());
    if (store_.count(found->second) != 0) return;
  }
  const ObjectPtr latest = store_.find(definition->key());
  if (!latest || !latest->has_finalizer(kCleanupFinalizer)) return;
  Value next = latest->value();
  Value& finalizers = next["metadata"]["finalizers"];
  finalizers.erase_items_if([](const Value& each) { return each == kCleanupFinalizer; });
  if (finalizers.empty()) next["metadata"].erase("finalizers");
  (void)operations_.update(latest->key(), std::move(next));
}

}  // namespace plumbline::kube
