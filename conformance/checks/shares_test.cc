// What `shares` refuses to say.
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

TEST(Shares, OfOneCellAloneShowNothing) {
  auto builder = world(json{{"shares", {{"during", "w"}, {"by", "service"}, {"effect", 0.5}}}}, 4, 1600);
  EXPECT_EQ(in_turn(builder, 1600, 4).finding().verdict, Verdict::kInconclusive);
}

}  // namespace
}  // namespace plumbline::conformance
