#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "simulator/kube/recording/recording.h"
#include "simulator/network/descriptor.h"
#include "simulator/network/isolation.h"
#include "simulator/program/access_files.h"
#include "simulator/program/control.h"
#include "simulator/program/exec.h"
#include "simulator/program/record.h"
#include "simulator/program/replay.h"
#include "simulator/program/status.h"
#include "simulator/program/trouble.h"
#include "simulator/program/up.h"
#include "simulator/world/world_file.h"

namespace plumbline::program {
namespace {

constexpr int kPatienceMs = 60'000;

/// `plumbline-sim up` of the bare world, under a name of this test's own, in a process that can be killed.
class Up {
 public:
  Up() : dir_(std::filesystem::temp_directory_path() / ("plumbline-up-" + std::to_string(::getpid()))) {
    const auto file = std::filesystem::path(PLUMBLINE_SOURCE_DIR) / "scenarios/worlds/bare.yaml";
    yaml::Problems problems;
    UpOrder order{world::read_world_file(file, problems), dir_, 1};
    EXPECT_EQ("", problems.text());
    order.spec.name = name();
    int ends[2];
    EXPECT_EQ(0, ::pipe2(ends, O_CLOEXEC));
    out_.reset(ends[0]);
    network::Descriptor in(ends[1]);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in.get(), STDOUT_FILENO);
      ::_exit(static_cast<int>(keep_world_up(order)));
    }
  }
  ~Up() {
    if (pid_ > 0) end(SIGKILL);
    output("");  // until all of it has gone, and the name is free
    std::filesystem::remove_all(dir_);
  }
  /// The same in processes that a test forks.
  static std::string name() {
    static const std::string kName = "test-" + std::to_string(::getpid());
    return kName;
  }
  std::filesystem::path dir() const { return dir_; }

  /// What it prints, until "ready" or its end. At the end: every process that held its output has gone.
  std::string output(const std::string& until) {
    std::string text;
    char buffer[256];
    pollfd entry{out_.get(), POLLIN, 0};
    while (text.find(until) == std::string::npos || until.empty()) {
      if (::poll(&entry, 1, kPatienceMs) <= 0) return text + "(silence)";
      const ssize_t count = ::read(out_.get(), buffer, sizeof buffer);
      if (count <= 0) break;
      text.append(buffer, static_cast<std::size_t>(count));
    }
    return text;
  }
  int end(int signal) {
    ::kill(pid_, signal);
    return network::wait_isolated(std::exchange(pid_, -1));
  }

 private:
  std::filesystem::path dir_;
  network::Descriptor out_;
  pid_t pid_ = -1;
};

/// In a process of its own: it does not come back from the world's namespaces.
int inside(const std::string& place, const std::vector<std::string>& command) {
  const ExecOrder order{Up::name(), place, command};
  const pid_t pid = ::fork();
  if (pid == 0) {
    const auto code = run_inside(order);
    ::_exit(code ? *code : 100 + static_cast<int>(code.error().reason));
  }
  return network::wait_isolated(pid);
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Program, UpIsReadyRunsCommandsInsideAndTakesAllAway) {
  Up up;
  ASSERT_EQ("ready\n", up.output("ready\n"));
  EXPECT_TRUE(std::filesystem::exists(up.dir() / "cls-1.kubeconfig"));
  EXPECT_TRUE(std::filesystem::exists(up.dir() / "hello.json"));
  EXPECT_EQ(7, inside("instance-1", {"/bin/sh", "-c", "grep -q eth0 /proc/net/dev && exit 7"}));
  EXPECT_EQ(7, inside("vpc-1", {"/bin/sh", "-c", "grep -q link1 /proc/net/dev && exit 7"}));
  EXPECT_EQ(127, inside("vpc-1", {"/nowhere/nothing"}));
  EXPECT_EQ(100 + static_cast<int>(Reason::kNotFound), inside("vpc-7", {"/bin/true"}));
  AccessFiles others(up.dir());
  others.expect("cls-1.kubeconfig");
  EXPECT_EQ(Reason::kInUse, others.write("cls-1.kubeconfig", "mine").error().reason);
  others.remove();
  EXPECT_NE("", text_of(up.dir() / "cls-1.kubeconfig")) << "it is not another's to take";
  const auto second = open_control(Up::name());
  ASSERT_FALSE(second);
  EXPECT_EQ(Reason::kInUse, second.error().reason);
  EXPECT_EQ(0, up.end(SIGTERM));
  EXPECT_EQ("", up.output(""));
  EXPECT_TRUE(std::filesystem::is_empty(up.dir()));
  EXPECT_EQ(100 + static_cast<int>(Reason::kNotFound), inside("vpc-1", {"/bin/true"}));
}

