#include "simulator/kube/store/selector.h"

#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {
namespace {

bool matches(std::string_view selector, const Value& labels) {
  const auto parsed = LabelSelector::parse(selector);
  EXPECT_TRUE(parsed) << selector;
  return parsed && parsed->matches(labels);
}

const Value kLabels{{"app", "web"}, {"tier", "front"}, {"empty", ""}};

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
  EXPECT_TRUE(matches("  ", Value()));
}

TEST(LabelSelector, ComparesNumbers) {
  const Value labels{{"generation", "12"}, {"word", "x"}};
  EXPECT_TRUE(matches("generation>9", labels));
  EXPECT_FALSE(matches("generation>12", labels));
  EXPECT_TRUE(matches("generation<13", labels));
  EXPECT_FALSE(matches("word<13", labels));
  EXPECT_FALSE(matches("absent>0", labels));
}

TEST(LabelSelector, EmptyPlacesOfASetAreTheEmptyValue) {
  for (const char* set : {"empty in ()", "empty in (,)", "empty in (x,)", "empty in (x,,y)"})
    EXPECT_TRUE(matches(set, kLabels)) << set;
  EXPECT_TRUE(matches("in in (in)", Value{{"in", "in"}}));
}

TEST(LabelSelector, RefusesWhatIsMalformedInTheWordsOfRealServers) {
  const std::pair<const char*, const char*> bad[] = {
      {"=web", "found '=', expected: !, identifier, or 'end of string'"},
      {"app=web,", "found '', expected: identifier after ','"},
      {",", "found ',', expected: !, identifier, or 'end of string'"},
      {"app in web", "unable to parse requirement: found 'web' expected: '('"},
      {"app in (web", "unable to parse requirement: found '', expected: ',' or ')'"},
      {"app in (web db)", "unable to parse requirement: found 'db', expected: ',' or ')'"},
      {"app=web tier=x", "found 'tier', expected: ',' or 'end of string'"},
      {"!", "unable to parse requirement: found '', expected: identifier"},
      {"app=a b", "found 'b', expected: ',' or 'end of string'"},
      {"app!web", "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"},
      {"app=(x)", "unable to parse requirement: found '(', expected: identifier"},
      {"!app=x", "found '=', expected: ',' or 'end of string'"},
      {"a>x",
       "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an "
       "integer"},
      {"-app=x",
       "unable to parse requirement: <nil>: Invalid value: \"-app\": name part must consist of alphanumeric "
       "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or "
       "'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"},
      {"app=-x",
       "unable to parse requirement: values[0][app]: Invalid value: \"-x\": a valid label must be an empty string or "
       "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
       "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
       "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"},
      {"a/b/c=d",
       "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a qualified name must consist of alphanumeric "
       "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or "
       "'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an "
       "optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"},
  };
  for (const auto& [text, why] : bad) {
    const auto parsed = LabelSelector::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, 400) << text;
    EXPECT_EQ(parsed.error().message, why) << text;
  }
}

TEST(LabelSelector, TakesRequirementsUpToTheLimit) {
  std::string text = "a";
  for (std::size_t i = 1; i < kSelectorRequirementsMax; ++i) text += ",a";
  EXPECT_TRUE(LabelSelector::parse(text));
  EXPECT_FALSE(LabelSelector::parse(text + ",a"));
}

TEST(LabelSelector, ReadsExpressionsOfWorkloads) {
  const Value workload = value_of(R"({"matchLabels":{"app":"web"},"matchExpressions":[
    {"key":"tier","operator":"In","values":["front"]},{"key":"absent","operator":"DoesNotExist"}]})");
  const auto selector = LabelSelector::from_value(workload);
  ASSERT_TRUE(selector);
  EXPECT_TRUE(selector->matches(kLabels));
  EXPECT_FALSE(selector->matches({{"app", "web"}}));
  EXPECT_FALSE(LabelSelector::from_value(value_of(R"({"matchExpressions":[{"key":"a","operator":"Like"}]})")));
}

