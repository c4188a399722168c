#include "conformance/contract/startable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace plumbline::conformance {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class StartableTest : public ::testing::Test {
 protected:
  StartableTest() {
    char folder[] = "/tmp/plumbline-startable-XXXXXX";
    folder_ = ::mkdtemp(folder);
    fs::create_directory(folder_ + "/programs");
  }
  ~StartableTest() override { fs::remove_all(folder_); }

  void make(const std::string& name, mode_t mode) {
    std::ofstream(folder_ + "/" + name) << "#!/bin/sh\n";
    ::chmod((folder_ + "/" + name).c_str(), mode);
  }
  /// What is said of a descriptor with `start`; "" when it can be started.
  std::string said(const std::string& start) {
    const auto parsed = parse_descriptor(
        "apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: m}\nspec:\n  driver: jsonrpc\n  " + start + "\n",
        folder_ + "/mine.yaml");
    EXPECT_TRUE(parsed) << parsed.error();
    const auto good = check_startable(*parsed, folder_ + "/programs");
    return good ? "" : good.error().text;
  }
  std::string folder_;
};

TEST_F(StartableTest, FindsProgramsInTheFolderBesidePlumblineAndInPath) {
  make("adapter.sh", 0755);
  make("programs/plumbline-x", 0755);
  EXPECT_EQ("", said("command: [./adapter.sh]"));
  EXPECT_EQ("", said("command: [" + folder_ + "/adapter.sh, --fast]"));
  EXPECT_EQ("", said("command: [plumbline-x]"));
  EXPECT_EQ("", said("command: [sh, -c, true]"));
}

TEST_F(StartableTest, WhatIsMissingIsNamedWithItsPlaceAndWhereItWasLookedFor) {
  make("plain.sh", 0644);
  EXPECT_EQ(folder_ + "/mine.yaml:6:12: command: there is no file " + folder_ + "/gone.sh",
            said("command: [./gone.sh]"));
  EXPECT_THAT(said("command: [./plain.sh]"), HasSubstr("plain.sh is not executable; chmod +x"));
  EXPECT_THAT(said("command: [no-such-gateway]"),
              HasSubstr("'no-such-gateway' is neither beside plumbline (" + folder_ + "/programs) nor in PATH"));
}

TEST_F(StartableTest, ASocketToAttachToMustBeThere) {
  EXPECT_THAT(said("attach: 'unix:" + folder_ + "/s'"),
              StartsWith(folder_ + "/mine.yaml:6:11: attach: no socket is at "));
  make("s", 0755);
  EXPECT_THAT(said("attach: 'unix:" + folder_ + "/s'"), HasSubstr("no socket"));
  fs::remove(folder_ + "/s");
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder_ + "/s").c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(0, ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  EXPECT_EQ("", said("attach: 'unix:" + folder_ + "/s'"));
  ::close(fd);
}

}  // namespace
}  // namespace plumbline::conformance
