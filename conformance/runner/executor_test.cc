// The executor with a world, users and a candidate that only write down what they are asked.
#include "conformance/runner/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/runner/executor_fakes.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ExecutorTest : public ::testing::Test {
 protected:
  void add(const std::string& as, Action action, bool may_be_refused = false) {
    Step step;
    step.verb = as;
    step.as = as;
    step.action = std::move(action);
    step.may_be_refused = may_be_refused;
    step.place = {"s.yaml", static_cast<int>(plan_.steps.size()) + 1, 1};
    plan_.steps.push_back(std::move(step));
  }
  void add_tunnel(bool may_be_refused = false) { add("create", CreateTunnel{"t", "owner", {}}, may_be_refused); }
  void add_api(bool may_be_refused = false) {
    Publish publish{"a", InstanceId("instance-1"), "t", "owner", {}};
    publish.definition.frontend.path = "/get";
    add("publish", publish, may_be_refused);
  }
  Ending run(const std::vector<std::string>& features = contract_features()) {
    auto driver = std::make_unique<FakeDriver>(log_, features);
    driver->silent = silent_;
    driver->refused = refused_;
    driver->nonsense = nonsense_;
    CandidateSession session(
        descriptor_, [] { return 0; }, truth_);
    EXPECT_TRUE(session.introduce([&](CandidateObserver&) { return std::move(driver); }, {}));
    log_.clear();
    Executor executor(plan_, stage_, users_, session, truth_, {Duration(50), Duration(50), 1, cut_});
    return executor.run();
  }
  static Send ten_requests() {
    Send send;
    send.api = "a";
    send.requests = 10;
    return send;
  }
  static Send endless() {
    Send send;
    send.api = "a";
    send.background = true;
    return send;
  }
  json step(std::size_t index) const { return records_.of("step").at(index); }

  Log log_;
  Records records_;
  LiveTruth truth_{records_};
  FakeStage stage_{log_};
  FakeUsers users_{log_};
  Descriptor descriptor_;
  Plan plan_;
  Cutoff cut_;
  std::string silent_, refused_, nonsense_;
};

TEST_F(ExecutorTest, CarriesOutStepsInTheirOrderAndRecordsEach) {
  add_tunnel();
  add_api();
  add("scale", Scale{{ClusterId("c"), "n", "d"}, 3});
  add("window", ten_requests());
  EXPECT_EQ(run().reason, "");
  EXPECT_THAT(log_, ElementsAre("tunnel.create", "apiService.create", "api.create", "api.release", "scale c/n/d 3",
                                "send 10.0.255.10 GET /released", "sent"));
  EXPECT_EQ(records_.of("step").size(), 4u);
  EXPECT_EQ(step(2)["index"], 2);
  EXPECT_EQ(step(2)["ok"], true);
  const auto windows = records_.of("window");
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows[0]["as"], "window");
  EXPECT_EQ(windows[0]["tunnel"], "t");
  EXPECT_EQ(windows[0]["requests"], 10);
  EXPECT_EQ(records_.of("world").at(0)["action"], "scale");
  EXPECT_EQ(records_.of("control").size(), 5u);  // hello among them
}

TEST_F(ExecutorTest, RefusalThatMayNotBeEndsThePlan) {
  refused_ = "tunnel.create";
  add_tunnel();
  add("scale", Scale{});
  const Ending ending = run();
  EXPECT_FALSE(ending.ours);
  EXPECT_THAT(ending.reason, HasSubstr("s.yaml:1:1: create 'create': tunnel.create: no [VpcMismatch]"));
  EXPECT_EQ(records_.of("step").size(), 1u);
  EXPECT_EQ(step(0)["refused"], true);
}

TEST_F(ExecutorTest, RefusalThatMayBeGoesOnAndLeavesNothingToPublish) {
  refused_ = "tunnel.create";
  add_tunnel(true);
  add_api(true);
  add("window", ten_requests());
  EXPECT_EQ(run().reason, "");
  EXPECT_THAT(log_, ElementsAre("tunnel.create", "send 10.0.255.10 GET /get", "sent"));
  EXPECT_EQ(step(1)["skipped"], true);
  EXPECT_EQ(step(1)["ok"], false);
}