TEST(Program, OrdersAreCarriedOutOrSayWhatIsWrong) {
  Up up;
  ASSERT_EQ("ready\n", up.output("ready\n"));
  const auto said = [](const nlohmann::json& order) {
    const auto done = order_control(Up::name(), order);
    return done ? done->empty() ? std::string("done") : *done : done.error().text;
  };
  TroubleOrder refuse;
  refuse.cluster = "cls-1";
  refuse.fault.kind = world::FaultKind::kRefuse;
  EXPECT_EQ("done", said(to_json(refuse)));
  EXPECT_EQ("in place of: fault cls-1 refuse --code 503", said(to_json(refuse)));
  TroubleOrder heal = refuse;
  heal.verb = TroubleOrder::Verb::kHeal;
  EXPECT_EQ("done", said(to_json(heal)));
  EXPECT_EQ("nothing was wrong with cluster cls-1", said(to_json(heal)));
  heal.kind = world::FaultKind::kRefuse;
  EXPECT_EQ("cluster cls-1 had no refuse", said(to_json(heal)));
  EXPECT_EQ("done", said(to_json(refuse)));
  EXPECT_EQ("done", said(to_json(heal)));
  EXPECT_EQ("the world does not know this order: heal \"wach-mute\"",
            said({{"cluster", "cls-1"}, {"heal", "wach-mute"}}));
  EXPECT_EQ("the world does not know this order: heal 5", said({{"cluster", "cls-1"}, {"heal", 5}}));
  EXPECT_EQ("the world does not know this order: fault {\"is\":\"flood\"}",
            said({{"cluster", "cls-1"}, {"fault", {{"is", "flood"}}}}));
  refuse.fault.resources = {"pods", "podz"};
  EXPECT_EQ("cluster cls-1 serves no 'podz'; did you mean 'pods'?", said(to_json(refuse)));
  refuse.fault.resources = {"pods/eviction", "serviceaccounts/token", "tokenreviews"};
  EXPECT_EQ("done", said(to_json(refuse)));
  TroubleOrder after = refuse;
  after.fault = {};
  after.fault.kind = world::FaultKind::kDeleteAfterList;
  ASSERT_TRUE(kube::set_deleted(after.fault, "widgets/default/w"));
  EXPECT_EQ(0U, said(to_json(after)).find("cluster cls-1 serves no 'widgets'; known: ")) << said(to_json(after));
  EXPECT_EQ("this world has no cluster 'cls-9'; did you mean 'cls-1'?", said({{"cluster", "cls-9"}, {"heal", ""}}));
  EXPECT_EQ("nodes \"node-9\" not found; did you mean 'node-1'?",
            said({{"cluster", "cls-1"}, {"node", "node-9"}, {"ready", "True"}}));
  EXPECT_EQ(Reason::kNotFound, order_control("no-such-world", to_json(heal)).error().reason);
}

