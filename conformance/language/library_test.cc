#include "conformance/language/library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace plumbline::conformance {
namespace {

namespace fs = std::filesystem;

TEST(Name, IsOfLettersDigitsAndThreeSigns) {
  for (const char* good : {"a", "9", "round-robin", "A_b.c", "x."}) EXPECT_TRUE(is_name(good)) << good;
  for (const char* wrong : {"", "-a", ".a", "../evil", "a/b", "a b", "a\n", "ä"}) EXPECT_FALSE(is_name(wrong)) << wrong;
  EXPECT_TRUE(is_name(std::string(kNameBytesMax, 'a')));
  EXPECT_FALSE(is_name(std::string(kNameBytesMax + 1, 'a')));
}

class LibraryTest : public ::testing::Test {
 protected:
  LibraryTest() : folder_(fs::temp_directory_path() / ("plumbline-library-" + std::to_string(::getpid()))) {
    for (const char* file : {"root/worlds/far.yaml", "root/worlds/near.yaml", "mine/worlds/near.yaml",
                             "mine/worlds/notes.txt", "mine/deep/suites/s.yaml", "mine/deep/other/own.yaml"}) {
      fs::create_directories((folder_ / file).parent_path());
      std::ofstream(folder_ / file) << "kind: World\n";
    }
  }
  ~LibraryTest() override { fs::remove_all(folder_); }
  LibraryTest(const LibraryTest&) = delete;
  LibraryTest& operator=(const LibraryTest&) = delete;

  Library library(const std::string& scenario) const {
    return {"worlds", (folder_ / scenario).string(), folder_ / "root"};
  }
  /// Without the test's own folder.
  std::string found(const std::string& name, const std::string& scenario = "mine/deep/suites/s.yaml") const {
    const std::string file = library(scenario).find(name);
    return file.empty() ? "" : fs::path(file).lexically_normal().lexically_relative(folder_).string();
  }

  fs::path folder_;
};

TEST_F(LibraryTest, FindsNamesInTheNextFolderAboveTheScenarioThenInItsRoot) {
  EXPECT_EQ("mine/worlds/near.yaml", found("near"));
  EXPECT_EQ("root/worlds/far.yaml", found("far"));
  EXPECT_EQ("", found("own"));
}

TEST_F(LibraryTest, FindsPathsFromTheScenarioOn) {
  EXPECT_EQ("mine/deep/other/own.yaml", found("../other/own.yaml"));
  EXPECT_EQ("mine/deep/suites/s.yaml", found("./s.yaml"));
  EXPECT_EQ("mine/deep/other/own.yaml", found((folder_ / "mine/deep/other/own.yaml").string()));
  EXPECT_EQ("", found("../other/none.yaml"));
  EXPECT_EQ("", found("../other")) << "is a folder";
}

TEST_F(LibraryTest, NamesWhatMayHaveBeenMeant) {
  EXPECT_THAT(library("mine/deep/s.yaml").names(), ::testing::ElementsAre("far", "near"));
  EXPECT_THAT(library("elsewhere/s.yaml").names(), ::testing::ElementsAre("far", "near"));
}

}  // namespace
}  // namespace plumbline::conformance