TEST(LabelSelector, IsWrittenAsRealServersWriteIt) {
  const auto selector = LabelSelector::from_value(value_of(R"({"matchLabels":{"z":"1","b":"c"},"matchExpressions":[
    {"key":"q","operator":"In","values":["x"]},{"key":"a","operator":"NotIn","values":["n","m"]},
    {"key":"c","operator":"NotIn","values":["n"]},{"key":"b","operator":"Exists"}]})"));
  EXPECT_EQ(selector->text(), "a notin (m,n),b=c,b,c notin (n),q in (x),z=1");
  EXPECT_EQ(LabelSelector::parse("o<2, n>1,!m,k!=l,a==b")->text(), "a=b,k!=l,!m,n>1,o<2");
}

class FieldSelectorTest : public testing::Test {
 protected:
  Registry registry_;
  const Kind& pods_ = registry_.kind(KindId::kPod);
};

TEST_F(FieldSelectorTest, LooksAtTheFieldsOfItsKind) {
  const Object pod = object_of(KindId::kPod, {{"metadata", {{"name", "a"}, {"namespace", "web"}}},
                                              {"spec", {{"nodeName", "n1"}}},
                                              {"status", {{"phase", "Running"}}}});
  const auto matches_pod = [&](std::string_view text) { return FieldSelector::parse(text, pods_)->matches(pod); };
  EXPECT_TRUE(matches_pod("metadata.name=a,metadata.namespace==web"));
  EXPECT_TRUE(matches_pod("spec.nodeName=n1,status.phase!=Pending"));
  EXPECT_TRUE(matches_pod("spec.hostNetwork=false"));
  EXPECT_FALSE(matches_pod("spec.nodeName=n2"));
  EXPECT_FALSE(matches_pod("status.phase!=Running"));
  EXPECT_TRUE(matches_pod(",metadata.name=a,"));
  EXPECT_FALSE(matches_pod(R"(metadata.name=a\,b)"));
  EXPECT_EQ(FieldSelector::parse("metadata.name=a", pods_)->exactly("metadata.name"), "a");
  EXPECT_EQ(FieldSelector::parse("metadata.name!=a", pods_)->exactly("metadata.name"), "");
  EXPECT_EQ(FieldSelector::parse("spec.nodeName=a", pods_)->exactly("metadata.name"), "");
}

TEST_F(FieldSelectorTest, RefusesFieldsThatTheKindDoesNotHave) {
  const auto message = [](std::string_view text, const Kind& kind) {
    const auto parsed = FieldSelector::parse(text, kind);
    EXPECT_FALSE(parsed) << text;
    return parsed ? std::string() : parsed.error().message;
  };
  EXPECT_EQ(message("spec.nodeName=n1", registry_.kind(KindId::kService)), "field label not supported: spec.nodeName");
  EXPECT_EQ(message("data.x=1", registry_.kind(KindId::kConfigMap)),
            "\"data.x\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
  EXPECT_EQ(message("metadata.name", pods_), "invalid selector: 'metadata.name'; can't understand 'metadata.name'");
  EXPECT_EQ(message("=x", pods_), "field label not supported: ");
  EXPECT_EQ(message("metadata.name=a=b", pods_), "invalid field selector: unescaped character in value: 61");
  EXPECT_EQ(message(R"(metadata.name=a\x)", pods_), "invalid field selector: invalid escape sequence: \\x");
}

TEST_F(FieldSelectorTest, LooksAtTheFieldsThatACustomKindNames) {
  auto kind = kube::widgets();
  kind->versions.front().selectable_fields = {"spec.size"};
  const Kind& widgets = registry_.add(std::move(kind));
  const Object widget = object_of(widgets.id, {{"metadata", {{"name", "w"}}}, {"spec", {{"size", 3}}}});
  EXPECT_TRUE(FieldSelector::parse("spec.size=3", widgets)->matches(widget));
  EXPECT_FALSE(FieldSelector::parse("spec.size!=3", widgets)->matches(widget));
  EXPECT_EQ(FieldSelector::parse("spec.weight=3", widgets).error().message, "field label not supported: spec.weight");
}

}  // namespace
}  // namespace plumbline::kube
