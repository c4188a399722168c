#include "simulator/kube/merge/typed.h"

#include <gtest/gtest.h>

#include "simulator/kube/schema/builtin.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

Value json(std::string_view text) { return read_text(text).value.value_or(Value()); }

/// A Pod with one container and more fields.
Value pod(const std::string& container, const std::string& spec = "", const std::string& metadata = "") {
  return json(R"({"metadata":{"labels":{"app":"x"},"finalizers":["a/b"])" + metadata +
              R"(},"spec":{"containers":[{"name":"web")" + container + "}]" + spec + "}}");
}

class SameChanges : public ::testing::Test {
 protected:
  /// Of what is made.
  bool same(const Value& left, const Value& right) const { return same(Value(), left, right); }
  bool same(const Value& before, const Value& left, const Value& right) const {
    const bool found = same_changes(before, left, right, type_);
    EXPECT_EQ(found, same_changes(before, right, left, type_));
    const Comparison one = compare(before, left, type_), other = compare(before, right, type_);
    EXPECT_EQ(found, one.added == other.added && one.modified == other.modified && one.removed == other.removed)
        << to_text(before) << "\n"
        << to_text(left) << "\n"
        << to_text(right);
    return found;
  }
  const Type* type_ = builtin_type("Pod");
};

TEST_F(SameChanges, OfWhatIsNewIsThatOfTheSameNamesWhateverTheirValues) {
  const Value one = pod(R"(,"image":"i","env":[{"name":"A","value":"1"}])");
  EXPECT_TRUE(same(one, one));
  EXPECT_TRUE(same(one, pod(R"(,"image":"j","env":[{"name":"A","value":"2"}])")));
  EXPECT_FALSE(same(one, pod(R"(,"image":"i")")));
  EXPECT_FALSE(same(one, pod(R"(,"image":"i","env":[{"name":"A"}])")));
  EXPECT_FALSE(same(one, pod(R"(,"image":"i","env":[{"name":"A","value":"1"}])", R"(,"nodeName":"n")")));
}

TEST_F(SameChanges, OfItemsIsThatOfTheSameKeys) {
  const Value one = pod(R"(,"env":[{"name":"A","value":"1"}],"ports":[{"containerPort":80}])");
  EXPECT_FALSE(same(one, pod(R"(,"env":[{"name":"B","value":"1"}],"ports":[{"containerPort":80}])")));
  EXPECT_FALSE(same(one, pod(R"(,"env":[{"name":"A","value":"1"}],"ports":[{"containerPort":81}])")));
  EXPECT_FALSE(
      same(pod("", "", R"(,"ownerReferences":[{"uid":"1"}])"), pod("", "", R"(,"ownerReferences":[{"uid":"2"}])")));
  Value other = one;
  other["metadata"]["finalizers"] = Value::array({"a/c"});
  EXPECT_FALSE(same(one, other)) << "items of a set are their own names";
}

TEST_F(SameChanges, OfWhatIsOneValueIsNotLookedInto) {
  const Value one = pod(R"(,"command":["a"])", R"(,"nodeSelector":{"a":"b"})");
  EXPECT_TRUE(same(one, pod(R"(,"command":["b","c"])", R"(,"nodeSelector":{"c":"d"})")));
}

TEST_F(SameChanges, OfWhatIsEmptyIsNotThatOfWhatIsFull) {
  EXPECT_FALSE(same(pod(R"(,"env":[])"), pod(R"(,"env":[{"name":"A"}])")));
  EXPECT_FALSE(same(pod("", R"(,"securityContext":{})"), pod("", R"(,"securityContext":{"runAsUser":1})")));
  EXPECT_TRUE(same(pod(R"(,"env":[])"), pod(R"(,"env":null)"))) << "both are a name without more";
}

TEST_F(SameChanges, OfWhatHasNoTypeIsAsItLooks) {
  type_ = nullptr;
  EXPECT_TRUE(same(json(R"({"a":{"b":1},"c":[1]})"), json(R"({"a":{"b":2},"c":[1,2]})")));
  EXPECT_FALSE(same(json(R"({"a":{"b":1}})"), json(R"({"a":1})")));
  EXPECT_FALSE(same(json(R"({"a":{"b":1}})"), json(R"({"a":{"c":1}})")));
}

TEST_F(SameChanges, IsFoundOnlyWhereComparingFindsTheSame) {
  const std::vector<Value> pods{
      Value(),
      pod(R"(,"image":"i")"),
      pod(R"(,"image":"j")"),
      pod(R"(,"image":"i","env":[{"name":"A","value":"1"}])"),
      pod(R"(,"image":"j","env":[{"name":"A","value":"2"},{"name":"B"}])"),
      pod(R"(,"command":["a"])", R"(,"nodeName":"n")"),
      pod(R"(,"command":["b"])", R"(,"nodeName":"m","securityContext":{})"),
      pod("", R"(,"securityContext":{"runAsUser":1})", R"(,"annotations":{"a":"b"})"),
  };
  int found = 0;
  for (const Value& before : pods)
    for (const Value& left : pods)
      for (const Value& right : pods) found += same(before, left, right) ? 1 : 0;
  EXPECT_GT(found, 64) << "more than what is the same";
}

TEST_F(SameChanges, OfWhatIsNotOfItsTypeIsNotThatOfWhatIs) {
  const Value map = json(R"({"metadata":{"labels":{"a":"1","b":"2"}}})");
  const Value list = json(R"({"metadata":{"labels":["x","y"]}})");
  EXPECT_FALSE(same_changes(Value(), map, list, type_));
  EXPECT_FALSE(same_changes(Value(), list, map, type_));
}

TEST_F(SameChanges, OfItemsThatAreThereTwiceIsThatOfTheLastOfThem) {
  const auto env = [](const std::string& items) { return pod(",\"env\":[" + items + "]"); };
  const std::string one = R"({"name":"A","value":"1"})", two = R"({"name":"A","value":"2"})";
  EXPECT_FALSE(same(env(two + "," + one), env(one), env(R"({"name":"A","value":"3"})"))) << "the first hides it";
  EXPECT_FALSE(same(env(one), env(two + "," + one), env(two + "," + two)));
  EXPECT_TRUE(same(env(one), env(two + "," + two), env(two + "," + R"({"name":"A","value":"3"})")));
}

}  // namespace
}  // namespace plumbline::kube
