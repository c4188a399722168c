#include "conformance/runner/history_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace plumbline::conformance {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class HistoryFileTest : public ::testing::Test {
 protected:
  HistoryFileTest() {
    char folder[] = "/tmp/plumbline-history-XXXXXX";
    folder_ = ::mkdtemp(folder);
  }
  ~HistoryFileTest() override { fs::remove_all(folder_); }
  std::string folder_;
};

TEST_F(HistoryFileTest, NamelessFileCanBeReadWhileItLives) {
  const auto file = HistoryFile::open("", "a");
  ASSERT_TRUE(file) << file.error();
  ASSERT_EQ(::write(file->fd(), "line\n", 5), 5);
  EXPECT_EQ(file->path(), "");
  EXPECT_EQ(text_of(file->readable_path()), "line\n");
}

TEST_F(HistoryFileTest, KeptFileHasEverythingUnderASafeName) {
  auto file = HistoryFile::open("", "weights/one connection");
  ASSERT_TRUE(file) << file.error();
  const std::string text(300000, 'x');
  ASSERT_EQ(::write(file->fd(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ASSERT_TRUE(file->keep(folder_));
  EXPECT_EQ(file->path(), folder_ + "/weights-one-connection.jsonl");
  EXPECT_EQ(text_of(file->path()), text);
}

TEST_F(HistoryFileTest, FileOfAFolderIsThereAtOnce) {
  const auto file = HistoryFile::open(folder_, "a");
  ASSERT_TRUE(file) << file.error();
  EXPECT_TRUE(fs::exists(folder_ + "/a.jsonl"));
}

TEST_F(HistoryFileTest, ConcludedHistoryLosesItsHalfLineAndEndsOnce) {
  auto file = HistoryFile::open(folder_, "a");
  ASSERT_TRUE(file) << file.error();
  const std::string text = "{\"type\":\"header\"}\n{\"type\":\"st";
  ASSERT_EQ(::write(file->fd(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ASSERT_TRUE(file->conclude({{"type", "end"}, {"cut", true}}));
  const std::string whole = "{\"type\":\"header\"}\n{\"cut\":true,\"type\":\"end\"}\n";
  EXPECT_EQ(text_of(file->path()), whole);
  ASSERT_TRUE(file->conclude({{"type", "end"}}));
  EXPECT_EQ(text_of(file->path()), whole) << "it has an end already";
}

TEST_F(HistoryFileTest, FolderThatIsMissingIsNamed) {
  const auto file = HistoryFile::open("/nonexistent", "a");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().text.find("/nonexistent/a.jsonl"), std::string::npos);
}

TEST(FileName, NeverLeavesItsFolder) {
  EXPECT_EQ(file_name_of("../../etc/passwd"), "_..-..-etc-passwd");
  EXPECT_EQ(file_name_of(""), "_");
}

}  // namespace
}  // namespace plumbline::conformance
