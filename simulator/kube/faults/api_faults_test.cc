#include "simulator/kube/faults/api_faults.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class ApiFaultsTest : public ::testing::Test {
 protected:
  ApiFaultsTest() {
    for (auto& [kind, object] : Authorizer::bootstrap_objects()) (void)operations_.create(kind, "", std::move(object));
    (void)operations_.create(KindId::kNamespace, "", {{"metadata", {{"name", "web"}}}});
    add("a");
  }
  static Store::Options options() {
    Store::Options chosen;
    chosen.wall_clock = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000)); };
    return chosen;
  }
  void add(const char* name) {
    const auto made = operations_.create(KindId::kConfigMap, "web", {{"metadata", {{"name", name}}}});
    EXPECT_TRUE(made) << made.error().message;
  }
  static HttpRequest request(const std::string& target, const std::string& user = "root") {
    HttpRequest made;
    made.method = "GET";
    made.target = target;
    made.certificate = User{user, {"system:masters"}};
    return made;
  }
  /// Asks; `replies_` gets what comes back.
  void ask(HttpRequest asked) {
    faults_.handle(std::move(asked), [this](Reply reply) { replies_.push_back(std::move(reply)); });
  }
  HttpResponse answer(const std::string& target, const std::string& user = "root") {
    const std::size_t before = replies_.size();
    ask(request(target, user));
    EXPECT_EQ(replies_.size(), before + 1) << "no answer yet: " << target;
    if (replies_.size() == before || !std::holds_alternative<HttpResponse>(replies_.back())) return {};
    return std::get<HttpResponse>(replies_.back());
  }
  std::unique_ptr<WatchStream> watch(const std::string& more = "") {
    ask(request("/api/v1/namespaces/web/configmaps?watch=true&resourceVersion=" +
                std::to_string(store_.resource_version()) + more));
    auto* stream = std::get_if<std::unique_ptr<WatchStream>>(&replies_.back());
    EXPECT_NE(stream, nullptr);
    return stream == nullptr ? nullptr : std::move(*stream);
  }
  static std::string told(WatchStream& stream) {
    std::string lines;
    stream.take(lines, 1 << 20);
    return lines;
  }
  void inject(const ApiFault& fault) {
    ASSERT_TRUE(mistakes_in(fault).empty());
    faults_.inject(fault);
  }
  static ApiFault fault(FaultKind kind) {
    ApiFault made;
    made.kind = kind;
    return made;
  }
  void run_for(milliseconds time) {
    io_.restart();
    io_.run_for(time);
  }
  const std::string list_ = "/api/v1/namespaces/web/configmaps";

  boost::asio::io_context io_;
  Store store_{options()};
  ServiceAdmission services_{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations_{store_, services_};
  Authenticator authenticator_{store_, options().wall_clock};
  Authorizer authorizer_{store_};
  ApiServer api_{operations_, authenticator_, authorizer_, kernel::Random(1)};
  std::vector<bool> down_;
  std::vector<milliseconds> skews_;
  ApiFaults faults_{io_,
                    operations_,
                    api_,
                    kernel::Random(1),
                    {[this](bool down) { down_.push_back(down); }, [](bool) {}, [](std::optional<TlsFault>) {},
                     [this](milliseconds by) { skews_.push_back(by); }}};
  std::vector<Reply> replies_;
};

TEST_F(ApiFaultsTest, NothingIsWrongUntilSomethingIs) {
  EXPECT_EQ(answer(list_).code, 200);
  faults_.heal();
  EXPECT_EQ(answer(list_).code, 200);
}

TEST_F(ApiFaultsTest, RefusalsSayWhenToComeBack) {
  ApiFault refuse = fault(FaultKind::kRefuse);
  refuse.code = 429;
  refuse.retry_after = std::chrono::seconds(2);
  refuse.verbs = {"list"};
  refuse.user = "jane";
  inject(refuse);
  const HttpResponse refused = answer(list_, "jane");
  EXPECT_EQ(refused.code, 429);
  EXPECT_THAT(refused.headers, ::testing::Contains(std::pair<std::string, std::string>("Retry-After", "2")));
  const Value status = value_of(refused.body);
  EXPECT_EQ(status["reason"], "TooManyRequests");
  EXPECT_EQ(status.at("details.retryAfterSeconds").integer(), 2);
  EXPECT_EQ(answer(list_, "root").code, 200) << "another user";
  EXPECT_EQ(answer(list_ + "/a", "jane").code, 200) << "another verb";
  faults_.heal(FaultKind::kRefuse);
  EXPECT_EQ(answer(list_, "jane").code, 200);
}

