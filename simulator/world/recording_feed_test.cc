#include "simulator/world/recording_feed.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "simulator/kube/fake_runtime.h"
#include "simulator/network/descriptor.h"

namespace plumbline::world {
namespace {

using kube::Json;

class RecordingFeedTest : public testing::Test {
 protected:
  RecordingFeedTest() {
    int ends[2];
    EXPECT_EQ(0, ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
    reader_.reset(ends[0]);
    feed_ = RecordingFeed::start(io_, cluster_, ends[1], kBacklog);
  }
  static kube::ClusterOptions options() {
    kube::ClusterOptions chosen;
    chosen.name = ClusterId("cls-1");
    chosen.wall_clock = std::chrono::system_clock::now;
    return chosen;
  }
  void settle() {
    io_.restart();
    io_.poll();
  }
  void change(const std::string& name, std::size_t bytes = 1) {
    Json map{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", name}}}};
    map["data"] = {{"x", std::string(bytes, 'x')}};
    ASSERT_TRUE(cluster_.apply(map));
  }
  /// What has come; `ended` when nothing more will.
  std::string read() {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
      settle();
      const ssize_t count = ::recv(reader_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (count == 0) ended_ = true;
      if (count <= 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  }

  static constexpr std::size_t kBacklog = 1u << 20;
  boost::asio::io_context io_;
  kube::FakeRuntime runtime_;
  kube::Cluster cluster_{io_, options(), runtime_};
  network::Descriptor reader_;
  std::shared_ptr<RecordingFeed> feed_;
  bool ended_ = false;
};

TEST_F(RecordingFeedTest, EndsWithItsLastLineWhenTheReaderSaysSo) {
  settle();
  const std::string there = read();
  EXPECT_EQ(0U, there.find(R"({"began":)"));
  EXPECT_EQ(1U, count(there, R"("kubernetes.io/metadata.name":"default")"));
  change("a");
  change("b");
  ASSERT_EQ(0, ::shutdown(reader_.get(), SHUT_WR));
  const std::string changes = there + read();
  const std::size_t recorded = count(changes, R"({"atUs":)");
  EXPECT_LE(2U, recorded);
  EXPECT_EQ(1U, count(changes, "{\"changes\":" + std::to_string(recorded) + ",\"endUs\":")) << recorded;
  EXPECT_TRUE(ended_);
  EXPECT_TRUE(feed_->ended());
  change("late");
}

TEST_F(RecordingFeedTest, EndsWithTheWorld) {
  settle();
  change("a", 1 << 19);  // more than the socket takes at once
  const std::string had = read();
  EXPECT_NE("", had);
  change("b");
  feed_->stop(std::chrono::steady_clock::now() + std::chrono::seconds(1));
  const std::string all = had + read();
  EXPECT_EQ(1U, count(all, R"("name":"b")"));
  const std::size_t recorded = count(all, R"({"atUs":)");
  EXPECT_EQ(1U, count(all, "{\"changes\":" + std::to_string(recorded) + ",\"endUs\":")) << recorded;
  EXPECT_TRUE(ended_);
}

TEST_F(RecordingFeedTest, WhoReadsTooSlowlyIsCutOff) {
  settle();
  for (int i = 0; i < 8; ++i) change("m" + std::to_string(i), kBacklog / 4);
  settle();
  EXPECT_TRUE(feed_->ended());
  const std::string text = read();
  EXPECT_TRUE(ended_);
  EXPECT_EQ(0U, count(text, "endUs"));
  EXPECT_NE('\n', text.back()) << "the last line is not whole";
}

TEST_F(RecordingFeedTest, WhoGoesAwayIsForgotten) {
  settle();
  reader_.reset();
  settle();
  EXPECT_TRUE(feed_->ended());
  change("a");
}

}  // namespace
}  // namespace plumbline::world