TEST_F(ExecutorTest, SilenceEndsThePlanAlsoWhereARefusalMayBe) {
  silent_ = "tunnel.create";
  add_tunnel(true);
  add("scale", Scale{});
  const Ending ending = run();
  EXPECT_FALSE(ending.ours);
  EXPECT_THAT(ending.reason, HasSubstr("timeout"));
  EXPECT_EQ(records_.of("control").back()["silent"], "timeout");
}

TEST_F(ExecutorTest, ResultWithoutWhatTheContractAsksForIsAnInvalidAnswerOnRecord) {
  for (const char* method : {"tunnel.create", "apiService.create", "api.create", "api.release"}) {
    nonsense_ = method;
    plan_.steps.clear();
    add_tunnel();
    add_api();
    const Ending ending = run();
    EXPECT_FALSE(ending.ours) << method;
    EXPECT_THAT(ending.reason, HasSubstr("invalid")) << method;
    EXPECT_EQ(records_.of("control").back()["method"], method);
    EXPECT_EQ(records_.of("control").back()["silent"], "invalid");
    EXPECT_FALSE(records_.of("control").back().contains("result")) << "nothing was accepted";
  }
}

class IntroductionTest : public ExecutorTest {
 protected:
  Result<wire::HelloResult> introduce(std::unique_ptr<FakeDriver> driver) {
    CandidateSession session(
        descriptor_, [] { return 0; }, truth_);
    return session.introduce([&](CandidateObserver&) { return std::move(driver); }, {});
  }
  std::unique_ptr<FakeDriver> driver() { return std::make_unique<FakeDriver>(log_, std::vector<std::string>{}); }
};

TEST_F(IntroductionTest, RefusedHelloIsAnInvalidAnswerOnRecord) {
  auto refusing = driver();
  refusing->refused = "hello";
  EXPECT_FALSE(introduce(std::move(refusing)));
  EXPECT_EQ(records_.of("control").at(0)["silent"], "invalid");
}

TEST_F(IntroductionTest, FailedStartIsAnExitOnRecord) {
  auto missing = driver();
  missing->starts = false;
  EXPECT_FALSE(introduce(std::move(missing)));
  EXPECT_EQ(records_.of("candidate").at(0)["state"], "exited");
  EXPECT_EQ(records_.of("candidate").at(0)["error"], "no such program");
}

TEST_F(IntroductionTest, WorkersHaveALimit) {
  for (const auto& [workers, good] : {std::pair{0, false}, {1, true}, {kWorkersMax, true}, {kWorkersMax + 1, false}}) {
    auto many = driver();
    many->workers = workers;
    EXPECT_EQ(introduce(std::move(many)).has_value(), good) << workers;
    EXPECT_EQ(records_.of("control").back().contains("silent"), !good) << workers;
  }
}

TEST_F(ExecutorTest, WorldThatFailsIsOurFailureAndWhatItLacksTheAuthorsMistake) {
  for (const auto& [reason, ours] : {std::pair{Reason::kUnavailable, true}, {Reason::kNotFound, false}}) {
    stage_.fails = reason;
    plan_.steps.clear();
    add("scale", Scale{{ClusterId("c"), "n", "d"}, 3});
    const Ending ending = run();
    EXPECT_EQ(ending.ours, ours);
    EXPECT_EQ(ending.mistake, !ours);
    EXPECT_EQ(ending.reason, "s.yaml:1:1: scale 'scale': no such deployment");
  }
}

TEST_F(ExecutorTest, CandidateWithoutAuthorizationIsNotAskedForIt) {
  add("authorize", Authorize{ClusterId("c"), "owner"});
  EXPECT_EQ(run({}).reason, "");
  EXPECT_TRUE(log_.empty());
  EXPECT_EQ(step(0)["skipped"], true);
}

TEST_F(ExecutorTest, CandidateWithoutReleaseIsReachedByTheFrontendsPath) {
  add_tunnel();
  add_api();
  add("window", ten_requests());
  EXPECT_EQ(run({}).reason, "");
  EXPECT_THAT(log_,
              ElementsAre("tunnel.create", "apiService.create", "api.create", "send 10.0.255.10 GET /get", "sent"));
}

