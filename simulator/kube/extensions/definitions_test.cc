#include "simulator/kube/extensions/definitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

constexpr const char* kGateways = R"({
  "metadata": {"name": "gateways.example.com"},
  "spec": {
    "group": "example.com", "scope": "Namespaced",
    "names": {"plural": "gateways", "kind": "Gateway", "shortNames": ["gw"], "categories": ["all"]},
    "versions": [{
      "name": "v1", "served": true, "storage": true,
      "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas",
                       "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.selector"}},
      "additionalPrinterColumns": [{"name": "Class", "type": "string", "jsonPath": ".spec.class"}],
      "schema": {"openAPIV3Schema": {"type": "object", "required": ["spec"], "properties": {
        "spec": {"type": "object", "required": ["class"], "properties": {
          "class": {"type": "string", "minLength": 2, "maxLength": 8, "pattern": "^[a-z]+$"},
          "replicas": {"type": "integer", "minimum": 0, "maximum": 5, "default": 1},
          "mode": {"type": "string", "enum": ["Fast", "Safe"]},
          "port": {"x-kubernetes-int-or-string": true},
          "listeners": {"type": "array", "maxItems": 3, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
            "items": {"type": "object", "required": ["name"], "properties": {
              "name": {"type": "string"}, "tls": {"type": "boolean", "default": false}}}},
          "either": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
          "labels": {"type": "object", "additionalProperties": {"type": "string"}},
          "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}},
        "status": {"type": "object", "properties": {"replicas": {"type": "integer"}, "selector": {"type": "string"}}}}}}
    }, {
      "name": "v1alpha1", "served": true, "storage": false, "deprecated": true,
      "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}
    }]}})";

class DefinitionsTest : public ::testing::Test {
 protected:
  DefinitionsTest() {
    (void)operations_.create(KindId::kNamespace, "", {{"metadata", {{"name", "web"}}}});
    settle();
  }
  static Store::Options options() {
    Store::Options chosen;
    chosen.wall_clock = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000)); };
    return chosen;
  }
  void settle() {
    io_.restart();
    io_.poll();
  }
  void define(const Value& definition = value_of(kGateways)) {
    const auto made = operations_.create(KindId::kCustomResourceDefinition, "", definition);
    ASSERT_TRUE(made) << made.error().message;
    settle();
  }
  /// Fields of the causes for which a definition with this change is refused.
  std::vector<std::string> refused(const Value& patch) {
    (void)operations_.remove({KindId::kCustomResourceDefinition, "", "gateways.example.com"});
    settle();
    Value definition = value_of(kGateways);
    merge(definition, patch);
    const auto made = operations_.create(KindId::kCustomResourceDefinition, "", definition);
    return made ? std::vector<std::string>() : fields_of(made.error());
  }
  static void merge(Value& target, const Value& patch) {
    for (const Member& member : patch.fields()) {
      if (member.value.is_object())
        merge(target.set(member.name()), member.value);
      else
        target.set(member.name()) = member.value;
    }
  }
  static std::vector<std::string> fields_of(const Failure& failure) {
    std::vector<std::string> fields;
    for (const Value& cause : failure.details["causes"]) fields.push_back(cause["field"].string());
    EXPECT_EQ(failure.code, 422) << failure.message;
    return fields;
  }
  const Kind* gateways() { return store_.registry().find("example.com", "v1", "gateways"); }
  Outcome<ObjectPtr> create(Value spec, const WriteOptions& options = {}) {
    return operations_.create(gateways()->id, "web", {{"metadata", {{"name", "g"}}}, {"spec", std::move(spec)}},
                              options);
  }
  std::vector<std::string> wrong(Value spec) {
    const auto made = create(std::move(spec));
    if (!made) return fields_of(made.error());
    (void)operations_.remove((*made)->key());
    return {};
  }
  ObjectPtr definition() { return store_.find(KindId::kCustomResourceDefinition, "", "gateways.example.com"); }

  boost::asio::io_context io_;
  Store store_{options()};
  ServiceAdmission services_{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations_{store_, services_};
  Definitions definitions_{io_, operations_};
};

