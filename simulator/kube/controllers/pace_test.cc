#include "simulator/kube/controllers/pace.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace plumbline::kube {
namespace {

class PaceTest : public ::testing::Test {
 protected:
  void work(const ObjectKey& key) {
    if (pace_.rests(key)) {
      ++rested_;
      return;
    }
    ++done_;
    pace_.worked(key, things_);
  }
  void poll() {
    io_.restart();
    io_.poll();
  }

  boost::asio::io_context io_;
  WorkQueue queue_{io_, [this](const ObjectKey& key) { work(key); }};
  std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
  Pace pace_{queue_, [this] { return now_; }};
  std::size_t things_ = 1;
  int done_ = 0, rested_ = 0;
  const ObjectKey key_{KindId::kService, "web", "s"};
};

TEST_F(PaceTest, WorkOnFewThingsNeverRests) {
  for (int i = 0; i < 5; ++i) {
    queue_.add(key_);
    poll();
  }
  EXPECT_EQ(done_, 5);
}

TEST_F(PaceTest, WorkOnManyRestsAndIsDoneOnceAfterwards) {
  things_ = 2000;
  queue_.add(key_);
  poll();
  EXPECT_EQ(done_, 1);
  for (int i = 0; i < 5; ++i) {
    queue_.add(key_);
    poll();
  }
  EXPECT_EQ(done_, 1);
  EXPECT_EQ(rested_, 5);
  now_ += kRestPerThing * 2000;
  io_.restart();
  io_.run();
  EXPECT_EQ(done_, 2);
}

TEST_F(PaceTest, OthersDoNotWait) {
  things_ = 2000;
  queue_.add(key_);
  queue_.add({KindId::kService, "web", "other"});
  poll();
  EXPECT_EQ(done_, 2);
}

}  // namespace
}  // namespace plumbline::kube
