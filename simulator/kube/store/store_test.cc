#include "simulator/kube/store/store.h"

#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {
namespace {

TEST(Object, NumberIsAnIntegerThatFitsOrTheFallback) {
  const Object object = object_of(
      KindId::kPod, value_of(R"({"whole":-3,"half":1.5,"huge":1e300,"text":"4","beyond":18446744073709551615})"));
  EXPECT_EQ(object.number("whole", 7), -3);
  for (const char* name : {"half", "huge", "text", "beyond", "missing"}) EXPECT_EQ(object.number(name, 7), 7) << name;
}

TEST_F(StoreTest, Create_SetsMetadataAndCountsVersions) {
  const auto first = store_.create(KindId::kPod, pod("web", "a"));
  const auto second = store_.create(KindId::kPod, pod("web", "b"));
  ASSERT_TRUE(first && second);
  EXPECT_EQ((*second)->resource_version(), (*first)->resource_version() + 1);
  EXPECT_EQ((*first)->text("metadata.creationTimestamp"), "2001-09-09T01:46:40Z");
  EXPECT_EQ((*first)->text("metadata.resourceVersion"), std::to_string((*first)->resource_version()));
  EXPECT_EQ((*first)->uid().size(), 36U);
  EXPECT_NE((*first)->uid(), (*second)->uid());
}

TEST_F(StoreTest, Create_RefusesNameThatIsTaken) {
  ASSERT_TRUE(store_.create(KindId::kPod, pod("web", "a")));
  const auto again = store_.create(KindId::kPod, pod("web", "a"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, 409);
  EXPECT_EQ(again.error().reason, "AlreadyExists");
  EXPECT_TRUE(store_.create(KindId::kPod, pod("other", "a")));
}

TEST_F(StoreTest, Create_GeneratesNamesThatDiffer) {
  const Value unnamed{{"metadata", {{"namespace", "web"}, {"generateName", "a-"}}}};
  const auto first = store_.create(KindId::kPod, unnamed), second = store_.create(KindId::kPod, unnamed);
  EXPECT_TRUE((*first)->name().starts_with("a-"));
  EXPECT_EQ((*first)->name().size(), 7U);
  EXPECT_NE((*first)->name(), (*second)->name());
}

TEST_F(StoreTest, Replace_RefusesStaleVersion) {
  const ObjectPtr first = *store_.create(KindId::kPod, pod("web", "a"));
  ASSERT_TRUE(store_.replace(first, pod("web", "a", {{"v", "2"}})));
  const auto stale = store_.replace(first, pod("web", "a", {{"v", "3"}}));
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, 409);
  EXPECT_EQ(stale.error().reason, "Conflict");
}

TEST_F(StoreTest, Replace_WithTheSameWritesNothing) {
  const ObjectPtr first = *store_.create(KindId::kPod, pod("web", "a"));
  const std::uint64_t before = store_.resource_version();
  const auto same = store_.replace(first, first->value());
  EXPECT_EQ(*same, first);
  EXPECT_EQ(store_.resource_version(), before);
}

TEST_F(StoreTest, Visit_FollowsLabelsAsTheyChange) {
  const ObjectPtr a = *store_.create(KindId::kPod, pod("web", "a", {{"app", "x"}}));
  ASSERT_TRUE(store_.create(KindId::kPod, pod("web", "b", {{"app", "x"}})));
  ASSERT_TRUE(store_.create(KindId::kPod, pod("other", "c", {{"app", "x"}})));
  const LabelSelector selector = *LabelSelector::parse("app=x");
  EXPECT_EQ(names(store_.list(KindId::kPod, "web", selector)), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(names(store_.list(KindId::kPod, "", selector)), (std::vector<std::string>{"c", "a", "b"}));
  ASSERT_TRUE(store_.replace(a, pod("web", "a", {{"app", "y"}})));
  EXPECT_EQ(names(store_.list(KindId::kPod, "web", selector)), std::vector<std::string>{"b"});
  ASSERT_TRUE(store_.erase({KindId::kPod, "web", "b"}));
  EXPECT_TRUE(store_.list(KindId::kPod, "web", selector).empty());
}

TEST_F(StoreTest, OwnedBy_FollowsOwnerReferences) {
  Value owned = pod("web", "a");
  owned["metadata"]["ownerReferences"] = Value::array({{{"uid", "u1"}, {"controller", true}}});
  const ObjectPtr object = *store_.create(KindId::kPod, owned);
  EXPECT_EQ(object->controller()["uid"], "u1");
  EXPECT_EQ(store_.owned_by("u1"), std::vector<ObjectPtr>{object});
  EXPECT_TRUE(store_.owns("u1"));
  ASSERT_TRUE(store_.replace(object, pod("web", "a")));
  EXPECT_TRUE(store_.owned_by("u1").empty());
  EXPECT_FALSE(store_.owns("u1"));
}

TEST_F(StoreTest, ChangesSince_GivesEveryChangeAfterThatVersionInOrder) {
  const ObjectPtr a = *store_.create(KindId::kPod, pod("web", "a"));
  ASSERT_TRUE(store_.create(KindId::kPod, pod("web", "b")));
  ASSERT_TRUE(store_.erase(a->key()));
  const auto changes = store_.changes_since(KindId::kPod, a->resource_version());
  ASSERT_TRUE(changes);
  ASSERT_EQ(changes->size(), 2U);
  EXPECT_EQ(changes->at(0).op, Op::kAdded);
  EXPECT_EQ(changes->at(1).op, Op::kDeleted);
  EXPECT_EQ(changes->at(1).object->resource_version(), store_.resource_version());
  EXPECT_EQ(changes->at(1).object->text("metadata.resourceVersion"), std::to_string(store_.resource_version()));
}

TEST_F(StoreTest, ChangesSince_Is410OncePartOfThemIsForgotten) {
  Store small(options(2));
  ObjectPtr a = *small.create(KindId::kPod, pod("web", "a"));
  const std::uint64_t first = a->resource_version();
  for (int i = 0; i < 2; ++i) a = *small.replace(a, pod("web", "a", {{"v", std::to_string(i)}}));
  // The window holds the two changes after `first`, and one more makes it lose one of them.
  EXPECT_TRUE(small.changes_since(KindId::kPod, first));
  a = *small.replace(a, pod("web", "a", {{"v", "last"}}));
  const auto forgotten = small.changes_since(KindId::kPod, first);
  ASSERT_FALSE(forgotten);
  EXPECT_EQ(forgotten.error().code, 410);
  EXPECT_EQ(forgotten.error().reason, "Expired");
  EXPECT_TRUE(small.changes_since(KindId::kPod, first + 1));
}

TEST_F(StoreTest, ChangesSince_OtherKindsDoNotPushChangesOut) {
  Store small(options(2));
  const ObjectPtr service = *small.create(KindId::kService, pod("web", "s"));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(small.create(KindId::kPod, pod("web", std::to_string(i))));
  EXPECT_TRUE(small.changes_since(KindId::kService, service->resource_version()));
}

TEST_F(StoreTest, Observers_SeeTheOrderOfCommitsAlsoWhenOneWrites) {
  std::vector<std::string> seen;
  const auto writer = store_.subscribe([this](const Event& event) {
    if (event.object->name() != "a") return;
    ASSERT_TRUE(store_.create(KindId::kPod, pod("web", "b")));
  });
  const auto reader = store_.subscribe([&seen](const Event& event) { seen.push_back(event.object->name()); });
  ASSERT_TRUE(store_.create(KindId::kPod, pod("web", "a")));
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b"}));
}

TEST_F(StoreTest, Subscription_HearsItsNamespaceUntilItEnds) {
  int heard = 0;
  {
    const auto subscription = store_.subscribe(KindId::kPod, "web", [&heard](const Event&) { ++heard; });
    ASSERT_TRUE(store_.create(KindId::kPod, pod("web", "a")));
    ASSERT_TRUE(store_.create(KindId::kPod, pod("other", "a")));
    ASSERT_TRUE(store_.create(KindId::kService, pod("web", "a")));
  }
  ASSERT_TRUE(store_.create(KindId::kPod, pod("web", "b")));
  EXPECT_EQ(heard, 1);
}

TEST_F(StoreTest, Object_IsEncodedOnceForAllReaders) {
  const ObjectPtr a = *store_.create(KindId::kPod, pod("web", "a"));
  EXPECT_EQ(a->encoded(), store_.find(a->key())->encoded());
  EXPECT_EQ(value_of(*a->encoded()), a->value());
}

TEST_F(StoreTest, Object_VersionsShareWhatDidNotChange) {
  Value first = pod("web", "a");
  first["spec"]["containers"] = Value::array({{{"name", "c"}, {"image", "i"}}});
  const ObjectPtr before = *store_.create(KindId::kPod, first);
  Value next = before->value();
  next["status"]["phase"] = "Running";
  const ObjectPtr after = *store_.replace(before, next);
  EXPECT_TRUE(after->at("spec").same_as(before->at("spec")));
  EXPECT_FALSE(before->value().contains("status"));
}

TEST_F(StoreTest, Object_EqualLabelsAreKeptOnce) {
  const ObjectPtr a = *store_.create(KindId::kPod, pod("web", "a", {{"app", "x"}}));
  const ObjectPtr b = *store_.create(KindId::kPod, pod("web", "b", {{"app", "x"}}));
  EXPECT_TRUE(a->labels().same_as(b->labels()));
  const ObjectPtr c = *store_.create(KindId::kPod, pod("web", "c", {{"app", "y"}}));
  const ObjectPtr changed = *store_.replace(c, pod("web", "c", {{"app", "x"}}));
  EXPECT_TRUE(changed->labels().same_as(a->labels()));
}

TEST_F(StoreTest, Encoding_FreesTheOldestBeyondTheLimit) {
  const ObjectPtr a = *store_.create(KindId::kPod, pod("web", "a"));
  const ObjectPtr b = *store_.create(KindId::kPod, pod("web", "b"));
  Store::Options small = options();
  small.encodings_max = 2 * a->encoded()->size();
  a->forget_encoding();
  const Store limited(small);
  (void)limited.encoding(a);
  (void)limited.encoding(b);
  EXPECT_TRUE(a->is_encoded() && b->is_encoded());
  const ObjectPtr c = *store_.create(KindId::kPod, pod("web", "c"));
  const auto held = limited.encoding(a);
  (void)limited.encoding(c);
  EXPECT_FALSE(a->is_encoded());
  EXPECT_TRUE(b->is_encoded() && c->is_encoded());
  EXPECT_EQ(value_of(*held)["metadata"]["name"], "a") << "who has it keeps it";
}

TEST_F(StoreTest, Now_IsTheSecondOfTheWallClock) {
  EXPECT_EQ(store_.now(), "2001-09-09T01:46:40Z");
  EXPECT_EQ(store_.now(std::chrono::seconds(30)), "2001-09-09T01:47:10Z");
  now_ += std::chrono::milliseconds(1500);
  EXPECT_EQ(store_.now(), "2001-09-09T01:46:41Z");
}

}  // namespace
}  // namespace plumbline::kube