TEST_F(DefinitionsTest, AKindIsServedFromItsDefinitionOn) {
  define();
  ASSERT_NE(gateways(), nullptr);
  EXPECT_TRUE(gateways()->namespaced);
  EXPECT_THAT(gateways()->short_names, ElementsAre("gw"));
  EXPECT_EQ(gateways()->list_name, "GatewayList");
  EXPECT_EQ(gateways()->version("v1")->columns.at(0).name, "Class");
  EXPECT_NE(store_.registry().find("example.com", "v1alpha1", "gateways"), nullptr);
  EXPECT_EQ(gateways()->version("v1alpha1")->warning, "example.com/v1alpha1 Gateway is deprecated");
  const Value& status = definition()->at("status");
  EXPECT_EQ(status["storedVersions"], Value::array({"v1"}));
  EXPECT_EQ(status.at("acceptedNames.kind"), "Gateway");
  std::vector<std::string> holds;
  for (const Value& condition : status["conditions"])
    if (condition["status"] == "True") holds.push_back(condition["type"].string());
  EXPECT_THAT(holds, ElementsAre("NamesAccepted", "Established"));
}

TEST_F(DefinitionsTest, ObjectsGetDefaultsAndLoseWhatIsNotKnown) {
  define();
  std::vector<std::string> warnings;
  WriteOptions warn;
  warn.validation = FieldValidation::kWarn;
  warn.warnings = &warnings;
  const auto made = create({{"class", "edge"},
                            {"colour", "red"},
                            {"listeners", Value::array({{{"name", "http"}, {"speed", 1}}})},
                            {"free", {{"anything", Value::array({1, "two"})}}}},
                           warn);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ((*made)->at("spec"), (Value{{"class", "edge"},
                                        {"replicas", 1},
                                        {"listeners", Value::array({{{"name", "http"}, {"tls", false}}})},
                                        {"free", {{"anything", Value::array({1, "two"})}}}}));
  EXPECT_THAT(warnings, ElementsAre("unknown field \"spec.colour\"", "unknown field \"spec.listeners[0].speed\""));
  EXPECT_EQ((*made)->number("metadata.generation"), 1);
}

TEST_F(DefinitionsTest, ObjectsAreCheckedByTheSchema) {
  define();
  EXPECT_THAT(wrong({{"class", "edge"}}), ElementsAre());
  EXPECT_THAT(wrong(Value::object()), ElementsAre("spec.class"));
  EXPECT_THAT(wrong({{"class", "e"}}), ElementsAre("spec.class"));
  EXPECT_THAT(wrong({{"class", "muchtoolong"}}), ElementsAre("spec.class"));
  EXPECT_THAT(wrong({{"class", "EDGE"}}), ElementsAre("spec.class"));
  EXPECT_THAT(wrong({{"class", 5}}), ElementsAre("spec.class"));
  EXPECT_THAT(wrong({{"class", "edge"}, {"replicas", 6}}), ElementsAre("spec.replicas"));
  EXPECT_THAT(wrong({{"class", "edge"}, {"replicas", -1}}), ElementsAre("spec.replicas"));
  EXPECT_THAT(wrong({{"class", "edge"}, {"replicas", "many"}}), ElementsAre("spec.replicas"));
  EXPECT_THAT(wrong({{"class", "edge"}, {"mode", "Slow"}}), ElementsAre("spec.mode"));
  EXPECT_THAT(wrong({{"class", "edge"}, {"port", "http"}}), ElementsAre());
  EXPECT_THAT(wrong({{"class", "edge"}, {"port", true}}), ElementsAre("spec.port"));
  EXPECT_THAT(wrong({{"class", "edge"}, {"either", Value::object()}}), ElementsAre("spec.either"));
  EXPECT_THAT(wrong({{"class", "edge"}, {"either", {{"a", "1"}, {"b", "2"}}}}), ElementsAre("spec.either"));
  EXPECT_THAT(wrong({{"class", "edge"}, {"either", {{"a", "1"}}}}), ElementsAre());
  EXPECT_THAT(wrong({{"class", "edge"}, {"labels", {{"a", 1}}}}), ElementsAre("spec.labels[a]"));
  EXPECT_THAT(wrong({{"class", "edge"}, {"listeners", Value::array({{{"name", "a"}}, {{"name", "a"}}})}}),
              ElementsAre("spec.listeners[1]"));
  EXPECT_THAT(wrong({{"class", "edge"}, {"listeners", Value::array({Value::object()})}}),
              ElementsAre("spec.listeners[0].name"));
  const auto made = create({{"class", 5}});
  EXPECT_THAT(made.error().message, HasSubstr("spec.class in body must be of type string: \"integer\""));
}

