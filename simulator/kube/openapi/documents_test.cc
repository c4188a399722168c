#include "simulator/kube/openapi/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "simulator/kube/openapi/pages.h"
#include "simulator/kube/openapi/protobuf_v2.h"
#include "simulator/kube/openapi/schemas.h"
#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

class OpenApiTest : public ::testing::Test {
 protected:
  /// Every "$ref" in `value`.
  static void references(const Value& value, std::set<std::string>& found) {
    if (value.is_array())
      for (const Value& item : value) references(item, found);
    for (const Member& member : value.fields()) {
      if (member.name() == "$ref") found.insert(member.value.string());
      references(member.value, found);
    }
  }

  Registry registry_;
};

TEST_F(OpenApiTest, WhateverIsReferredToIsThere) {
  const Value v2 = openapi_v2(registry_);
  std::set<std::string> found;
  references(v2, found);
  EXPECT_GT(found.size(), 100U);
  for (const std::string& reference : found) {
    ASSERT_TRUE(reference.starts_with("#/definitions/")) << reference;
    EXPECT_TRUE(v2["definitions"].contains(reference.substr(14))) << reference;
  }
  for (const Kind* kind : registry_.served()) {
    const Value v3 = openapi_v3(registry_, kind->group, kind->storage().name);
    found.clear();
    references(v3, found);
    for (const std::string& reference : found) {
      ASSERT_TRUE(reference.starts_with("#/components/schemas/")) << reference;
      EXPECT_TRUE(v3["components"]["schemas"].contains(reference.substr(21))) << reference;
    }
  }
}

TEST_F(OpenApiTest, EveryServedKindIsDescribedAndFoundByItsKind) {
  const Value v2 = openapi_v2(registry_);
  for (const Kind* kind : registry_.served()) {
    const Value v3 = openapi_v3(registry_, kind->group, kind->storage().name);
    const Value wanted = group_version_kind(kind->group, kind->storage().name, kind->name);
    for (const Value* schemas : {&v3.at("components.schemas"), &v2["definitions"]}) {
      int described = 0;
      for (const Member& member : schemas->fields())
        for (const Value& gvk : member.value["x-kubernetes-group-version-kind"]) described += gvk == wanted ? 1 : 0;
      EXPECT_EQ(described, 1) << kind->name;
    }
  }
}

