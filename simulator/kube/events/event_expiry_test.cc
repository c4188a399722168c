#include "simulator/kube/events/event_expiry.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {
namespace {

class EventExpiryTest : public StoreTest {
 protected:
  EventExpiryTest() { (void)operations_.create(KindId::kNamespace, "", {{"metadata", {{"name", "web"}}}}); }
  ObjectPtr write(const std::string& name) {
    const auto made = operations_.create(KindId::kEvent, "web", {{"metadata", {{"name", name}}}});
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }
  std::vector<std::string> left() { return names(store_.list(KindId::kEvent)); }
  using Names = std::vector<std::string>;

  boost::asio::io_context io_;
  ServiceAdmission services_{"10.0.240.0/24", "10.0.252.0/24", 1};
  Operations operations_{store_, services_};
  EventExpiry expiry_{io_, operations_, [this] { return now_; }};
};

TEST_F(EventExpiryTest, EventsEndAfterAnHour) {
  write("a");
  now_ += std::chrono::minutes(30);
  write("b");
  now_ += std::chrono::minutes(30) - std::chrono::milliseconds(1);
  EXPECT_FALSE(expiry_.expire());
  EXPECT_EQ(left(), (Names{"a", "b"}));
  now_ += std::chrono::milliseconds(1);
  EXPECT_FALSE(expiry_.expire());
  EXPECT_EQ(left(), Names{"b"});
}

TEST_F(EventExpiryTest, WhatIsWrittenAgainLivesOnForAnHour) {
  const ObjectPtr event = write("a");
  now_ += std::chrono::minutes(59);
  Value next = event->value();
  next["count"] = 2;
  ASSERT_TRUE(operations_.write(event, next, "somebody"));
  now_ += std::chrono::minutes(59);
  (void)expiry_.expire();
  EXPECT_EQ(left(), Names{"a"});
  now_ += std::chrono::minutes(1);
  (void)expiry_.expire();
  EXPECT_EQ(left(), Names{});
}

TEST_F(EventExpiryTest, AnotherOfTheSameNameHasItsOwnHour) {
  write("a");
  now_ += std::chrono::minutes(30);
  ASSERT_TRUE(operations_.remove({KindId::kEvent, "web", "a"}));
  write("a");
  now_ += std::chrono::minutes(31);
  (void)expiry_.expire();
  EXPECT_EQ(left(), Names{"a"});
}

TEST_F(EventExpiryTest, ManyEndAThousandAtATime) {
  for (int i = 0; i < 1001; ++i) write(fmt::format("e-{}", i));
  now_ += kEventLife;
  EXPECT_TRUE(expiry_.expire());
  EXPECT_EQ(store_.count(KindId::kEvent), 1U);
  EXPECT_FALSE(expiry_.expire());
  EXPECT_EQ(store_.count(KindId::kEvent), 0U);
}

TEST_F(EventExpiryTest, HappensByItself) {
  // Its clock is at the end of the Event's hour as soon as the Event is there.
  int asked = 0;
  const EventExpiry expiry(io_, operations_, [this, &asked] { return asked++ == 0 ? now_ : now_ + kEventLife; });
  write("a");
  while (!left().empty()) io_.run_one();
  EXPECT_GE(asked, 3) << "when it was written, how long to wait, and whether its time has come";
}

}  // namespace
}  // namespace plumbline::kube