TEST_F(DefinitionsTest, StatusAndSizeArePartsOfTheirOwn) {
  define();
  const ObjectPtr made = *create({{"class", "edge"}});
  Value with_status = made->value();
  with_status["status"] = Value{{"replicas", 3}, {"selector", "app=x"}};
  const auto ignored = operations_.update(made->key(), with_status);
  ASSERT_TRUE(ignored);
  EXPECT_TRUE((*ignored)->at("status").is_null());
  Value blind = made->value();
  blind["metadata"].erase("resourceVersion");
  EXPECT_EQ(operations_.update(made->key(), blind).error().code, 422) << "who does not know what there is";
  WriteOptions status;
  status.part = Part::kStatus;
  with_status["metadata"]["resourceVersion"] = std::to_string((*ignored)->resource_version());
  ASSERT_TRUE(operations_.update(made->key(), with_status, status));
  ASSERT_TRUE(operations_.set_replicas(made->key(), 4));
  const ObjectPtr now = store_.find(made->key());
  EXPECT_EQ(now->number("spec.replicas"), 4);
  EXPECT_EQ(now->number("metadata.generation"), 2);
  const Value scale = operations_.scale_of(*now);
  EXPECT_EQ(scale.at("status.replicas").integer(), 3);
  EXPECT_EQ(scale.at("status.selector"), "app=x");
}

TEST_F(DefinitionsTest, DefinitionsThatMakeNoSenseAreRefused) {
  EXPECT_THAT(refused({{"metadata", {{"name", "gates.example.com"}}}}), ElementsAre("metadata.name"));
  EXPECT_THAT(refused({{"spec", {{"scope", "Galaxy"}}}}), ElementsAre("spec.scope"));
  EXPECT_THAT(refused({{"spec", {{"versions", Value::array()}}}}), ElementsAre("spec.versions"));
  const auto with_version = [](const char* json) {
    return Value{{"spec", {{"versions", Value::array({value_of(json)})}}}};
  };
  EXPECT_THAT(refused(with_version(R"({"name":"v1","served":true,"storage":false,
                       "schema":{"openAPIV3Schema":{"type":"object"}}})")),
              ElementsAre("spec.versions"));
  EXPECT_THAT(refused(with_version(R"({"name":"v1","served":true,"storage":true})")),
              ElementsAre("spec.versions[0].schema.openAPIV3Schema"));
  EXPECT_THAT(refused(with_version(R"({"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":
                       {"type":"object","properties":{"spec":{"properties":{"a":{"type":"text"}}}}}}})")),
              IsSupersetOf({"spec.versions[0].schema.openAPIV3Schema.properties[spec].type"}));
  EXPECT_THAT(refused(with_version(R"({"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":
                       {"type":"object","properties":{"a":{"type":"string","pattern":"("}}}}})")),
              ElementsAre("spec.versions[0].schema.openAPIV3Schema.properties[a].pattern"));
  EXPECT_THAT(refused(with_version(R"({"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":
                       {"type":"object"}},"subresources":{"scale":{"specReplicasPath":".replicas",
                       "statusReplicasPath":".status.replicas"}}})")),
              ElementsAre("spec.versions[0].subresources.scale.specReplicasPath"));
}

