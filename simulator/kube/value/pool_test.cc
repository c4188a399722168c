#include "simulator/kube/value/pool.h"

#include <gtest/gtest.h>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

Value made(int number) { return {{"list", Value::array({number, "a text of more than fourteen letters"})}}; }

TEST(ValuePool, GivesOneForAllThatAreEqual) {
  ValuePool pool;
  const Value first = pool.shared(made(1)), second = pool.shared(made(1)), other = pool.shared(made(2));
  EXPECT_TRUE(first.same_as(second));
  EXPECT_FALSE(first.same_as(other));
  EXPECT_EQ(second, made(1));
  EXPECT_EQ(other, made(2));
}

TEST(ValuePool, KeepsWhatIsAskedForAndForgetsTheRest) {
  ValuePool pool(4);
  const Value kept = pool.shared(made(0)), lost = pool.shared(made(1));
  for (int i = 2; i < 40; ++i) {
    pool.shared(made(i));
    ASSERT_TRUE(pool.shared(made(0)).same_as(kept)) << "after " << i;
  }
  EXPECT_FALSE(pool.shared(made(1)).same_as(lost));
}

TEST(ValuePool, HashesOfEqualValuesAreEqualWhateverTheirHistory) {
  Value changed{{"b", 1}, {"x", "gone"}};
  changed["a"] = Value::array({true, nullptr, 1.5});
  changed.erase("x");
  const Value read = *read_text(R"({"a":[true,null,1.5],"b":1})").value;
  ASSERT_EQ(changed, read);
  EXPECT_EQ(changed.hash(), read.hash());
  for (const Value& other : {Value{{"a", 1}}, Value{{"b", 1}}, Value(1), Value("1"), Value(true), Value(),
                             Value::array(), Value::object(), Value::array({1, 2}), Value::array({2, 1})})
    EXPECT_NE(other.hash(), read.hash());
}

}  // namespace
}  // namespace plumbline::kube