TEST_F(ExecutorTest, BackgroundTrafficEndsAtItsStop) {
  add_tunnel();
  add_api();
  add("load", endless());
  add("scale", Scale{{ClusterId("c"), "n", "d"}, 1});
  add("stop", Stop{"load"});
  add("again", Scale{{ClusterId("c"), "n", "d"}, 2});
  EXPECT_EQ(run().reason, "");
  EXPECT_EQ(Log(log_.end() - 4, log_.end()),
            (Log{"send 10.0.255.10 GET /released", "scale c/n/d 1", "cut short", "scale c/n/d 2"}));
}

TEST_F(ExecutorTest, BackgroundTrafficEndsWithThePlan) {
  add_tunnel();
  add_api();
  add("load", endless());
  EXPECT_EQ(run().reason, "");
  EXPECT_EQ(log_.back(), "cut short");
  EXPECT_EQ(records_.of("window").size(), 1u);
}

TEST_F(ExecutorTest, UsersOfAGatewayThatHangsGiveUpAndSaySo) {
  users_.hangs = true;
  add_tunnel();
  add_api();
  add("window", ten_requests());
  EXPECT_EQ(run().reason, "");
  EXPECT_EQ(users_.last.patience, kPatience);
  EXPECT_EQ(users_.last.timeout, Duration(50) + kAnswerGrace);
  EXPECT_EQ(records_.of("window").at(0)["gave_up"], true);
  add("second", ten_requests());
  run();
  EXPECT_EQ(users_.last.patience, 1) << "it hung before";
}

json pod(const std::string& name, bool terminating = false, const std::string& version = "1") {
  json metadata{{"name", name}, {"namespace", "n"}, {"uid", "u"}, {"labels", {{"app", "web"}, {"version", version}}}};
  if (terminating) metadata["deletionTimestamp"] = "now";
  return json{{"metadata", metadata}};
}

class CutTest : public ExecutorTest {
 protected:
  /// Runs tunnel, API and `action`, during which the time is up; gives how the plan ended.
  Ending cut_in(Action action) {
    add_tunnel();
    add_api();
    add("load", endless());
    add("late", std::move(action));
    add("never", Scale{{ClusterId("c"), "n", "d"}, 1});
    cut_ = Cutoff(Duration(200));
    Ending ending = run();
    EXPECT_TRUE(ending.cut);
    EXPECT_FALSE(ending.ours);
    EXPECT_THAT(ending.reason, ::testing::StartsWith("s.yaml:4:1: late 'late': "));
    EXPECT_EQ(records_.of("window").back()["cut"], true) << "background traffic has not come to its end either";
    EXPECT_THAT(log_, ::testing::Not(::testing::Contains(HasSubstr("scale"))));
    return ending;
  }
};

TEST_F(CutTest, EndsTrafficWhoseRequestsAreNotAllSent) {
  Send send = ten_requests();
  send.requests = 11;
  EXPECT_GT(cut_in(send).awaited, Duration(0));
  EXPECT_EQ(records_.of("window").at(0)["as"], "late");
  EXPECT_EQ(records_.of("window").at(0)["cut"], true);
}

TEST_F(CutTest, EndsTrafficForALongSpan) {
  Send send = ten_requests();
  send.span = std::chrono::hours(1);
  cut_in(send);
  EXPECT_EQ(records_.of("window").at(0)["cut"], true);
}

TEST_F(CutTest, EndsProbesOfAGatewayThatDoesNotAnswer) {
  users_.hangs = true;
  stage_.pods = {};
  descriptor_.deadlines.failover = Duration(1);
  users_.answers = {"c/n/stranger#u"};
  cut_in(Settle{"a"});
  EXPECT_EQ(records_.of("window").at(0)["cut"], true);
  EXPECT_FALSE(step(3).contains("settled")) << "whether it settles is not known";
}

TEST_F(CutTest, EndsAnExchange) {
  cut_in(Exchange{"a", std::vector<ExchangeRequest>(3)});
  EXPECT_EQ(records_.of("window").at(0)["cut"], true);
}

TEST_F(CutTest, EndsAPauseWhichIsOurTime) { EXPECT_LT(cut_in(Pause{std::chrono::hours(1)}).awaited, Duration(200)); }

TEST_F(CutTest, LeavesAloneWhatWasComplete) {
  add_tunnel();
  add_api();
  add("window", ten_requests());
  cut_ = Cutoff(Duration(200));
  const Ending ending = run();
  EXPECT_FALSE(ending.cut) << "the time was up when the last request had been answered";
  EXPECT_FALSE(records_.of("window").at(0).contains("cut"));
}