TEST_F(DefinitionsTest, ObjectsGoBeforeTheirDefinition) {
  define();
  const KindId kind = gateways()->id;
  Value held{{"metadata", {{"name", "held"}, {"finalizers", Value::array({"example.com/hold"})}}},
             {"spec", {{"class", "edge"}}}};
  ASSERT_TRUE(operations_.create(kind, "web", held));
  ASSERT_TRUE(create({{"class", "edge"}}));
  ASSERT_TRUE(operations_.remove({KindId::kCustomResourceDefinition, "", "gateways.example.com"}));
  settle();
  EXPECT_EQ(store_.find(kind, "web", "g"), nullptr);
  ASSERT_NE(store_.find(kind, "web", "held"), nullptr);
  ASSERT_NE(definition(), nullptr);
  Value released = store_.find(kind, "web", "held")->value();
  released["metadata"].erase("finalizers");
  ASSERT_TRUE(operations_.update({kind, "web", "held"}, released));
  settle();
  EXPECT_EQ(definition(), nullptr);
  EXPECT_EQ(gateways(), nullptr);
  define();
  EXPECT_NE(gateways(), nullptr);
}

TEST_F(DefinitionsTest, ANewDescriptionCountsForWhatComes) {
  define();
  const auto patched = operations_.patch(
      {KindId::kCustomResourceDefinition, "", "gateways.example.com"}, PatchType::kJson,
      value_of(
          R"([{"op":"replace","path":"/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/replicas/maximum","value":9}])"));
  ASSERT_TRUE(patched) << patched.error().message;
  EXPECT_THAT(wrong({{"class", "edge"}, {"replicas", 6}}), ElementsAre());
  const auto moved = operations_.patch({KindId::kCustomResourceDefinition, "", "gateways.example.com"},
                                       PatchType::kMerge, {{"spec", {{"scope", "Cluster"}}}});
  ASSERT_FALSE(moved);
  EXPECT_THAT(fields_of(moved.error()), ElementsAre("spec.scope"));
}

TEST_F(DefinitionsTest, ANewDescriptionCountsForWhoOwnsWhat) {
  define();
  const auto owned = [&] {
    WriteOptions options;
    options.manager = "m";
    options.dry_run = true;
    const auto made = create({{"class", "edge"}, {"listeners", Value::array({{{"name", "a"}}})}}, options);
    EXPECT_TRUE(made) << made.error().message;
    return made ? (*made)->at("metadata.managedFields")[0].at("fieldsV1.f:spec")["f:listeners"] : Value();
  };
  EXPECT_TRUE(owned().contains(R"(k:{"name":"a"})"));
  const auto patched = operations_.patch(
      {KindId::kCustomResourceDefinition, "", "gateways.example.com"}, PatchType::kJson,
      value_of(
          R"([{"op":"replace","path":"/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/listeners/x-kubernetes-list-type","value":"atomic"}])"));
  ASSERT_TRUE(patched) << patched.error().message;
  settle();
  EXPECT_TRUE(owned().empty());
}

TEST_F(DefinitionsTest, ANameThatIsAnothersIsNotServed) {
  Value definition = value_of(kGateways);
  merge(definition,
        {{"metadata", {{"name", "ingresses.networking.k8s.io"}}},
         {"spec", {{"group", "networking.k8s.io"}, {"names", {{"plural", "ingresses"}, {"kind", "Ingress"}}}}}});
  ASSERT_TRUE(operations_.create(KindId::kCustomResourceDefinition, "", definition));
  settle();
  const ObjectPtr stored = store_.find(KindId::kCustomResourceDefinition, "", "ingresses.networking.k8s.io");
  EXPECT_EQ(stored->at("status.conditions").front()["status"], "False");
  EXPECT_FALSE(store_.registry().find("networking.k8s.io", "v1", "ingresses")->custom);
}

}  // namespace
}  // namespace plumbline::kube
