#include "simulator/kube/store/label_index.h"

#include <deque>
#include <set>

#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {
namespace {

class LabelIndexTest : public testing::Test {
 protected:
  ObjectPtr add(const std::string& name, Value labels) {
    Value value{{"metadata", {{"name", name}}}};
    if (!labels.is_null()) value["metadata"]["labels"] = std::move(labels);
    places_.push_back(std::make_shared<const Object>(object_of(KindId::kPod, std::move(value))));
    index_.add(places_.back());
    return places_.back();
  }
  std::set<std::string> select(std::string_view selector) const {
    std::set<std::string> found;
    for (const ObjectPtr* place : index_.select(*LabelSelector::parse(selector)))
      EXPECT_TRUE(found.emplace((*place)->name()).second) << (*place)->name();
    return found;
  }
  using Names = std::set<std::string>;
  std::deque<ObjectPtr> places_;
  LabelIndex index_;
};

TEST_F(LabelIndexTest, FindsByEveryKindOfRequirement) {
  const auto a = add("a", {{"app", "x"}, {"tier", "front"}}), b = add("b", {{"app", "x"}}),
             c = add("c", {{"app", "y"}, {"n", "3"}}), d = add("d", nullptr);
  EXPECT_EQ(select("app=x"), (Names{"a", "b"}));
  EXPECT_EQ(select("app=x,tier=front"), Names{"a"});
  EXPECT_EQ(select("tier!=front,app=x"), Names{"b"});
  EXPECT_EQ(select("app in (x)"), (Names{"a", "b"}));
  EXPECT_EQ(select("app in (x,y)"), (Names{"a", "b", "c"}));
  EXPECT_EQ(select("app notin (x)"), (Names{"c", "d"}));
  EXPECT_EQ(select("app"), (Names{"a", "b", "c"}));
  EXPECT_EQ(select("!app"), Names{"d"});
  EXPECT_EQ(select("n>2"), Names{"c"});
  EXPECT_EQ(select("app=z"), Names{});
  EXPECT_EQ(select(""), (Names{"a", "b", "c", "d"}));
}

TEST_F(LabelIndexTest, ForgetsWhatIsRemovedAndOnlyThat) {
  const auto a = add("a", {{"app", "x"}}), b = add("b", {{"app", "x"}}), c = add("c", nullptr);
  index_.remove(*a);
  EXPECT_EQ(select("app=x"), Names{"b"});
  index_.remove(*b);
  EXPECT_EQ(select("app=x"), Names{});
  EXPECT_EQ(select("app"), Names{});
  index_.remove(*c);
  EXPECT_EQ(select(""), Names{});
}

TEST_F(LabelIndexTest, LeadsToTheLatestVersionOrderedByNameWithinLabels) {
  for (const char* name : {"c", "a", "b"}) add(name, {{"app", "x"}});
  places_[1] = std::make_shared<const Object>(
      object_of(KindId::kPod, {{"metadata", {{"name", "a"}, {"labels", {{"app", "x"}}}}}}, 7));
  const auto found = index_.select(*LabelSelector::parse("app=x"));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ((*found[0])->resource_version(), 7U);
  EXPECT_EQ((*found[1])->name(), "b");
  EXPECT_EQ((*found[2])->name(), "c");
}

TEST_F(LabelIndexTest, NoLabelsAndEmptyLabelsAreTheSame) {
  const auto a = add("a", nullptr), b = add("b", Value::object());
  EXPECT_EQ(select("!app"), (Names{"a", "b"}));
  index_.remove(*b);
  EXPECT_EQ(select("!app"), Names{"a"});
}

TEST_F(LabelIndexTest, PairsAreToldApartByTheirWholeText) {
  const auto a = add("a", {{"app", ""}}), b = add("b", {{"ap", "p"}});
  EXPECT_EQ(select("app="), Names{"a"});
  EXPECT_EQ(select("ap=p"), Names{"b"});
}

TEST_F(LabelIndexTest, SharedGivesTheLabelsThatAreThere) {
  const auto a = add("a", {{"app", "x"}});
  EXPECT_TRUE(index_.shared(Value{{"app", "x"}}).same_as(a->labels()));
  const Value other{{"app", "y"}};
  EXPECT_TRUE(index_.shared(other).same_as(other));
}

// Against a look at every object, with labels that come, change and go at random.
TEST_F(LabelIndexTest, FindsWhatALookAtEveryObjectFinds) {
  constexpr std::uint64_t kSeed = 7;
  kernel::Random random(kSeed);
  std::map<std::string, ObjectPtr> objects;
  for (int round = 0; round < 2000; ++round) {
    const std::string name = "p" + std::to_string(random.below(40));
    if (const auto old = objects.extract(name)) index_.remove(*old.mapped());
    if (random.below(4) != 0) {
      Value labels = Value::object();
      for (const char* key : {"a", "b", "c"})
        if (random.below(2) == 0) labels[key] = std::to_string(random.below(3));
      objects[name] = add(name, labels);
    }
    for (const char* text : {"a=1", "a=1,b!=2", "b in (0,1),!c", "c", "a>0"}) {
      Names expected;
      const LabelSelector selector = *LabelSelector::parse(text);
      for (const auto& [each, object] : objects)
        if (selector.matches(object->labels())) expected.insert(each);
      ASSERT_EQ(select(text), expected) << text << ", seed " << kSeed << ", round " << round;
    }
  }
}

}  // namespace
}  // namespace plumbline::kube
