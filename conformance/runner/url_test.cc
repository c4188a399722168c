#include "conformance/runner/url.h"

#include <gtest/gtest.h>

namespace plumbline::conformance {
namespace {

TEST(Url, HasAnAddressAPortAndAPath) {
  EXPECT_EQ(*parse_url("http://10.0.255.10:8080/a/b?c=d"), (Url{"10.0.255.10", 8080, "/a/b?c=d"}));
}

TEST(Url, DefaultsToPort80AndTheRoot) { EXPECT_EQ(*parse_url("http://10.0.255.10"), (Url{"10.0.255.10", 80, "/"})); }

TEST(Url, RefusesEverythingElse) {
  for (const char* text : {"", "10.0.255.10", "http://", "http:///path", "http://a:0/", "http://a:65536/",
                           "http://a:x/", "http://a:80x/", "ftp://a/", "https://a/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

}  // namespace
}  // namespace plumbline::conformance
