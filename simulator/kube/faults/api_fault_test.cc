#include "simulator/kube/faults/api_fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/kube/faults/fault_json.h"

namespace plumbline::kube {
namespace {

ApiFault of_kind(FaultKind kind, int code = 503) {
  ApiFault made;
  made.kind = kind;
  made.code = code;
  return made;
}

TEST(ApiFaultTest, NamesAreReadAsTheyAreWritten) {
  EXPECT_EQ(fault_kinds().size(), 16U);
  for (const std::string_view name : fault_kinds()) {
    ASSERT_TRUE(fault_kind(name)) << name;
    EXPECT_EQ(to_string(*fault_kind(name)), name);
  }
  EXPECT_FALSE(fault_kind("flood"));
  for (const TlsFault each : {TlsFault::kReset, TlsFault::kUnknownAuthority, TlsFault::kExpired, TlsFault::kWrongName})
    EXPECT_EQ(tls_fault(to_string(each)), each);
}

TEST(ApiFaultTest, JsonBringsItBack) {
  ApiFault fault = of_kind(FaultKind::kRefuse, 429);
  fault.retry_after = std::chrono::seconds(3);
  fault.share = 0.25;
  fault.verbs = {"list"};
  fault.resources = {"pods"};
  fault.user = "jane";
  fault.lasts = std::chrono::milliseconds(1500);
  const auto back = fault_from_json(to_json(fault));
  ASSERT_TRUE(back);
  EXPECT_EQ(to_json(*back), to_json(fault));
  EXPECT_EQ(back->retry_after, fault.retry_after);
  ApiFault once = of_kind(FaultKind::kDeleteAfterList);
  ASSERT_TRUE(set_deleted(once, "nodes//n1"));
  EXPECT_EQ(fault_from_json(to_json(once))->object_name, "n1");
  EXPECT_FALSE(set_deleted(once, "pods/web"));
  for (const char* wrong : {R"({})", R"({"is":"flood"})", R"({"is":"slow"})", R"({"is":"tls","tls":"x"})",
                            R"({"is":"refuse","code":"high"})", R"([])"})
    EXPECT_FALSE(fault_from_json(nlohmann::json::parse(wrong))) << wrong;
}

std::string said(const std::vector<FaultMistake>& mistakes) {
  std::string all;
  for (const FaultMistake& mistake : mistakes) all += (all.empty() ? "" : "; ") + mistake.setting + " " + mistake.text;
  return all;
}

TEST(ApiFaultTest, NonsenseIsSaid) {
  ApiFault fault;
  EXPECT_EQ(said(mistakes_in(fault)), "");
  fault.share = 0;
  EXPECT_EQ(said(mistakes_in(fault)), "share must be above 0% and at most 100%");
  fault = of_kind(FaultKind::kSlow);
  EXPECT_EQ(said(mistakes_in(fault)), "delay must be given, and be longer than 0");
  fault = of_kind(FaultKind::kRefuse, 200);
  EXPECT_EQ(said(mistakes_in(fault)), "code must be from 400 to 599");
  fault = of_kind(FaultKind::kDeleteAfterList);
  EXPECT_EQ(said(mistakes_in(fault)), "deletes must name an object: pods/default/web-0");
  fault = of_kind(FaultKind::kClockSkew);
  EXPECT_EQ(said(mistakes_in(fault)), "delay must say how far the clock is ahead, unless it is behind");
  fault = of_kind(FaultKind::kDown);
  for (const int ms : {-1, 0}) {
    fault.lasts = std::chrono::milliseconds(ms);
    EXPECT_EQ(said(mistakes_in(fault)), "for must be longer than 0");
  }
  fault.lasts = std::chrono::milliseconds(1);
  EXPECT_EQ(said(mistakes_in(fault)), "");
}

TEST(ApiFaultTest, AllMistakesAreSaidAtOnce) {
  ApiFault fault = of_kind(FaultKind::kRefuse, 200);
  fault.share = 0;
  fault.verbs = {"lits", "get", "wach"};
  EXPECT_EQ(
      said(mistakes_in(fault)),
      "share must be above 0% and at most 100%; code must be from 400 to 599; verbs cannot be 'lits'; did you mean "
      "'list'?; verbs cannot be 'wach'; did you mean 'watch'?");
}

TEST(ApiFaultTest, SettingsThatAKindMakesNothingOfAreSaid) {
  const auto unused = [](FaultKind kind, const std::vector<std::string>& given) {
    ApiFault fault = of_kind(kind);
    fault.delay = std::chrono::milliseconds(1);
    set_deleted(fault, "pods/default/web-0");
    return said(mistakes_in(fault, given));
  };
  EXPECT_EQ(unused(FaultKind::kSlow, {"delay", "for", "share", "verbs", "resources", "user"}), "");
  EXPECT_EQ(unused(FaultKind::kSlow, {"delay", "code", "tls"}),
            "code means nothing to slow; it is for refuse; tls means nothing to slow; it is for tls");
  EXPECT_EQ(unused(FaultKind::kWatchMute, {"delay"}),
            "delay means nothing to watch-mute; it is for slow, clock-skew, watch-delay");
  EXPECT_EQ(unused(FaultKind::kCompact, {"for"}), "for means nothing to compact, which happens once");
  EXPECT_EQ(unused(FaultKind::kClockSkew, {"behind", "delay"}), "behind cannot be: the clock is ahead already");
  for (const std::string_view kind : fault_kinds()) EXPECT_EQ(unused(*fault_kind(kind), {}), "") << kind;
}

TEST(ApiFaultTest, ASettingIsNamedOnce) {
  ApiFault fault = of_kind(FaultKind::kDown);
  fault.share = 0;
  fault.lasts = std::chrono::milliseconds(0);
  EXPECT_EQ(
      said(mistakes_in(fault, {"share", "for"})),
      "share means nothing to down; it is for slow, hang, refuse, tokens, stale, gone, watch-duplicate; for must be "
      "longer than 0");
}

}  // namespace
}  // namespace plumbline::kube
