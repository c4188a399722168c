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

class SameChange : public ::testing::Test {
 protected:
  /// That both were made.
  bool same(const Value& left, const Value& right) const { return same(Value(), left, Value(), right); }
  bool same(const Value& before, const Value& after, const Value& other_before, const Value& other_after) const {
    const bool found = same_change(before, after, other_before, other_after, type_);
    EXPECT_EQ(found, same_change(other_before, other_after, before, after, type_));
    const Comparison one = compare(before, after, type_), other = compare(other_before, other_after, type_);
    EXPECT_EQ(found, one.added == other.added && one.modified == other.modified && one.removed == other.removed)
        << to_text(before) << "\n"
        << to_text(after) << "\n"
        << to_text(other_before) << "\n"
        << to_text(other_after);
    return found;
  }
  const Type* type_ = builtin_type("Pod");
};

TEST_F(SameChange, OfWhatIsNewIsThatOfTheSameNamesWhateverTheirValues) {
  const Value one = pod(R"(,"image":"i","env":[{"name":"A","value":"1"}])");
  EXPECT_TRUE(same(one, one));
  EXPECT_TRUE(same(one, pod(R"(,"image":"j","env":[{"name":"A","value":"2"}])")));
  EXPECT_FALSE(same(one, pod(R"(,"image":"i")")));
  EXPECT_FALSE(same(one, pod(R"(,"image":"i","env":[{"name":"A"}])")));
  EXPECT_FALSE(same(one, pod(R"(,"image":"i","env":[{"name":"A","value":"1"}])", R"(,"nodeName":"n")")));
}

TEST_F(SameChange, OfItemsIsThatOfTheSameKeys) {
  const Value one = pod(R"(,"env":[{"name":"A","value":"1"}],"ports":[{"containerPort":80}])");
  EXPECT_FALSE(same(one, pod(R"(,"env":[{"name":"B","value":"1"}],"ports":[{"containerPort":80}])")));
  EXPECT_FALSE(same(one, pod(R"(,"env":[{"name":"A","value":"1"}],"ports":[{"containerPort":81}])")));
  EXPECT_FALSE(
      same(pod("", "", R"(,"ownerReferences":[{"uid":"1"}])"), pod("", "", R"(,"ownerReferences":[{"uid":"2"}])")));
  Value other = one;
  other["metadata"]["finalizers"] = Value::array({"a/c"});
  EXPECT_FALSE(same(one, other)) << "items of a set are their own names";
}

TEST_F(SameChange, OfWhatIsOneValueIsNotLookedInto) {
  const Value one = pod(R"(,"command":["a"])", R"(,"nodeSelector":{"a":"b"})");
  EXPECT_TRUE(same(one, pod(R"(,"command":["b","c"])", R"(,"nodeSelector":{"c":"d"})")));
}

TEST_F(SameChange, OfWhatIsEmptyIsNotThatOfWhatIsFull) {
  EXPECT_FALSE(same(pod(R"(,"env":[])"), pod(R"(,"env":[{"name":"A"}])")));
  EXPECT_FALSE(same(pod("", R"(,"securityContext":{})"), pod("", R"(,"securityContext":{"runAsUser":1})")));
  EXPECT_TRUE(same(pod(R"(,"env":[])"), pod(R"(,"env":null)"))) << "both are a name without more";
}

TEST_F(SameChange, OfWhatHasNoTypeIsAsItLooks) {
  type_ = nullptr;
  EXPECT_TRUE(same(json(R"({"a":{"b":1},"c":[1]})"), json(R"({"a":{"b":2},"c":[1,2]})")));
  EXPECT_FALSE(same(json(R"({"a":{"b":1}})"), json(R"({"a":1})")));
  EXPECT_FALSE(same(json(R"({"a":{"b":1}})"), json(R"({"a":{"c":1}})")));
}

TEST_F(SameChange, IsFoundOnlyWhereComparingFindsTheSame) {
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
    for (const Value& after : pods)
      for (const Value& other_before : pods)
        for (const Value& other_after : pods) found += same(before, after, other_before, other_after) ? 1 : 0;
  // Of what does not change there are 64 pairs; and each change is its own.
  EXPECT_GT(found, 64 + 56);
}

TEST_F(SameChange, OfWhatIsNotOfItsTypeIsNotThatOfWhatIs) {
  const Value map = json(R"({"metadata":{"labels":{"a":"1","b":"2"}}})");
  const Value list = json(R"({"metadata":{"labels":["x","y"]}})");
  EXPECT_FALSE(same_change(Value(), map, Value(), list, type_));
  EXPECT_FALSE(same_change(Value(), list, Value(), map, type_));
}

TEST_F(SameChange, IsNotAskedForWhereItemsAreThereTwice) {
  const Value twice = pod(R"(,"env":[{"name":"A","value":"1"},{"name":"A","value":"2"}])");
  const Value once = pod(R"(,"env":[{"name":"A","value":"1"}])");
  EXPECT_FALSE(
      same_change(once, twice, once, pod(R"(,"env":[{"name":"A","value":"3"},{"name":"A","value":"2"}])"), type_));
}

}  // namespace
}  // namespace plumbline::kube