TEST_F(ApiFaultsTest, TheAuditHasWhatNeverReachedTheServer) {
  std::vector<std::pair<std::string, int>> told;
  api_.on_audit([&told](const User& user, const Attributes& asked, const HttpRequest&, int code) {
    told.emplace_back(user.name + " " + asked.verb, code);
  });
  inject(fault(FaultKind::kRefuse));
  (void)answer(list_, "jane");
  faults_.heal();
  inject(fault(FaultKind::kGone));
  (void)answer(list_ + "?resourceVersion=1");
  faults_.heal();
  inject(fault(FaultKind::kHang));
  ask(request(list_));
  faults_.heal();
  inject(fault(FaultKind::kTokens));
  HttpRequest bearer = request(list_);
  bearer.certificate.reset();
  bearer.authorization = "Bearer x";
  ask(bearer);
  faults_.heal();
  (void)answer(list_);
  using Told = std::vector<std::pair<std::string, int>>;
  EXPECT_EQ(told, (Told{{"jane list", 503}, {"root list", 410}, {"root list", 0}, {" list", 401}, {"root list", 200}}));
}

TEST_F(ApiFaultsTest, AShareOfRequestsIsDrawnFromTheSeed) {
  ApiFault half = fault(FaultKind::kRefuse);
  half.share = 0.5;
  inject(half);
  int refused = 0;
  for (int i = 0; i < 400; ++i) refused += answer(list_).code == 503 ? 1 : 0;
  EXPECT_GT(refused, 150);
  EXPECT_LT(refused, 250);
}

TEST_F(ApiFaultsTest, SlowAnswersComeLateAndHangingOnesNever) {
  ApiFault slow = fault(FaultKind::kSlow);
  slow.delay = milliseconds(30);
  inject(slow);
  const auto before = std::chrono::steady_clock::now();
  ask(request(list_));
  EXPECT_TRUE(replies_.empty());
  io_.restart();
  while (replies_.empty()) ASSERT_EQ(io_.run_one_for(std::chrono::seconds(60)), 1U);
  EXPECT_GE(std::chrono::steady_clock::now() - before, slow.delay);
  faults_.heal();
  inject(fault(FaultKind::kHang));
  ask(request(list_));
  run_for(milliseconds(50));
  EXPECT_EQ(replies_.size(), 1U);
}

TEST_F(ApiFaultsTest, AFaultMayEndByItself) {
  ApiFault refuse = fault(FaultKind::kRefuse);
  refuse.lasts = milliseconds(20);
  inject(refuse);
  EXPECT_EQ(answer(list_).code, 503);
  run_for(milliseconds(500));
  EXPECT_FALSE(faults_.lasts(FaultKind::kRefuse));
  EXPECT_EQ(answer(list_).code, 200);
}

TEST_F(ApiFaultsTest, WhatLastsIsKnown) {
  EXPECT_TRUE(faults_.lasting().empty());
  ApiFault brief = fault(FaultKind::kRefuse);
  brief.lasts = std::chrono::hours(1);
  const auto before = std::chrono::steady_clock::now();
  inject(brief);
  inject(fault(FaultKind::kHang));
  inject(fault(FaultKind::kCompact));
  const auto all = faults_.lasting();
  ASSERT_EQ(all.size(), 2U) << "what happened once is over";
  EXPECT_EQ(all[0].fault.kind, FaultKind::kHang);
  EXPECT_FALSE(all[0].ends);
  EXPECT_EQ(all[1].fault.kind, FaultKind::kRefuse);
  EXPECT_GE(*all[1].ends, before + *brief.lasts);
  EXPECT_LE(*all[1].ends, std::chrono::steady_clock::now() + *brief.lasts);
}

TEST_F(ApiFaultsTest, TheEndOfAFaultLeavesItsSuccessorAlone) {
  ApiFault brief = fault(FaultKind::kRefuse);
  brief.lasts = milliseconds(1);
  inject(brief);
  const auto over = std::chrono::steady_clock::now() + milliseconds(2);
  while (std::chrono::steady_clock::now() < over) continue;
  // Runs when the end of the first has been noticed already, and has not been told yet.
  boost::asio::post(io_, [this] { inject(fault(FaultKind::kRefuse)); });
  run_for(milliseconds(20));
  EXPECT_EQ(answer(list_).code, 503);
}

