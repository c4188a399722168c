#include "simulator/kernel/base64.h"

#include <gtest/gtest.h>

namespace plumbline::kernel {
namespace {

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_encode("\xfb\xff", true), "-_8");
}

TEST(Base64, DecodesWhatItEncodes) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    EXPECT_EQ(base64_decode(base64_encode(bytes, true), true), bytes);
    bytes += static_cast<char>(i);
  }
}

TEST(Base64, RefusesWhatIsNot) {
  EXPECT_FALSE(base64_decode("Zg="));
  EXPECT_FALSE(base64_decode("Z*=="));
  EXPECT_FALSE(base64_decode("Z", true));
}

}  // namespace
}  // namespace plumbline::kernel
