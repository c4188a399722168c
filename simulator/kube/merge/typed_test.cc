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

class SameFields : public ::testing::Test {
 protected:
  /// What a manager would own that made all of it.
  FieldSet all(const Value& object) const { return compare(Value(), object, type_).added; }
  bool same(const Value& left, const Value& right) const {
    const bool found = same_fields(left, right, type_);
    EXPECT_EQ(found, same_fields(right, left, type_));
    EXPECT_EQ(found, all(left) == all(right)) << to_text(left) << "\n" << to_text(right);
    return found;
  }
  const Type* type_ = builtin_type("Pod");
};

TEST_F(SameFields, HaveTheSameNamesWhateverTheirValues) {
  const Value one = pod(R"(,"image":"i","env":[{"name":"A","value":"1"}])");
  EXPECT_TRUE(same(one, one));
  EXPECT_TRUE(same(one, pod(R"(,"image":"j","env":[{"name":"A","value":"2"}])")));
  EXPECT_FALSE(same(one, pod(R"(,"image":"i")")));
  EXPECT_FALSE(same(one, pod(R"(,"image":"i","env":[{"name":"A"}])")));
  EXPECT_FALSE(same(one, pod(R"(,"image":"i","env":[{"name":"A","value":"1"}])", R"(,"nodeName":"n")")));
}

TEST_F(SameFields, OfItemsAreThoseWithTheSameKeys) {
  const Value one = pod(R"(,"env":[{"name":"A","value":"1"}],"ports":[{"containerPort":80}])");
  EXPECT_FALSE(same(one, pod(R"(,"env":[{"name":"B","value":"1"}],"ports":[{"containerPort":80}])")));
  EXPECT_FALSE(same(one, pod(R"(,"env":[{"name":"A","value":"1"}],"ports":[{"containerPort":81}])")));
  EXPECT_FALSE(
      same(pod("", "", R"(,"ownerReferences":[{"uid":"1"}])"), pod("", "", R"(,"ownerReferences":[{"uid":"2"}])")));
  Value other = one;
  other["metadata"]["finalizers"] = Value::array({"a/c"});
  EXPECT_FALSE(same(one, other)) << "items of a set are their own names";
}

TEST_F(SameFields, OfWhatIsOneValueAreNotLookedInto) {
  const Value one = pod(R"(,"command":["a"])", R"(,"nodeSelector":{"a":"b"})");
  EXPECT_TRUE(same(one, pod(R"(,"command":["b","c"])", R"(,"nodeSelector":{"c":"d"})")));
}

TEST_F(SameFields, OfWhatIsEmptyAreNotThoseOfWhatIsFull) {
  EXPECT_FALSE(same(pod(R"(,"env":[])"), pod(R"(,"env":[{"name":"A"}])")));
  EXPECT_FALSE(same(pod("", R"(,"securityContext":{})"), pod("", R"(,"securityContext":{"runAsUser":1})")));
  EXPECT_TRUE(same(pod(R"(,"env":[])"), pod(R"(,"env":null)"))) << "both are a name without more";
}

TEST_F(SameFields, OfWhatHasNoTypeAreAsTheyLook) {
  type_ = nullptr;
  EXPECT_TRUE(same(json(R"({"a":{"b":1},"c":[1]})"), json(R"({"a":{"b":2},"c":[1,2]})")));
  EXPECT_FALSE(same(json(R"({"a":{"b":1}})"), json(R"({"a":1})")));
  EXPECT_FALSE(same(json(R"({"a":{"b":1}})"), json(R"({"a":{"c":1}})")));
}

}  // namespace
}  // namespace plumbline::kube