TEST_F(OpenApiTest, NamesAreThoseThatPeopleKnow) {
  const Value apps = openapi_v3(registry_, "apps", "v1").at("components.schemas");
  for (const char* name :
       {"io.k8s.api.apps.v1.Deployment", "io.k8s.api.apps.v1.DeploymentList", "io.k8s.api.apps.v1.DeploymentStrategy",
        "io.k8s.api.core.v1.PodTemplateSpec", "io.k8s.api.core.v1.PodSpec", "io.k8s.api.core.v1.Container",
        "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector",
        "io.k8s.apimachinery.pkg.apis.meta.v1.Time", "io.k8s.apimachinery.pkg.api.resource.Quantity",
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString"})
    EXPECT_TRUE(apps.contains(name)) << name;
}

TEST_F(OpenApiTest, FieldsSayWhatTheyAreAndHowTheyMerge) {
  const Value core = openapi_v3(registry_, "", "v1").at("components.schemas");
  const Value& pod = core["io.k8s.api.core.v1.PodSpec"];
  const Value& containers = pod.at("properties.containers");
  EXPECT_EQ(containers["type"], "array");
  EXPECT_EQ(containers["x-kubernetes-list-type"], "map");
  EXPECT_EQ(containers["x-kubernetes-list-map-keys"], Value::array({"name"}));
  EXPECT_EQ(containers["x-kubernetes-patch-merge-key"], "name");
  EXPECT_EQ(containers["x-kubernetes-patch-strategy"], "merge");
  EXPECT_EQ(pod.at("properties.volumes")["x-kubernetes-patch-strategy"], "merge,retainKeys");
  EXPECT_EQ(pod.at("properties.nodeSelector")["x-kubernetes-map-type"], "atomic");
  EXPECT_EQ(pod.at("properties.nodeSelector")["additionalProperties"], (Value{{"type", "string"}}));
  EXPECT_EQ(pod["required"], Value::array({"containers"}));
  const Value& port = core["io.k8s.api.core.v1.ServicePort"];
  EXPECT_EQ(port.at("properties.port.format"), "int32");
  EXPECT_EQ(port.at("properties.protocol.default"), "TCP");
  EXPECT_EQ(core["io.k8s.api.core.v1.Pod"].at("properties.spec.allOf").front()["$ref"],
            "#/components/schemas/io.k8s.api.core.v1.PodSpec");
}

TEST_F(OpenApiTest, PatchesSayThatTheyCanBeCheckedAndTried) {
  const auto names = [](const Value& operation) {
    std::set<std::string> found;
    for (const Value& parameter : operation["parameters"]) found.insert(parameter["name"].string());
    return found;
  };
  const std::string path = "/apis/apps/v1/namespaces/{namespace}/deployments/{name}";
  for (const Value& document : {openapi_v2(registry_), openapi_v3(registry_, "apps", "v1")}) {
    const Value patch = document["paths"][path]["patch"];
    EXPECT_THAT(names(patch), ::testing::IsSupersetOf({"dryRun", "fieldManager", "fieldValidation", "force"}));
    EXPECT_EQ(patch["x-kubernetes-group-version-kind"], group_version_kind("apps", "v1", "Deployment"));
    EXPECT_TRUE(document["paths"].contains(path + "/scale"));
    EXPECT_TRUE(document["paths"].contains("/apis/apps/v1/deployments"));
  }
}

// The few fields of the protobuf that its readers live by, read by hand.
TEST_F(OpenApiTest, ProtobufHasTheSameDefinitions) {
  const Value v2 = openapi_v2(registry_);
  const std::string bytes = openapi_v2_protobuf(v2);
  const auto each = [](std::string_view message, unsigned wanted, const std::function<void(std::string_view)>& tell) {
    const auto varint = [&message] {
      std::uint64_t value = 0;
      for (unsigned shift = 0; !message.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(message.front());
        message.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
        if (byte < 0x80) break;
      }
      return value;
    };
    while (!message.empty()) {
      const std::uint64_t tag = varint(), size = varint();
      if ((tag & 7U) == 0) continue;  // a number: `size` was its value
      ASSERT_EQ(tag & 7U, 2U);
      ASSERT_LE(size, message.size());
      if (tag >> 3U == wanted) tell(message.substr(0, size));
      message.remove_prefix(size);
    }
  };
  std::set<std::string> names;
  std::size_t properties = 0;
  each(bytes, 9, [&](std::string_view definitions) {
    each(definitions, 1, [&](std::string_view named) {
      each(named, 1, [&](std::string_view name) { names.emplace(name); });
      each(named, 2, [&](std::string_view schema) {
        each(schema, 25, [&](std::string_view all) { each(all, 1, [&](std::string_view) { ++properties; }); });
      });
    });
  });
  std::set<std::string> wanted;
  std::size_t wanted_properties = 0;
  for (const Member& member : v2["definitions"].fields()) {
    wanted.emplace(member.name());
    wanted_properties += member.value["properties"].size();
  }
  EXPECT_EQ(names, wanted);
  EXPECT_EQ(properties, wanted_properties);
}

TEST_F(OpenApiTest, PagesAreKeptUntilTheRegistryChanges) {
  OpenApiPages pages(registry_);
  const auto index = [&] { return value_of(pages.find("/openapi/v3")->text); };
  const std::string apps = index().at("paths")["apis/apps/v1"]["serverRelativeURL"].string();
  const OpenApiPages::Page* page = pages.find("/openapi/v3/apis/apps/v1");
  ASSERT_NE(page, nullptr);
  EXPECT_EQ(apps, "/openapi/v3/apis/apps/v1?hash=" + page->hash);
  EXPECT_EQ(pages.find("/openapi/v3/apis/apps/v1"), page);
  EXPECT_EQ(pages.find("/openapi/v3/apis/example.com/v1"), nullptr);
  EXPECT_EQ(pages.find("/openapi/v4"), nullptr);

  auto kind = std::make_unique<Kind>();
  kind->custom = true;
  kind->group = "example.com";
  kind->name = "Widget";
  kind->list_name = "WidgetList";
  kind->plural = "widgets";
  kind->singular = "widget";
  kind->versions.emplace_back().name = "v1";
  registry_.add(std::move(kind));
  EXPECT_TRUE(index().at("paths").contains("apis/example.com/v1"));
  const Value widgets = value_of(pages.find("/openapi/v3/apis/example.com/v1")->text);
  EXPECT_TRUE(widgets.at("components.schemas").contains("com.example.v1.Widget"));
  EXPECT_THAT(pages.protobuf_v2().text, ::testing::HasSubstr("com.example.v1.WidgetList"));
}

}  // namespace
}  // namespace plumbline::kube