TEST(Program, StatusSaysWhatIsUpAndWhatIsWrongWithIt) {
  Up up;
  ASSERT_EQ("ready\n", up.output("ready\n"));
  TroubleOrder refuse;
  refuse.cluster = "cls-1";
  refuse.fault.kind = world::FaultKind::kRefuse;
  refuse.fault.lasts = std::chrono::hours(1);
  ASSERT_TRUE(order_control(Up::name(), to_json(refuse)));
  ASSERT_TRUE(order_control(Up::name(), {{"cluster", "cls-1"}, {"node", "node-1"}, {"ready", "Unknown"}}));
  const auto said = order_control(Up::name(), {{"status", true}});
  ASSERT_TRUE(said) << said.error();
  auto status = nlohmann::json::parse(*said);
  nlohmann::json& fault = status["clusters"][0]["faults"][0];
  EXPECT_GT(fault["leftMs"], 3'000'000);
  fault["leftMs"] = 90'250;
  EXPECT_EQ("world " + Up::name() +
                "\n"
                "  cls-1  0 Pods, 3 nodes, 1 of them not ready\n"
                "    fault cls-1 refuse --code 503   (90.2 s left)\n  cls-2  0 Pods, 3 nodes\n",
            status_text(status));
}

TEST(StatusText, WritesFaultsAsTheyAreTyped) {
  const auto text = [](nlohmann::json fault) {
    return status_text(
        {{"world", "w"},
         {"clusters",
          {{{"cluster", "c"}, {"pods", 1}, {"nodes", 0}, {"notReady", 0}, {"faults", {std::move(fault)}}}}}});
  };
  EXPECT_EQ(
      "world w\n  c  1 Pod, 0 nodes\n    fault c refuse --code 429 --retry-after 2s --share 50% --verbs get,list "
      "--resources pods --user u\n",
      text({{"is", "refuse"},
            {"code", 429},
            {"retryAfterS", 2},
            {"share", 0.5},
            {"verbs", {"get", "list"}},
            {"resources", {"pods"}},
            {"user", "u"}}));
  EXPECT_EQ("world w\n  c  1 Pod, 0 nodes\n    fault c clock-skew --behind 30000ms\n",
            text({{"is", "clock-skew"}, {"delayMs", -30000}}));
  EXPECT_EQ("world w\n  c  1 Pod, 0 nodes\n    fault c tls --tls expired\n", text({{"is", "tls"}, {"tls", "expired"}}));
  EXPECT_EQ("world w\n  c  1 Pod, 0 nodes\n    fault c delete-after-list --deletes pods/d/w\n",
            text({{"is", "delete-after-list"}, {"deletes", "pods/d/w"}}));
}

TEST(Control, SaysWhichMessagesAreTooLong) {
  const std::string world = Up::name() + "-wordy";
  const auto control = open_control(world);
  ASSERT_TRUE(control) << control.error();
  const auto asked = [&](std::size_t answer_bytes) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      const auto said = order_control(world, {{"status", true}});
      ::_exit(said ? (said->size() == answer_bytes ? 0 : 1) : said.error().text == "the answer is too long" ? 2 : 3);
    }
    answer_control(control->get(), {[](const std::string&) -> Result<int> { return 0; },
                                    [&](const nlohmann::json&, network::Descriptor) -> Result<std::string> {
                                      return std::string(answer_bytes, 'x');
                                    }});
    return network::wait_isolated(pid);
  };
  EXPECT_EQ(0, asked(0));
  EXPECT_EQ(0, asked(kMessageBytesMax - 1));
  EXPECT_EQ(2, asked(kMessageBytesMax));
  const auto too_long = order_control(world, {{"user", std::string(kMessageBytesMax, 'x')}});
  ASSERT_FALSE(too_long);
  EXPECT_EQ("the order is too long", too_long.error().text);
}

/// Runs `work` in a process of its own, whose standard output is a file; returns its exit code.
int apart(const std::filesystem::path& out, const std::function<ExitCode()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const network::Descriptor file(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    ::dup2(file.get(), STDOUT_FILENO);
    ::_exit(static_cast<int>(work()));
  }
  return network::wait_isolated(pid);
}