TEST_F(ApiFaultsTest, TokensAreRefusedCertificatesAreNot) {
  const auto account = *operations_.create(KindId::kServiceAccount, "web", {{"metadata", {{"name", "robot"}}}});
  HttpRequest robot = request("/version");
  robot.certificate.reset();
  robot.authorization = "Bearer " + authenticator_.mint(*account, std::chrono::seconds(600));
  ask(robot);
  EXPECT_EQ(std::get<HttpResponse>(replies_.back()).code, 200);
  inject(fault(FaultKind::kTokens));
  ask(robot);
  EXPECT_EQ(std::get<HttpResponse>(replies_.back()).code, 401);
  EXPECT_EQ(answer("/version").code, 200);
}

TEST_F(ApiFaultsTest, StaleReadsShowWhatThereWas) {
  inject(fault(FaultKind::kStale));
  add("b");
  EXPECT_THAT(answer(list_ + "?resourceVersion=0").body, ::testing::Not(HasSubstr("\"b\"")));
  EXPECT_THAT(answer(list_ + "?resourceVersion=%30").body, ::testing::Not(HasSubstr("\"b\"")));
  EXPECT_THAT(answer(list_).body, HasSubstr("\"b\"")) << "a consistent read asks the leader";
  faults_.heal();
  EXPECT_THAT(answer(list_ + "?resourceVersion=0").body, HasSubstr("\"b\""));
}

TEST_F(ApiFaultsTest, GoneEndsWatchesAndRefusesToResume) {
  const auto stream = watch();
  inject(fault(FaultKind::kGone));
  EXPECT_TRUE(stream->ended());
  EXPECT_THAT(told(*stream), HasSubstr("\"code\":410"));
  const HttpResponse refused =
      answer(list_ + "?watch=true&resourceVersion=" + std::to_string(store_.resource_version()));
  EXPECT_EQ(refused.code, 410);
  EXPECT_EQ(value_of(refused.body)["reason"], "Expired");
  EXPECT_EQ(answer(list_).code, 200);
}

TEST_F(ApiFaultsTest, CompactionForgetsWhatCouldBeResumedFrom) {
  const std::uint64_t before = store_.resource_version();
  add("b");
  inject(fault(FaultKind::kCompact));
  ask(request(list_ + "?watch=true&resourceVersion=" + std::to_string(before)));
  auto& stream = std::get<std::unique_ptr<WatchStream>>(replies_.back());
  EXPECT_TRUE(stream->ended());
  EXPECT_THAT(told(*stream), HasSubstr("\"code\":410"));
}

TEST_F(ApiFaultsTest, WatchesAreCutOrMuted) {
  const auto cut = watch();
  inject(fault(FaultKind::kWatchCut));
  EXPECT_TRUE(cut->ended());
  const auto mute = watch();
  inject(fault(FaultKind::kWatchMute));
  int woken = 0;
  mute->on_ready([&] { ++woken; });
  add("b");
  EXPECT_EQ(told(*mute), "");
  EXPECT_EQ(woken, 0);
  EXPECT_FALSE(mute->ended());
  const auto late = watch();
  add("c");
  EXPECT_EQ(told(*late), "") << "one that began meanwhile is mute too";
  faults_.heal();
  EXPECT_EQ(woken, 1);
  EXPECT_THAT(told(*mute), ::testing::AllOf(HasSubstr("\"name\":\"b\""), HasSubstr("\"name\":\"c\"")));
}

TEST_F(ApiFaultsTest, EventsComeLateOrTwice) {
  const auto stream = watch();
  ApiFault delay = fault(FaultKind::kWatchDelay);
  delay.delay = milliseconds(500);
  inject(delay);
  bool ready = false;
  stream->on_ready([&] { ready = true; });
  std::string lines;
  for (const char* name : {"b", "c"}) {
    const auto before = std::chrono::steady_clock::now();
    add(name);
    EXPECT_FALSE(std::exchange(ready, false));
    EXPECT_EQ(told(*stream), "");
    for (int i = 0; i < 1000 && !ready; ++i) run_for(milliseconds(20));
    EXPECT_TRUE(std::exchange(ready, false)) << "its reader is told when there is something";
    lines = told(*stream);
    EXPECT_GE(std::chrono::steady_clock::now() - before, delay.delay);
    EXPECT_THAT(lines, HasSubstr(fmt::format("\"name\":\"{}\"", name)));
  }
  faults_.heal();
  inject(fault(FaultKind::kWatchDuplicate));
  add("d");
  lines = told(*stream);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
}

