#include "model/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Choices, AreBetweenBraces) {
  EXPECT_THAT(choices_in("TEXT:{down,hang}"), ElementsAre("down", "hang"));
  EXPECT_THAT(choices_in("TEXT:{down} ..."), ElementsAre("down"));
  EXPECT_THAT(choices_in("TEXT"), IsEmpty());
  EXPECT_THAT(choices_in("TEXT:{down"), IsEmpty());
}

}  // namespace
}  // namespace plumbline
