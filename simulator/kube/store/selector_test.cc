#include "simulator/kube/store/selector.h"

#include <gtest/gtest.h>

namespace plumbline::kube {
namespace {

bool matches(std::string_view selector, const Labels& labels) {
  const auto parsed = LabelSelector::parse(selector);
  EXPECT_TRUE(parsed) << selector;
  return parsed && parsed->matches(labels);
}

const Labels kLabels{{"app", "web"}, {"tier", "front"}, {"empty", ""}};

TEST(LabelSelector, Equality) {
  EXPECT_TRUE(matches("app=web", kLabels));
  EXPECT_TRUE(matches("app==web", kLabels));
  EXPECT_FALSE(matches("app=db", kLabels));
  EXPECT_FALSE(matches("absent=web", kLabels));
  EXPECT_TRUE(matches("empty=", kLabels));
  EXPECT_TRUE(matches("app=web,tier=front", kLabels));
  EXPECT_FALSE(matches("app=web,tier=back", kLabels));
}

TEST(LabelSelector, InequalityAndNotInMatchObjectsWithoutTheKey) {
  EXPECT_FALSE(matches("app!=web", kLabels));
  EXPECT_TRUE(matches("app!=db", kLabels));
  EXPECT_TRUE(matches("absent!=x", kLabels));
  EXPECT_TRUE(matches("absent notin (x)", kLabels));
  EXPECT_FALSE(matches("app notin (db, web)", kLabels));
}

TEST(LabelSelector, SetsAndExistence) {
  EXPECT_TRUE(matches("app in (db,web)", kLabels));
  EXPECT_FALSE(matches("app in (db)", kLabels));
  EXPECT_TRUE(matches("empty in (,x)", kLabels));
  EXPECT_TRUE(matches("app", kLabels));
  EXPECT_FALSE(matches("absent", kLabels));
  EXPECT_TRUE(matches("!absent", kLabels));
  EXPECT_FALSE(matches("!app", kLabels));
  EXPECT_TRUE(matches(" app in ( web ) , ! absent,tier = front ", kLabels));
}

TEST(LabelSelector, EmptyMatchesEverything) {
  EXPECT_TRUE(matches("", kLabels));
  EXPECT_TRUE(matches("  ", {}));
}

TEST(LabelSelector, RefusesWhatIsMalformed) {
  for (const char* bad : {"=web", "app=web,", ",", "app in web", "app in (web", "app in (web db)", "app=web tier=x",
                          "!", "-app=x", "app=-x", "app=a b", "a/b/c=d", "app!web", "app=(x)", "!app=x"}) {
    const auto parsed = LabelSelector::parse(bad);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().code, 400) << bad;
  }
}

TEST(LabelSelector, TakesRequirementsUpToTheLimit) {
  std::string text = "a";
  for (std::size_t i = 1; i < kSelectorRequirementsMax; ++i) text += ",a";
  EXPECT_TRUE(LabelSelector::parse(text));
  EXPECT_FALSE(LabelSelector::parse(text + ",a"));
}

TEST(LabelSelector, ReadsExpressionsOfWorkloads) {
  const Value json = *read_text(R"({"matchLabels":{"app":"web"},"matchExpressions":[
    {"key":"tier","operator":"In","values":["front"]},{"key":"absent","operator":"DoesNotExist"}]})").value;
  const auto selector = LabelSelector::from_json(json);
  ASSERT_TRUE(selector);
  EXPECT_TRUE(selector->matches(kLabels));
  EXPECT_FALSE(selector->matches({{"app", "web"}}));
  EXPECT_FALSE(LabelSelector::from_json(*read_text(R"({"matchExpressions":[{"key":"a","operator":"Like"}]})").value));
}

TEST(FieldSelector, LooksAtTheFieldsOfItsKind) {
  const Object pod(KindId::kPod,
                   {{"metadata", {{"name", "a"}, {"namespace", "web"}}},
                    {"spec", {{"nodeName", "n1"}}},
                    {"status", {{"phase", "Running"}}}},
                   1, 1);
  const auto matches_pod = [&pod](std::string_view text) {
    return FieldSelector::parse(text, KindId::kPod)->matches(pod);
  };
  EXPECT_TRUE(matches_pod("metadata.name=a,metadata.namespace==web"));
  EXPECT_TRUE(matches_pod("spec.nodeName=n1,status.phase!=Pending"));
  EXPECT_FALSE(matches_pod("spec.nodeName=n2"));
  EXPECT_FALSE(matches_pod("status.phase!=Running"));
  EXPECT_EQ(FieldSelector::parse("metadata.name=a", KindId::kPod)->name(), "a");
  EXPECT_EQ(FieldSelector::parse("metadata.name!=a", KindId::kPod)->name(), "");
}

TEST(FieldSelector, RefusesFieldsThatTheKindDoesNotHave) {
  const auto parsed = FieldSelector::parse("spec.nodeName=n1", KindId::kService);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message, "field label not supported: spec.nodeName");
  EXPECT_FALSE(FieldSelector::parse("metadata.name", KindId::kPod));
  EXPECT_FALSE(FieldSelector::parse("=x", KindId::kPod));
}

}  // namespace
}  // namespace plumbline::kube
