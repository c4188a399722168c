// What is accepted, and where a mistake is, was read off Go's packages encoding/base64, time and apimachinery/resource.
#include "simulator/kube/schema/formats.h"

#include <gtest/gtest.h>

namespace plumbline::kube {
namespace {

TEST(Quantity, IsWorthWhatItSays) {
  const std::pair<const char*, double> good[] = {{"500m", 0.5},
                                                 {"2Gi", 2147483648},
                                                 {"1e3", 1000},
                                                 {"-1.5", -1.5},
                                                 {"+2", 2},
                                                 {"0", 0},
                                                 {"1.", 1},
                                                 {".5", 0.5},
                                                 {"1k", 1000},
                                                 {"1Ki", 1024},
                                                 {"1E", 1e18},
                                                 {"1E3", 1000},
                                                 {"1e+3", 1e3},
                                                 {"1e-3", 1e-3},
                                                 {"1.5e2", 150},
                                                 {"1M", 1e6},
                                                 {"1u", 1e-6},
                                                 {"1n", 1e-9},
                                                 {"1G", 1e9},
                                                 {"1T", 1e12},
                                                 {"1P", 1e15},
                                                 {"1.5Mi", 1572864},
                                                 {"1Ti", 1099511627776},
                                                 {"1Pi", 1125899906842624.},
                                                 {"1Ei", 1152921504606846976.},
                                                 {"-", 0},
                                                 {".", 0},
                                                 {"e3", 0}};
  for (const auto& [text, worth] : good) {
    const auto quantity = quantity_of(text);
    ASSERT_TRUE(quantity) << text;
    EXPECT_DOUBLE_EQ(*quantity, worth) << text;
  }
}

TEST(Quantity, RefusesWhatIsNone) {
  for (const char* text : {"", "abc", " 1", "1 ", "1K", "1ki", "1mi", "1p", "1Zi", "1e", "1E+", "1e1.5", "1ee", "--1",
                           "1.2.3", "0x1", "1,5", "1e 3", "1mm"})
    EXPECT_FALSE(is_quantity(text)) << text;
}

TEST(Time, IsOneOfRfc3339) {
  for (const char* text : {"2026-11-25T19:16:40Z", "2026-11-25T19:16:40.5+01:00", "2026-11-25T19:16:40.123456Z",
                           "2024-02-29T00:00:00Z", "2000-02-29T23:59:59-07:00"})
    EXPECT_TRUE(is_time(text)) << text;
  for (const char* text :
       {"", "x", "2026-11-25", "2026-11-25T19:16:40", "2026-11-25t19:16:40z", "2026-11-25 19:16:40Z",
        "2026-02-30T19:16:40Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-13-25T19:16:40Z", "2026-00-25T19:16:40Z", "2026-11-25T24:00:00Z", "2026-11-25T19:60:00Z",
        "2026-11-25T19:16:60Z", "2026-11-25T19:16:40.Z", "2026-11-25T19:16:40+0100", "2026-11-25T19:16:40+25:00",
        "2026-11-25T19:16:40Z "})
    EXPECT_FALSE(is_time(text)) << text;
}

TEST(Base64, IsGoodWithItsPaddingAndWithEndsOfLines) {
  for (const char* text : {"", "YQ==", "YWI=", "YWJj", "YW\nI=", "YQ=\r\n=\n", "\n", "+/+/"})
    EXPECT_FALSE(base64_mistake(text)) << text;
}

TEST(Base64, BreaksOffWhereGoSays) {
  const std::pair<const char*, std::size_t> bad[] = {
      {"YQ", 0},   {"YQ=", 3},   {"YWI", 0}, {"Y", 0},     {"Y===", 1},  {"=", 0},    {"YWI=YQ==", 4}, {"Y=Q=", 1},
      {"YQ=x", 2}, {"YQ==x", 4}, {"%%", 0},  {"YWJj%", 4}, {"YWJjY", 4}, {"YW J", 2}, {"YQ=\n", 4},    {"YWJj====", 4}};
  for (const auto& [text, at] : bad) {
    const auto mistake = base64_mistake(text);
    ASSERT_TRUE(mistake) << text;
    EXPECT_EQ(*mistake, at) << text;
  }
}

}  // namespace
}  // namespace plumbline::kube
