#include "simulator/kube/events/event_recorder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {
namespace {

class EventRecorderTest : public StoreTest {
 protected:
  EventRecorderTest() {
    for (const char* space : {"web", "default"}) make(KindId::kNamespace, "", space);
    thing_ = make(KindId::kConfigMap, "web", "thing");
  }
  ObjectPtr make(KindId kind, const std::string& space, const std::string& name) {
    const auto made = operations_.create(kind, space, {{"metadata", {{"name", name}}}});
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }
  void tell(const std::string& message) { recorder_.normal(kReplicaSetController, *thing_, "Made", message); }
  /// "3 Made: message" of each Event of a namespace, in the order of their names, which is that of their times.
  std::vector<std::string> told(const std::string& space = "web") {
    std::vector<std::string> lines;
    for (const ObjectPtr& event : store_.list(KindId::kEvent, space))
      lines.push_back(fmt::format("{} {}: {}", event->number("count"), event->text("reason"), event->text("message")));
    return lines;
  }
  using Lines = std::vector<std::string>;

  ServiceAdmission services_{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations_{store_, services_};
  EventRecorder recorder_{operations_};
  ObjectPtr thing_;
};

TEST_F(EventRecorderTest, AnEventSaysWhoTellsWhatOfWhom) {
  tell("made it");
  const std::vector<ObjectPtr> events = store_.list(KindId::kEvent, "web");
  ASSERT_EQ(events.size(), 1U);
  const Object& event = *events.front();
  EXPECT_EQ(event.name(), fmt::format("thing.{:x}", 1'000'000'000'000'000'000));
  EXPECT_EQ(event.at("involvedObject"), (Value{{"kind", "ConfigMap"},
                                               {"namespace", "web"},
                                               {"name", "thing"},
                                               {"uid", thing_->uid()},
                                               {"apiVersion", "v1"},
                                               {"resourceVersion", std::to_string(thing_->resource_version())}}));
  EXPECT_EQ(event["source"], (Value{{"component", "replicaset-controller"}}));
  EXPECT_EQ(event["reportingComponent"], "replicaset-controller");
  EXPECT_EQ(event["type"], "Normal");
  EXPECT_EQ(event["firstTimestamp"], "2001-09-09T01:46:40Z");
  EXPECT_EQ(event.at("metadata.managedFields").front()["manager"], "kube-controller-manager");
}

TEST_F(EventRecorderTest, LaterEventsHaveTheSameFormAsTheFirst) {
  const auto form_of = [](const Object& event) {
    Value form = event.value();
    for (const char* field : {"name", "uid", "resourceVersion"}) form["metadata"].erase(field);
    for (const char* field : {"message", "eventTime", "firstTimestamp", "lastTimestamp"})
      if (form[field].is_string()) form[field] = "";
    return form;
  };
  for (const char* message : {"one", "two"}) {
    tell(message);
    recorder_.normal(kubelet_of("n"), *thing_, "Killing", message, "spec.containers{c}");
    recorder_.scheduling(*thing_, false, "Scheduled", "Binding", message);
  }
  const std::vector<ObjectPtr> events = store_.list(KindId::kEvent);
  ASSERT_EQ(events.size(), 6U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(form_of(*events[i]), form_of(*events[i + 3]));
}

TEST_F(EventRecorderTest, WhatIsToldAgainIsCounted) {
  tell("made it");
  now_ += std::chrono::seconds(5);
  tell("made it");
  recorder_.warning(kReplicaSetController, *thing_, "Made", "made it");
  EXPECT_EQ(told(), (Lines{"2 Made: made it", "1 Made: made it"}));
  const ObjectPtr event = store_.list(KindId::kEvent, "web").front();
  EXPECT_EQ(event->text("firstTimestamp"), "2001-09-09T01:46:40Z");
  EXPECT_EQ(event->text("lastTimestamp"), "2001-09-09T01:46:45Z");
}

TEST_F(EventRecorderTest, AnEventThatWasTakenAwayIsWrittenAnewWithItsCount) {
  tell("made it");
  ASSERT_TRUE(operations_.remove(store_.list(KindId::kEvent, "web").front()->key()));
  tell("made it");
  EXPECT_EQ(told(), Lines{"2 Made: made it"});
}

TEST_F(EventRecorderTest, TheTenthOfSimilarMessagesStandsForAllThatFollow) {
  for (int i = 1; i <= 12; ++i) tell(fmt::format("made {}", i));
  const Lines lines = told();
  ASSERT_EQ(lines.size(), kSimilarMax);
  EXPECT_EQ(lines[8], "1 Made: made 9");
  EXPECT_EQ(lines[9], "3 Made: (combined from similar events): made 12");
  recorder_.normal(kReplicaSetController, *thing_, "Other", "is another matter");
  EXPECT_EQ(told().back(), "1 Other: is another matter");
}

TEST_F(EventRecorderTest, AfterTenMinutesOfSilenceMessagesAreToldApartAgain) {
  for (int i = 1; i <= 10; ++i) tell(fmt::format("made {}", i));
  now_ += kSimilarSpan + std::chrono::seconds(1);
  tell("made 11");
  EXPECT_EQ(told().back(), "1 Made: made 11");
}

TEST_F(EventRecorderTest, AnObjectIsWrittenOf25TimesAndThenOnceInFiveMinutes) {
  for (int i = 0; i < 40; ++i) tell("made it");
  EXPECT_EQ(told(), Lines{"25 Made: made it"});
  now_ += kObjectRefill - std::chrono::seconds(1);
  tell("made it");
  EXPECT_EQ(told(), Lines{"25 Made: made it"});
  now_ += std::chrono::seconds(1);
  tell("made it");
  EXPECT_EQ(told(), Lines{"42 Made: made it"}) << "what was not written was counted";
  tell("made it");
  EXPECT_EQ(told(), Lines{"42 Made: made it"});
}

TEST_F(EventRecorderTest, AComponentTellsAThousandAtOnceAndThen50ASecond) {
  const auto tell_of = [this](int from, int count) {
    for (int i = from; i < from + count; ++i) {
      const Value about{{"kind", "Pod"}, {"namespace", "web"}, {"name", fmt::format("pod-{}", i)}};
      recorder_.normal(kubelet_of(fmt::format("node-{}", i)), about, "Killing", "Stopping container c");
    }
  };
  tell_of(0, 1100);
  EXPECT_EQ(store_.count(KindId::kEvent), 1000U);
  now_ += std::chrono::seconds(1);
  tell_of(1100, 100);
  EXPECT_EQ(store_.count(KindId::kEvent), 1050U);
  tell("made it");
  EXPECT_EQ(store_.count(KindId::kEvent), 1051U) << "another component's";
}

TEST_F(EventRecorderTest, AClockThatIsPutBackTakesNothing) {
  tell("one");
  now_ -= std::chrono::hours(1);
  tell("two");
  EXPECT_EQ(told(), (Lines{"1 Made: one", "1 Made: two"}));
}

TEST_F(EventRecorderTest, WhatHasNoNamespaceIsToldOfInDefault) {
  recorder_.normal(kNodeController, *make(KindId::kNode, "", "n1"), "RegisteredNode", "Node n1 came");
  EXPECT_EQ(told("default"), Lines{"1 RegisteredNode: Node n1 came"});
}

TEST_F(EventRecorderTest, ANamespaceThatIsGoingOrNotThereTakesNone) {
  tell("made it");
  recorder_.scheduling(*thing_, false, "Scheduled", "Binding", "put somewhere");
  ASSERT_TRUE(operations_.remove({KindId::kNamespace, "", "web"}));
  tell("made it");
  tell("made another");
  recorder_.scheduling(*thing_, false, "Scheduled", "Binding", "put elsewhere");
  recorder_.normal(kReplicaSetController, Value{{"kind", "Pod"}, {"namespace", "nowhere"}, {"name", "p"}}, "Made",
                   "made it");
  EXPECT_EQ(told(), (Lines{"1 Made: made it", "0 Scheduled: put somewhere"}));
  EXPECT_EQ(store_.count(KindId::kEvent), 2U);
}

TEST_F(EventRecorderTest, SchedulersTellByTheNewerInterface) {
  now_ += std::chrono::microseconds(144815);
  recorder_.scheduling(*thing_, true, "FailedScheduling", "Scheduling", "no nodes");
  recorder_.scheduling(*thing_, false, "Scheduled", "Binding", "put somewhere");
  const std::vector<ObjectPtr> events = store_.list(KindId::kEvent, "web");
  ASSERT_EQ(events.size(), 2U);
  const Object& event = *events.front();
  EXPECT_EQ(event["eventTime"], "2001-09-09T01:46:40.144815Z");
  EXPECT_TRUE(event["firstTimestamp"].is_null());
  EXPECT_EQ(event["source"], Value::object());
  EXPECT_EQ(event["action"], "Scheduling");
  EXPECT_EQ(event["type"], "Warning");
  EXPECT_EQ(event["reportingComponent"], "default-scheduler");
  EXPECT_EQ(events.back()->at("type"), "Normal");
}

TEST_F(EventRecorderTest, ALongNameGivesWayToAUid) {
  const std::string name(253, 'a');
  recorder_.normal(kReplicaSetController, *make(KindId::kConfigMap, "web", name), "Made", "made it");
  ASSERT_EQ(store_.count(KindId::kEvent), 1U);
  EXPECT_EQ(store_.list(KindId::kEvent).front()->name().size(), 36U);
}

TEST(Recent, ForgetsWhatWasUsedLeastRecently) {
  Recent<int> recent(2);
  recent.of("a") = 1;
  recent.of("b") = 2;
  EXPECT_EQ(recent.of("a"), 1);
  recent.of("c") = 3;
  EXPECT_EQ(recent.size(), 2U);
  EXPECT_EQ(recent.of("a"), 1);
  EXPECT_EQ(recent.of("b"), 0) << "a fresh one";
}

}  // namespace
}  // namespace plumbline::kube
