// The store's past: what it keeps of it, what it was like then, and what it says when it no longer knows.
#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {
namespace {

class PastTest : public StoreTest {
 protected:
  std::vector<std::string> then(std::uint64_t version, const Store::Place& after = {}, std::string_view space = "") {
    const auto objects = store_.snapshot(KindId::kPod, space, version, after);
    EXPECT_TRUE(objects) << objects.error().message;
    std::vector<std::string> found;
    if (!objects) return found;
    for (const ObjectPtr& object : *objects) found.push_back(object->space() + "/" + object->name());
    return found;
  }
  void create(const std::string& space, const std::string& name) {
    ASSERT_TRUE(store_.create(KindId::kPod, pod(space, name)));
  }
};

TEST_F(PastTest, Snapshot_IsTheStoreAsItWas) {
  create("web", "b");
  create("web", "c");
  const std::uint64_t version = store_.resource_version();
  const ObjectPtr b = store_.find(KindId::kPod, "web", "b");
  create("web", "a");
  ASSERT_TRUE(store_.replace(b, pod("web", "b", {{"v", "2"}})));
  ASSERT_TRUE(store_.erase({KindId::kPod, "web", "c"}));
  create("web", "c");
  const auto objects = store_.snapshot(KindId::kPod, "", version, {});
  ASSERT_TRUE(objects);
  EXPECT_EQ(names(*objects), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ((*objects)[0], b);
  EXPECT_LT((*objects)[1]->resource_version(), version + 1);
  EXPECT_EQ(then(store_.resource_version()), (std::vector<std::string>{"web/a", "web/b", "web/c"}));
  EXPECT_TRUE(then(1).empty());
}

TEST_F(PastTest, Snapshot_GoesOnAfterAPlaceThatMayBeGone) {
  for (const char* space : {"a", "b", "c"})
    for (const char* name : {"1", "2"}) create(space, name);
  const std::uint64_t version = store_.resource_version();
  ASSERT_TRUE(store_.erase({KindId::kPod, "b", "1"}));
  ASSERT_TRUE(store_.erase({KindId::kPod, "c", "1"}));
  create("b", "15");
  EXPECT_EQ(then(version, {"a", "2"}), (std::vector<std::string>{"b/1", "b/2", "c/1", "c/2"}));
  EXPECT_EQ(then(version, {"b", "1"}), (std::vector<std::string>{"b/2", "c/1", "c/2"}));
  EXPECT_EQ(then(version, {"b", "1"}, "b"), std::vector<std::string>{"b/2"});
  EXPECT_EQ(then(store_.resource_version(), {"b", "1"}), (std::vector<std::string>{"b/15", "b/2", "c/2"}));
  EXPECT_TRUE(then(version, {"c", "2"}).empty());
}

TEST_F(PastTest, Snapshot_OfKindsWithoutNamespaces) {
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(store_.create(KindId::kNode, {{"metadata", {{"name", name}}}}));
  const std::uint64_t version = store_.resource_version();
  ASSERT_TRUE(store_.erase({KindId::kNode, "", "c"}));
  EXPECT_EQ(names(*store_.snapshot(KindId::kNode, "", version, {"", "a"})), (std::vector<std::string>{"b", "c"}));
}

TEST_F(PastTest, Snapshot_Is410WhenTheChangesSinceAreForgotten) {
  create("web", "a");
  const std::uint64_t version = store_.resource_version();
  for (int i = 0; i < 101; ++i) create("web", "m" + std::to_string(i));
  EXPECT_EQ(store_.snapshot(KindId::kPod, "", version, {}).error().code, 410);
  EXPECT_EQ(then(version + 1).size(), 2u);
}

TEST_F(PastTest, Compact_ForgetsTheChangesOfAllKinds) {
  create("web", "a");
  const std::uint64_t before = store_.resource_version();
  create("web", "b");
  store_.compact();
  for (const KindId kind : {KindId::kPod, KindId::kLease, KindId::kCustomResourceDefinition}) {
    const auto changes = store_.changes_since(kind, before);
    ASSERT_FALSE(changes);
    EXPECT_EQ(changes.error().code, 410);
    EXPECT_EQ(changes.error().message, "too old resource version: 2 (3)");
  }
  EXPECT_TRUE(store_.changes_since(KindId::kPod, store_.resource_version()));
  create("web", "c");
  EXPECT_EQ(store_.changes_since(KindId::kPod, before + 1)->size(), 1u);
}

TEST_F(PastTest, Compact_HoldsForKindsThatComeLater) {
  create("web", "a");
  store_.compact();
  const KindId id = store_.registry().add(widgets()).id;
  EXPECT_EQ(store_.changes_since(id, 1).error().code, 410);
  EXPECT_TRUE(store_.changes_since(id, store_.resource_version()));
}

TEST_F(PastTest, Window_KeepsWhatIsYoungAndTheLastOfWhatIsOld) {
  Store::Options chosen = options();
  chosen.window_min = 2;
  chosen.window_max = 5;
  chosen.window_span = std::chrono::seconds(60);
  Store store(chosen);
  const auto kept = [&store] {
    std::size_t count = 0;
    while (count < store.resource_version() &&
           store.changes_since(KindId::kPod, store.resource_version() - count - 1).has_value())
      ++count;
    return count;
  };
  const auto create_in = [&store](const std::string& name) {
    ASSERT_TRUE(store.create(KindId::kPod, pod("web", name)));
  };
  for (int i = 0; i < 4; ++i) create_in("a" + std::to_string(i));
  now_ += std::chrono::seconds(60);
  store.tidy();
  EXPECT_TRUE(store.changes_since(KindId::kPod, 1)) << "a minute old is young enough";
  create_in("b0");
  EXPECT_TRUE(store.changes_since(KindId::kPod, 1)) << "five are kept";
  create_in("b1");
  EXPECT_EQ(kept(), 5u) << "and no more than five";
  now_ += std::chrono::seconds(1);
  store.tidy();
  EXPECT_EQ(kept(), 2u) << "of what is old two are kept, and both b are younger than that";
  now_ += std::chrono::hours(1);
  store.tidy();
  EXPECT_EQ(kept(), 2u);
}

}  // namespace
}  // namespace plumbline::kube
