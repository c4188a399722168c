#include "model/counted.h"

#include <gtest/gtest.h>

#include <cstddef>

namespace plumbline {
namespace {

TEST(Counted, OneIsOneAndAllElseAreSeveral) {
  EXPECT_EQ("0 Pods", counted(0, "Pod"));
  EXPECT_EQ("1 Pod", counted(std::size_t{1}, "Pod"));
  EXPECT_EQ("2 Pods", counted(2U, "Pod"));
  EXPECT_EQ("-1 Pods", counted(-1, "Pod"));
}

}  // namespace
}  // namespace plumbline