TEST_F(ApiFaultsTest, SomethingIsDeletedBetweenListAndWatch) {
  ApiFault once = fault(FaultKind::kDeleteAfterList);
  once.object_resource = "configmaps";
  once.object_space = "web";
  once.object_name = "a";
  inject(once);
  EXPECT_THAT(answer(list_).body, HasSubstr("\"name\":\"a\""));
  EXPECT_EQ(store_.find(KindId::kConfigMap, "web", "a"), nullptr);
  add("a");
  EXPECT_THAT(answer(list_).body, HasSubstr("\"name\":\"a\""));
  EXPECT_NE(store_.find(KindId::kConfigMap, "web", "a"), nullptr) << "it strikes once";
}

TEST_F(ApiFaultsTest, WhatIsBeyondRequestsIsHandedOn) {
  inject(fault(FaultKind::kDown));
  faults_.heal();
  ApiFault skew = fault(FaultKind::kClockSkew);
  skew.delay = milliseconds(-5000);
  inject(skew);
  faults_.heal();
  EXPECT_EQ(down_, (std::vector<bool>{true, false}));
  EXPECT_EQ(skews_, (std::vector<milliseconds>{milliseconds(-5000), milliseconds(0)}));
}

TEST_F(ApiFaultsTest, AWatchThatIsGoneIsForgotten) {
  auto stream = watch();
  EXPECT_EQ(api_.watches().size(), 1U);
  replies_.clear();
  stream.reset();
  EXPECT_EQ(api_.watches().size(), 0U);
  inject(fault(FaultKind::kWatchMute));
}

TEST_F(ApiFaultsTest, RevokedRightsEndWatchesWhereThatIsWanted) {
  const ObjectPtr account = *operations_.create(KindId::kServiceAccount, "web", {{"metadata", {{"name", "robot"}}}});
  (void)operations_.create(
      KindId::kClusterRoleBinding, "",
      {{"metadata", {{"name", "robot"}}},
       {"roleRef", {{"kind", "ClusterRole"}, {"name", "cluster-admin"}}},
       {"subjects", Value::array({{{"kind", "ServiceAccount"}, {"namespace", "web"}, {"name", "robot"}}})}});
  const auto watch_as_robot = [&] {
    HttpRequest robot = request(list_ + "?watch=true");
    robot.certificate.reset();
    robot.authorization = "Bearer " + authenticator_.mint(*account, std::chrono::seconds(600));
    ask(robot);
    return std::move(std::get<std::unique_ptr<WatchStream>>(replies_.back()));
  };
  const auto lasting = watch_as_robot();
  (void)operations_.remove({KindId::kClusterRoleBinding, "", "robot"});
  run_for(milliseconds(10));
  EXPECT_FALSE(lasting->ended()) << "as real servers do";
  (void)operations_.create(
      KindId::kClusterRoleBinding, "",
      {{"metadata", {{"name", "robot"}}},
       {"roleRef", {{"kind", "ClusterRole"}, {"name", "cluster-admin"}}},
       {"subjects", Value::array({{{"kind", "ServiceAccount"}, {"namespace", "web"}, {"name", "robot"}}})}});
  api_.revocations_end_watches(io_, true);
  const auto ending = watch_as_robot(), root = watch();
  (void)operations_.remove({KindId::kClusterRoleBinding, "", "robot"});
  run_for(milliseconds(10));
  EXPECT_TRUE(ending->ended());
  EXPECT_FALSE(root->ended());
}

TEST_F(ApiFaultsTest, AWatchIsItsActorsNotThatOfWhoActs) {
  const auto bind = [&](const char* user) {
    (void)operations_.create(KindId::kClusterRoleBinding, "",
                             {{"metadata", {{"name", user}}},
                              {"roleRef", {{"kind", "ClusterRole"}, {"name", "cluster-admin"}}},
                              {"subjects", Value::array({{{"kind", "User"}, {"name", user}}})}});
  };
  api_.revocations_end_watches(io_, true);
  bind("jane");
  HttpRequest acting = request(list_ + "?watch=true");
  acting.impersonate_user = "jane";
  ask(acting);
  const auto stream = std::move(std::get<std::unique_ptr<WatchStream>>(replies_.back()));
  bind("somebody");
  run_for(milliseconds(10));
  ApiFault cut = fault(FaultKind::kWatchCut);
  cut.user = "root";
  inject(cut);
  EXPECT_FALSE(stream->ended()) << "jane may still, and root watches nothing";
  (void)operations_.remove({KindId::kClusterRoleBinding, "", "jane"});
  run_for(milliseconds(10));
  EXPECT_TRUE(stream->ended());
}

}  // namespace
}  // namespace plumbline::kube
