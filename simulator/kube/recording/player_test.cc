#include "simulator/kube/recording/player.h"

#include <gtest/gtest.h>

#include <sstream>

#include "simulator/kube/recording/recording_writer.h"
#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {
namespace {

class PlayerTest : public StoreTest {
 protected:
  static std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }
  /// What happens in store_ from now on; a millisecond from line to line.
  RecordingWriter record(std::vector<std::string>& lines) {
    return RecordingWriter(
        "cls-1", store_, [&lines](const std::string& line) { lines.push_back(line); },
        [this] { return clock_ += std::chrono::milliseconds(1); });
  }
  Value typed_pod(const std::string& name, const std::string& phase = "Pending") {
    Value made = pod("default", name, {{"app", "x"}});
    made["apiVersion"] = "v1";
    made["kind"] = "Pod";
    made["status"]["phase"] = phase;
    return made;
  }
  /// Restores into `store`.
  static Player::Hand hand(Store& store) {
    return [&store](Op op, const Value& object) -> Result<void> {
      const auto done = store.restore(op, KindId::kPod, object);
      return done ? Result<void>() : Result<void>(Error{Reason::kInvalidValue, done.error().message, "", ""});
    };
  }

  /// Plays `lines` as r.jsonl into an empty store, to their end or that of a mistake.
  std::uint64_t changes_played(const std::vector<std::string>& lines) {
    Store again(options());
    std::istringstream in(joined(lines));
    RecordingReader reader(in, "r.jsonl");
    Player player(io_, reader, std::nullopt, hand(again));
    EXPECT_TRUE(player.begin());
    player.start(ended_);
    io_.run();
    return player.changes();
  }

  std::chrono::steady_clock::time_point clock_;
  boost::asio::io_context io_;
  std::optional<Error> why_;
  int ends_ = 0;
  Player::Ended ended_ = [this](const std::optional<Error>& why) {
    ++ends_;
    why_ = why;
  };
};

TEST_F(PlayerTest, WhatWasRecordedHappensAgainAsItDid) {
  const ObjectPtr a = *store_.create(KindId::kPod, typed_pod("a"));
  const ObjectPtr b = *store_.create(KindId::kPod, typed_pod("b"));
  std::vector<std::string> lines;
  RecordingWriter recorder = record(lines);
  const ObjectPtr changed = *store_.replace(a, typed_pod("a", "Running"));
  (void)*store_.erase(b->key());
  (void)*store_.create(KindId::kPod, typed_pod("b"));
  recorder.end();
  (void)*store_.create(KindId::kPod, typed_pod("late"));
  ASSERT_EQ(1 + 2 + 3 + 1, lines.size()) << joined(lines);

  Store again(options());
  std::istringstream in(joined(lines));
  RecordingReader reader(in, "r");
  Player player(io_, reader, std::nullopt, hand(again));
  const auto head = player.begin();
  ASSERT_TRUE(head);
  EXPECT_EQ("cls-1", head->cluster);
  EXPECT_EQ((std::vector<std::string>{"a", "b"}), names(again.list(KindId::kPod)));
  again.restore_version(head->resource_version);
  std::vector<std::string> replayed;
  RecordingWriter second(
      "cls-1", again, [&replayed](const std::string& line) { replayed.push_back(line); },
      [this] { return clock_ += std::chrono::milliseconds(1); });
  player.start(ended_);
  io_.run();
  second.end();
  EXPECT_EQ(1, ends_);
  EXPECT_FALSE(why_);
  EXPECT_EQ(3U, player.changes());
  EXPECT_EQ(joined(lines), joined(replayed)) << "uids, versions, times, order and all";
}

TEST_F(PlayerTest, ChangesComeWhenTheyAreDue) {
  std::vector<std::string> lines;
  RecordingWriter recorder(
      "cls-1", store_, [&lines](const std::string& line) { lines.push_back(line); },
      [this] { return clock_ += std::chrono::hours(1); });
  (void)*store_.create(KindId::kPod, typed_pod("a"));
  const auto played_after = [&](std::chrono::minutes passed, std::optional<double> speed) {
    std::istringstream in(joined(lines));
    RecordingReader reader(in, "r");
    Store empty(options());
    int looked = 0;
    Player player(io_, reader, speed, hand(empty), [&] {
      return std::chrono::steady_clock::time_point{} + (looked++ == 0 ? std::chrono::minutes(0) : passed);
    });
    EXPECT_TRUE(player.begin());
    player.start(ended_);
    io_.restart();
    io_.poll();
    return player.changes();
  };
  EXPECT_EQ(0U, played_after(std::chrono::minutes(59), 1));
  EXPECT_EQ(1U, played_after(std::chrono::minutes(60), 1));
  EXPECT_EQ(0U, played_after(std::chrono::minutes(29), 2));
  EXPECT_EQ(1U, played_after(std::chrono::minutes(30), 2));
  EXPECT_EQ(0U, played_after(std::chrono::minutes(119), 0.5));
  EXPECT_EQ(1U, played_after(std::chrono::minutes(0), std::nullopt));
}

TEST_F(PlayerTest, ABadLineEndsItWithItsPlace) {
  (void)*store_.create(KindId::kPod, typed_pod("a"));
  std::vector<std::string> lines;
  RecordingWriter recorder = record(lines);
  (void)*store_.create(KindId::kPod, typed_pod("b"));
  lines.push_back("{}");
  EXPECT_EQ(1U, changes_played(lines));
  ASSERT_TRUE(why_);
  EXPECT_EQ("r.jsonl:4: this is no line of a recording", why_->text);
}

TEST_F(PlayerTest, WhatCannotHaveHappenedEndsItWithItsPlace) {
  const ObjectPtr a = *store_.create(KindId::kPod, typed_pod("a"));
  std::vector<std::string> lines;
  RecordingWriter recorder = record(lines);
  (void)*store_.replace(a, typed_pod("a", "Running"));
  lines.erase(lines.begin() + 1);  // it was not there
  EXPECT_EQ(0U, changes_played(lines));
  ASSERT_TRUE(why_);
  EXPECT_EQ("r.jsonl:2: pods \"a\" not found", why_->text);
}

TEST_F(PlayerTest, NothingIsNoRecording) {
  std::istringstream in;
  RecordingReader reader(in, "r.jsonl");
  Player player(io_, reader, std::nullopt, hand(store_));
  const auto head = player.begin();
  ASSERT_FALSE(head);
  EXPECT_EQ("r.jsonl:0: there is no head", head.error().text);
}

TEST_F(PlayerTest, DefinitionsOfCustomKindsComeFirst) {
  (void)*store_.create(KindId::kPod, typed_pod("a"));
  (void)*store_.create(KindId::kCustomResourceDefinition, {{"metadata", {{"name", "widgets.example.com"}}}});
  std::vector<std::string> lines;
  RecordingWriter recorder = record(lines);
  ASSERT_EQ(3U, lines.size());
  EXPECT_NE(std::string::npos, lines[1].find("widgets.example.com"));
  EXPECT_NE(std::string::npos, lines[2].find(R"("name":"a")"));
}

}  // namespace
}  // namespace plumbline::kube
