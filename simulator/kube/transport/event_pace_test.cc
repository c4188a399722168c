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
  static constexpr std::chrono::hours kEach{1}, kMost{3};
  std::unique_ptr<EventPace> pace_ =
      std::make_unique<EventPace>(io_, EventPace::Pause{kEach, kMost}, [this] { return now_; });
  std::string sent_;
};

TEST_F(EventPaceTest, AfterAPauseEventsAreSentInTheNextTurn) {
  add('a');
  EXPECT_EQ(sent_, "") << "not from within";
  add('b');
  poll();
  now_ += 2 * kEach;
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
  now_ += kEach - std::chrono::milliseconds(1);
  add('e');
  poll();
  EXPECT_EQ(sent_, "a|||||");
}

TEST_F(EventPaceTest, ThePauseIsLongerTheMoreWereSentToButNotForEver) {
  const auto is_sent = [&](int sends, std::chrono::steady_clock::duration wait) {
    pace_ = std::make_unique<EventPace>(io_, EventPace::Pause{kEach, kMost}, [this] { return now_; });
    for (int i = 0; i < sends; ++i) add('a');
    poll();
    now_ += wait;
    sent_.clear();
    add('b');
    poll();
    return sent_ == "b|";
  };
  const std::chrono::milliseconds less{1};
  EXPECT_FALSE(is_sent(1, kEach - less));
  EXPECT_TRUE(is_sent(1, kEach));
  EXPECT_FALSE(is_sent(2, 2 * kEach - less));
  EXPECT_TRUE(is_sent(2, 2 * kEach));
  EXPECT_FALSE(is_sent(100, kMost - less));
  EXPECT_TRUE(is_sent(100, kMost));
}

TEST_F(EventPaceTest, WhatWaitsIsSentOnceInItsOrder) {
  pace_ =
      std::make_unique<EventPace>(io_, EventPace::Pause{std::chrono::milliseconds(1), std::chrono::milliseconds(1)});
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
