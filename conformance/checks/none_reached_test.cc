// What is said when nothing of a window reached a Pod.
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

Finding judged(const char* noun, const std::string& pod, std::int64_t t) {
  const json arguments{{"during", "w"}, {"by", "pod"}, {"effect", 0.5}, {"is", "h"}};
  return world(json::object({{noun, arguments}}), 2, 3, false)
      .hit({t, pod, 80, 1, {-1, -1}, "10.0.255.10", "x", 200})
      .finding();
}

TEST(NoneReached, RequestsWithoutTheirHeaderAreTold) {
  for (const char* noun : {"shares", "roundRobin", "direct", "hostHeader", "nodes"}) {
    const Finding without = judged(noun, "cls-1/default/p0#u", 1'500'000);
    EXPECT_EQ(without.verdict, Verdict::kFail) << noun;
    EXPECT_NE(without.sentence.find("but 1 request without the header X-Plumbline-Id reached Pods"), std::string::npos)
        << without.sentence;
    ASSERT_EQ(without.evidence.size(), 1U) << noun;
    EXPECT_EQ(without.evidence[0].text, "cls-1/default/p0 saw a request without X-Plumbline-Id");
    for (const Finding& none :
         {judged(noun, "cls-1/default/p0#u", 2'500'000), judged(noun, "trap:clb:1:2", 1'500'000)}) {
      EXPECT_EQ(none.verdict, Verdict::kFail) << noun;
      EXPECT_EQ(none.seen, "no hit") << noun;
      ASSERT_EQ(none.evidence.size(), 1U) << noun;
      EXPECT_EQ(none.evidence[0].text, "window 'w'") << noun;
    }
  }
}

}  // namespace
}  // namespace plumbline::conformance
