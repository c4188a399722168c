#include "simulator/kube/store/kind.h"

#include <set>

#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {
namespace {

TEST(Registry, ServesEveryBuiltInKindByItsNames) {
  const Registry registry;
  EXPECT_EQ(registry.served().size(), kBuiltinKindCount);
  std::set<std::string> qualified;
  for (const Kind* kind : registry.served()) {
    EXPECT_EQ(registry.find(kind->group, "v1", kind->plural), kind) << kind->name;
    EXPECT_EQ(registry.find_named(kind->group, kind->name), kind) << kind->name;
    EXPECT_EQ(registry.find_named(kind->name), kind) << kind->name;
    EXPECT_EQ(&registry.kind(kind->id), kind) << kind->name;
    ASSERT_TRUE(kind->storage().type) << kind->name;
    EXPECT_EQ(kind->storage().type->name, kind->name);
    EXPECT_TRUE(kind->storage().type->find("metadata")) << kind->name;
    EXPECT_EQ(kind->has(kStatusPart), kind->storage().type->find("status") != nullptr) << kind->name;
    EXPECT_TRUE(qualified.insert(kind->qualified_plural()).second) << kind->name;
  }
  EXPECT_FALSE(registry.find("", "v2", "pods"));
  EXPECT_FALSE(registry.find("apps", "v1", "pods"));
  EXPECT_FALSE(registry.find_named("Widget"));
  EXPECT_EQ(registry.unserved("Deploymnt"), "no kind \"Deploymnt\" is served; did you mean 'Deployment'?");
}

TEST(Registry, NamesKindsAsMessagesDo) {
  const Registry registry;
  const Kind& pod = registry.kind(KindId::kPod);
  EXPECT_EQ(pod.api_version(), "v1");
  EXPECT_EQ(pod.qualified_plural(), "pods");
  EXPECT_EQ(pod.qualified_name(), "Pod");
  const Kind& deployment = registry.kind(KindId::kDeployment);
  EXPECT_EQ(deployment.api_version(), "apps/v1");
  EXPECT_EQ(deployment.qualified_plural(), "deployments.apps");
  EXPECT_EQ(deployment.qualified_name(), "Deployment.apps");
}

TEST(Registry, CustomKindsComeChangeAndGo) {
  Registry registry;
  const std::uint64_t before = registry.revision();
  const Kind& first = registry.add(widgets());
  EXPECT_TRUE(first.custom);
  EXPECT_EQ(registry.find("example.com", "v1", "widgets"), &first);
  EXPECT_GT(registry.revision(), before);

  const KindId id = first.id;
  const Kind& second = registry.replace(id, widgets("v2"));
  EXPECT_EQ(second.id, id);
  EXPECT_EQ(&registry.kind(id), &second);
  EXPECT_FALSE(registry.find("example.com", "v1", "widgets"));
  EXPECT_EQ(registry.find("example.com", "v2", "widgets"), &second);
  EXPECT_EQ(first.versions[0].name, "v1") << "a description stays where it is, also when it no longer counts";

  registry.remove(id);
  EXPECT_FALSE(registry.find("example.com", "v2", "widgets"));
  EXPECT_EQ(registry.served().size(), kBuiltinKindCount);
  EXPECT_NE(registry.add(widgets()).id, id) << "never the same number twice";
}

TEST(Registry, ServesOnlyVersionsThatAreServed) {
  Registry registry;
  auto kind = widgets();
  kind->versions.emplace_back().name = "v2";
  kind->versions[0].served = false;
  kind->stored = 1;
  const Kind& added = registry.add(std::move(kind));
  EXPECT_FALSE(registry.find("example.com", "v1", "widgets"));
  EXPECT_EQ(registry.find("example.com", "v2", "widgets"), &added);
  EXPECT_EQ(added.api_version(), "example.com/v2");
}

TEST(Registry, BuiltInKindsComeFirstByName) {
  Registry registry;
  auto kind = widgets();
  kind->name = "Service";
  kind->plural = "services";
  const Kind& custom = registry.add(std::move(kind));
  EXPECT_EQ(registry.find_named("Service")->id, KindId::kService);
  EXPECT_EQ(registry.find_named("example.com", "Service"), &custom);
}

}  // namespace
}  // namespace plumbline::kube
