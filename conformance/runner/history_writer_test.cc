#include "conformance/runner/history_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <thread>

namespace plumbline::conformance {
namespace {

using nlohmann::json;

class HistoryWriterTest : public ::testing::Test {
 protected:
  HistoryWriterTest() : fd_(::memfd_create("history", MFD_CLOEXEC)) {}
  ~HistoryWriterTest() override { ::close(fd_); }
  std::vector<json> lines() {
    std::string text(1 << 20, '\0');
    const ssize_t size = ::pread(fd_, text.data(), text.size(), 0);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    std::vector<json> list;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
      list.push_back(json::parse(text.substr(at, end - at)));
    }
    return list;
  }
  int fd_;
};

TEST_F(HistoryWriterTest, HeaderIsFirstWhateverCameBefore) {
  HistoryWriter writer(fd_);
  writer.write({{"type", "object"}, {"t", 1}});
  writer.flush();
  EXPECT_TRUE(lines().empty());
  writer.write_header({{"type", "header"}});
  writer.write({{"type", "end"}});
  writer.flush();
  const auto list = lines();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0]["type"], "header");
  EXPECT_EQ(list[1]["type"], "object");
  EXPECT_EQ(list[2]["type"], "end");
}

TEST_F(HistoryWriterTest, SecretsNeverReachTheFile) {
  {
    HistoryWriter writer(fd_);
    writer.add_secret("very-secret-value");
    writer.write_header({{"type", "header"}, {"token", "abc"}});
    writer.write({{"type", "event"}, {"line", "using very-secret-value"}});
  }
  const auto list = lines();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0]["token"], kRedacted);
  EXPECT_EQ(list[1]["line"], "using [redacted]");
}

TEST_F(HistoryWriterTest, BytesThatAreNoUtf8DoNotStopTheHistory) {
  HistoryWriter writer(fd_);
  writer.write_header({{"type", "header"}});
  writer.write({{"type", "event"}, {"line", "\xff\xfe"}});
  writer.flush();
  EXPECT_EQ(lines().size(), 2u);
}

TEST_F(HistoryWriterTest, LinesOfSeveralThreadsStayWhole) {
  HistoryWriter writer(fd_);
  writer.write_header({{"type", "header"}});
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) writer.write({{"type", "event"}, {"i", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  writer.flush();
  EXPECT_EQ(lines().size(), 2001u);
}

TEST_F(HistoryWriterTest, FullDiskIsNoticed) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  HistoryWriter writer(full);
  writer.write_header({{"type", "header"}});
  EXPECT_FALSE(writer.good());
  ::close(full);
}

}  // namespace
}  // namespace plumbline::conformance