TEST_F(ExecutorTest, PodsOfAStepAreChosenByNameAndNeverTerminating) {
  stage_.pods = {pod("web-c", false), pod("web-a", true), pod("web-b", false), pod("other", false),
                 pod("web-d", false)};
  PodSet set;
  set.pattern = ObjectName{ClusterId("c"), "n", "web-*"};
  set.count = 2;
  add("gone", DeletePods{set, Duration(0)});
  EXPECT_EQ(run().reason, "");
  EXPECT_THAT(log_, ElementsAre("delete web-b web-c"));
  EXPECT_EQ(records_.of("world").at(0)["pods"], json::parse(R"(["c/n/web-b#u","c/n/web-c#u"])"));
}

TEST_F(ExecutorTest, PodsThatNobodyIsAreTheAuthorsMistakeAndTheTextSaysWhatThereIs) {
  stage_.pods = {pod("web-a"), pod("web-b", false, "2"), pod("web-c", true, "3")};
  const auto mistake = [this](const PodSet& set) {
    plan_.steps.clear();
    add("gone", DeletePods{set, Duration(0)});
    const Ending ending = run();
    EXPECT_TRUE(ending.mistake);
    EXPECT_FALSE(ending.ours);
    return ending.reason.substr(std::min(ending.reason.size(), std::string("s.yaml:1:1: gone 'gone': ").size()));
  };
  const ObjectName service{ClusterId("c"), "n", "web"};
  EXPECT_EQ(mistake({service, {}, {{"version", "9"}}, 0}),
            "there is no Pod of Service c/n/web with the labels version=9; the 2 Pods there carry app=web, version=1, "
            "version=2");
  EXPECT_EQ(mistake({service, {}, {{"version", "2"}}, 2}),
            "count: 2 asks for more than there are: 1 Pod of Service c/n/web with the labels version=2");
  EXPECT_EQ(mistake({{}, ObjectName{ClusterId("c"), "n", "wep-*"}, {}, 0}),
            "there is no Pod named c/n/wep-*; c/n has 2 Pods: web-a, web-b");
  EXPECT_EQ(mistake({{}, ObjectName{ClusterId("c"), "m", "*"}, {}, 0}), "there is no Pod named c/m/*; c/m has 0 Pods");
  EXPECT_EQ(mistake({ObjectName{ClusterId("c"), "n", "wbe"}, {}, {}, 0}),
            "there is no Service c/n/wbe; did you mean 'c/n/web'?");
}

TEST_F(ExecutorTest, AMistakeNamesNoMorePodsThanAPersonReads) {
  for (int i = 0; i < 10; ++i) stage_.pods.push_back(pod("web-" + std::to_string(i)));
  PodSet set;
  set.pattern = ObjectName{ClusterId("c"), "n", "x"};
  add("gone", DeletePods{set, Duration(0)});
  EXPECT_THAT(run().reason, HasSubstr("c/n has 10 Pods: web-0, web-1, web-2, web-3, web-4, web-5, web-6, web-7 and 2"));
}

TEST_F(ExecutorTest, SettledWhenNoPodIsExpectedAndNoneAnswers) {
  add_tunnel();
  add_api();
  add("settle", Settle{"a"});
  EXPECT_EQ(run().reason, "");
  EXPECT_EQ(step(2)["settled"], true);
  EXPECT_EQ(records_.of("window").at(0)["kind"], "probe");
}

TEST_F(ExecutorTest, WrongAnswerPastTheDeadlineIsNotSettledAndGoesOn) {
  users_.answers = {"c/n/stranger#u"};
  users_.late = true;
  add_tunnel();
  add_api();
  add("settle", Settle{"a"});
  add("scale", Scale{{ClusterId("c"), "n", "d"}, 1});
  EXPECT_EQ(run().reason, "");
  EXPECT_EQ(step(2)["settled"], false);
  EXPECT_THAT(step(2)["error"].get<std::string>(), HasSubstr("c/n/stranger#u"));
  EXPECT_EQ(log_.back(), "scale c/n/d 1");
}

}  // namespace
}  // namespace plumbline::conformance
