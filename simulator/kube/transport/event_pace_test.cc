#include "simulator/kube/transport/event_pace.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace plumbline::kube {
namespace {

class EventPaceTest : public ::testing::Test {
 protected:
  void add(char name) {
    pace_->add([this, name] { sent_ += name; });
  }
  void poll() {
    io_.restart();
    io_.poll();
    sent_ += '|';
  }

  boost::asio::io_context io_;
  std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::duration pause_ = std::chrono::hours(1);
  std::unique_ptr<EventPace> pace_ = std::make_unique<EventPace>(io_, pause_, [this] { return now_; });
  std::string sent_;
};

TEST_F(EventPaceTest, AfterAPauseEventsAreSentInTheNextTurn) {
  add('a');
  EXPECT_EQ(sent_, "") << "not from within";
  add('b');
  poll();
  now_ += pause_;
  add('c');
  poll();
  EXPECT_EQ(sent_, "ab|c|");
}

TEST_F(EventPaceTest, WhatComesCloseBehindWaitsAndIsSentTogether) {
  add('a');
  poll();
  for (const char name : {'b', 'c', 'd'}) {
    add(name);
    poll();
  }
  now_ += pause_ - std::chrono::milliseconds(1);
  add('e');
  poll();
  EXPECT_EQ(sent_, "a|||||");
}

TEST_F(EventPaceTest, WhatWaitsIsSentOnceInItsOrder) {
  pace_ = std::make_unique<EventPace>(io_, std::chrono::milliseconds(1));
  add('a');
  poll();
  add('b');
  add('c');
  io_.restart();
  io_.run();
  EXPECT_EQ(sent_, "a|bc");
}

TEST_F(EventPaceTest, WhatIsAddedWhileSendingComesLater) {
  pace_->add([this] {
    sent_ += 'a';
    add('b');
  });
  poll();
  EXPECT_EQ(sent_, "a|");
}

TEST_F(EventPaceTest, NothingIsSentAfterItsEnd) {
  add('a');
  pace_.reset();
  poll();
  EXPECT_EQ(sent_, "|");
}

}  // namespace
}  // namespace plumbline::kube