TEST(Program, WhatIsRecordedIsReplayed) {
  Up up;
  ASSERT_EQ("ready\n", up.output("ready\n"));
  const auto file = up.dir() / "r.jsonl", said = up.dir() / "said";
  RecordOrder order{Up::name(), "cls-1", file, std::chrono::milliseconds(300), false};
  ASSERT_EQ(0, apart(said, [&] { return record(order); }));
  EXPECT_EQ("recording\n", text_of(said));
  const std::string recorded = text_of(file);
  EXPECT_NE(std::string::npos, recorded.find("\n{\"changes\":")) << "it has its end";
  EXPECT_EQ(2, apart(said, [&] { return record(order); })) << "the file is there already";
  EXPECT_EQ(recorded, text_of(file));
  order.cluster = "cls-9";
  order.overwrites = true;
  EXPECT_EQ(2, apart(said, [&] { return record(order); }));
  EXPECT_EQ(recorded, text_of(file)) << "there was nothing to replace it with";
  order.cluster = "cls-1";
  std::ofstream(file, std::ios::app) << "what was longer than the new one" << std::string(recorded.size(), ' ') << "\n";
  EXPECT_EQ(0, apart(said, [&] { return record(order); }));
  EXPECT_EQ(0U, text_of(file).find("{\"began\":"));
  EXPECT_EQ(std::string::npos, text_of(file).find("what was longer"));
  order.cluster = "cls-9";
  order.file = up.dir() / "none.jsonl";
  EXPECT_EQ(2, apart(said, [&] { return record(order); }));
  EXPECT_FALSE(std::filesystem::exists(order.file));
  EXPECT_EQ(0, up.end(SIGTERM));

  ReplayOrder again{file, std::nullopt, false, true, up.dir() / "kube"};
  EXPECT_EQ(0, apart(said, [&] { return replay(again); }));
  EXPECT_EQ(0U, text_of(said).find("ready\nreplayed ")) << text_of(said);
  EXPECT_TRUE(std::filesystem::is_empty(up.dir() / "kube"));
  std::ofstream(file, std::ios::app) << "{}\n";
  EXPECT_EQ(2, apart(said, [&] { return replay(again); }));
  EXPECT_EQ("", text_of(said));
}

TEST(Program, ARecordingWithoutItsEndIsCutOff) {
  // A world that goes away in the middle.
  const std::string world = Up::name() + "-going";
  const auto dir = std::filesystem::temp_directory_path() / world;
  std::filesystem::create_directories(dir);
  const auto file = dir / "r.jsonl", said = dir / "said";
  const auto control = open_control(world);
  ASSERT_TRUE(control) << control.error();
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(apart(said, [&] { return record({world, "cls-1", file, {}, false}); }));
  const std::string head = to_line(kube::RecordingHead{"cls-1", 9, "today"}) + "\n";
  nlohmann::json asked;
  const auto begin = [&](const nlohmann::json& order, network::Descriptor passed) -> Result<std::string> {
    asked = order;
    EXPECT_EQ(static_cast<ssize_t>(head.size()), ::write(passed.get(), head.data(), head.size()));
    return "";
  };
  answer_control(control->get(), {[](const std::string&) -> Result<int> { return 0; }, begin});
  EXPECT_EQ(4, network::wait_isolated(pid));
  EXPECT_EQ("cls-1", asked["cluster"]);
  EXPECT_EQ(head, text_of(file));
  EXPECT_EQ("recording\n", text_of(said));
  EXPECT_EQ(0, apart(said, [&] { return replay({file, std::nullopt, false, true, {}}); })) << "what is there";
  std::filesystem::remove_all(dir);
}

TEST(Program, KilledUpLeavesNoProcessAndNoSocket) {
  Up up;
  ASSERT_EQ("ready\n", up.output("ready\n"));
  EXPECT_EQ(128 + SIGKILL, up.end(SIGKILL));
  EXPECT_EQ("", up.output("")) << "everything that held its output has ended";
  EXPECT_TRUE(open_control(Up::name())) << "the name is free again";
}

}  // namespace
}  // namespace plumbline::program
