// The driver against small candidates written in shell: what they say, and what they fail to say.
#include "conformance/contract/jsonrpc_driver.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr auto kLong = 60s;  // only a broken driver waits so long

class Recorder : public CandidateObserver {
 public:
  void on_stderr(std::string_view line) override { add("stderr " + std::string(line)); }
  void on_notification(const std::string& method, const json& params) override { add(method + " " + params.dump()); }
  void on_exit(const std::optional<ExitStatus>& status) override {
    add("exit " + (status ? to_string(*status) : std::string("unknown")));
  }
  /// Waits until `line` was observed.
  bool saw(const std::string& line) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong,
                             [&] { return std::find(lines_.begin(), lines_.end(), line) != lines_.end(); });
  }

 private:
  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

class JsonRpcDriverTest : public ::testing::Test {
 protected:
  Result<void> start(const std::string& script) {
    JsonRpcOptions options;
    options.child.command = {"/bin/sh", "-c", script};
    driver_.emplace(std::move(options), recorder_);
    return driver_->start();
  }
  CallOutcome call(const std::string& method = "hello", std::chrono::milliseconds deadline = kLong) {
    return driver_->call(method, json::object(), deadline);
  }
  Recorder recorder_;
  std::optional<JsonRpcDriver> driver_;
};

/// A shell that answers every request in turn with `result`.
std::string answering(const std::string& result, const std::string& before = "") {
  return "n=0; while read -r line; do n=$((n+1)); " + before + R"( echo '{"jsonrpc":"2.0","id":'$n',"result":)" +
         result + "}'; done";
}

TEST_F(JsonRpcDriverTest, AnswersArriveOneCallAfterTheOther) {
  ASSERT_TRUE(start(answering(R"({"ready":true})")));
  for (int i = 0; i < 3; ++i) {
    const auto outcome = call();
    ASSERT_TRUE(outcome.result) << outcome.detail;
    EXPECT_EQ((*outcome.result)["ready"], true);
  }
}

TEST_F(JsonRpcDriverTest, RefusalIsAnErrorNotASilence) {
  ASSERT_TRUE(
      start(R"(read -r l; echo '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"what?"}}'; read -r l)"));
  const auto outcome = call("unheard.of");
  ASSERT_TRUE(outcome.error) << outcome.detail;
  EXPECT_EQ((*outcome.error)["code"], -32601);
}

TEST_F(JsonRpcDriverTest, RequestReachesTheCandidateAsOneLine) {
  ASSERT_TRUE(start(R"(read -r line; echo "$line" >&2; read -r l)"));
  call("tunnel.describe", 1ms);
  EXPECT_TRUE(recorder_.saw(R"(stderr {"id":1,"jsonrpc":"2.0","method":"tunnel.describe","params":{}})"));
}

TEST_F(JsonRpcDriverTest, GarbageIsInvalidOutput) {
  ASSERT_TRUE(start("read -r l; echo starting up; read -r l"));
  const auto outcome = call();
  EXPECT_EQ(outcome.silent, Silence::kInvalid);
  EXPECT_THAT(outcome.detail, HasSubstr("starting up"));
}

TEST_F(JsonRpcDriverTest, GarbageBetweenCallsIsToldToTheNext) {
  ASSERT_TRUE(start("echo banner; echo written >&2; " + answering("{}")));
  ASSERT_TRUE(recorder_.saw("stderr written"));
  const auto outcome = call();
  EXPECT_EQ(outcome.silent, Silence::kInvalid);
}

TEST_F(JsonRpcDriverTest, SilenceIsATimeoutAndALateAnswerIsDropped) {
  ASSERT_TRUE(start(R"(read -r l; read -r l; echo '{"jsonrpc":"2.0","id":1,"result":"late"}')"
                    R"(; echo '{"jsonrpc":"2.0","id":2,"result":"second"}'; read -r l)"));
  EXPECT_EQ(call("hello", 20ms).silent, Silence::kTimeout);
  const auto outcome = call("status");
  ASSERT_TRUE(outcome.result) << outcome.detail;
  EXPECT_EQ(*outcome.result, "second");
}

TEST_F(JsonRpcDriverTest, ExitDuringACallSaysHow) {
  ASSERT_TRUE(start("read -r l; echo dying >&2; exit 3"));
  const auto outcome = call();
  EXPECT_EQ(outcome.silent, Silence::kExit);
  EXPECT_THAT(outcome.detail, HasSubstr("exit code 3"));
  EXPECT_TRUE(recorder_.saw("stderr dying"));
  EXPECT_TRUE(recorder_.saw("exit exit code 3"));
  EXPECT_FALSE(driver_->alive());
}

TEST_F(JsonRpcDriverTest, CallAfterACrashIsAnExitWithTheSignal) {
  ASSERT_TRUE(start("kill -SEGV $$"));
  ASSERT_TRUE(recorder_.saw("exit signal 11"));
  const auto outcome = call();
  EXPECT_EQ(outcome.silent, Silence::kExit);
  EXPECT_THAT(outcome.detail, HasSubstr("signal 11"));
}

TEST_F(JsonRpcDriverTest, AnswerBeforeTheExitStillCounts) {
  ASSERT_TRUE(start(R"(read -r l; echo '{"jsonrpc":"2.0","id":1,"result":{}}')"));
  EXPECT_TRUE(call().result);
}

TEST_F(JsonRpcDriverTest, LineOverTheLimitIsInvalid) {
  ASSERT_TRUE(
      start(R"(read -r l; printf '{"jsonrpc":"2.0","id":1,"result":"'; head -c 16777216 /dev/zero | tr '\0' x; )"
            R"(echo '"}'; read -r l)"));
  const auto outcome = call();
  EXPECT_EQ(outcome.silent, Silence::kInvalid);
  EXPECT_THAT(outcome.detail, HasSubstr("16 MiB"));
}

TEST_F(JsonRpcDriverTest, LargeAnswerWithinTheLimitArrives) {
  ASSERT_TRUE(start(R"(read -r l; printf '{"jsonrpc":"2.0","id":1,"result":"'; head -c 8000000 /dev/zero | tr '\0' x; )"
                    R"(echo '"}'; read -r l)"));
  const auto outcome = call();
  ASSERT_TRUE(outcome.result) << outcome.detail;
  EXPECT_EQ(outcome.result->get<std::string>().size(), 8000000u);
}

TEST_F(JsonRpcDriverTest, NotificationsArriveAlsoBetweenCalls) {
  ASSERT_TRUE(start(R"(echo '{"jsonrpc":"2.0","method":"event","params":{"type":"x"}}'; read -r l)"));
  EXPECT_TRUE(recorder_.saw(R"(event {"type":"x"})"));
}

TEST_F(JsonRpcDriverTest, NotificationBeforeTheAnswerDoesNotDisturbIt) {
  ASSERT_TRUE(start(answering("1", R"(echo '{"jsonrpc":"2.0","method":"log","params":{"level":"info"}}';)")));
  EXPECT_TRUE(call().result);
  EXPECT_TRUE(recorder_.saw(R"(log {"level":"info"})"));
}

TEST_F(JsonRpcDriverTest, StopWaitsForTheExit) {
  ASSERT_TRUE(start(R"(read -r l; echo '{"jsonrpc":"2.0","id":1,"result":{}}'; exit 0)"));
  const auto outcome = driver_->stop(kLong);
  EXPECT_TRUE(outcome.answer.result);
  EXPECT_TRUE(outcome.exited_in_time);
  EXPECT_EQ(outcome.status, (ExitStatus{0, 0}));
}

TEST_F(JsonRpcDriverTest, CandidateThatStaysAfterStopIsKilled) {
  ASSERT_TRUE(start(R"(trap '' TERM; read -r l; echo '{"jsonrpc":"2.0","id":1,"result":{}}'; exec sleep 1000)"));
  const auto outcome = driver_->stop(30ms);
  EXPECT_FALSE(outcome.exited_in_time);
  EXPECT_EQ(outcome.status, (ExitStatus{-1, SIGKILL}));
}

TEST_F(JsonRpcDriverTest, KillTakesTheWholeProcessGroup) {
  // The grandchild holds the write end of the FIFO: its end is seen as the end of the file.
  char fifo[] = "/tmp/plumbline-driver-XXXXXX";
  ASSERT_NE(::mkdtemp(fifo), nullptr);
  const std::string path = std::string(fifo) + "/alive";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  ASSERT_TRUE(start("sleep 1000 > " + path + " & read -r l"));
  const int reader = ::open(path.c_str(), O_RDONLY);  // returns when the grandchild has opened it
  driver_->kill();
  EXPECT_FALSE(driver_->alive());
  char byte = 0;
  EXPECT_EQ(::read(reader, &byte, 1), 0);
  ::close(reader);
  ::unlink(path.c_str());
  ::rmdir(fifo);
}

TEST_F(JsonRpcDriverTest, ProgramThatDoesNotExistIsNotFound) {
  JsonRpcOptions options;
  options.child.command = {"/nonexistent/gateway"};
  JsonRpcDriver driver(std::move(options), recorder_);
  const auto started = driver.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().reason, Reason::kNotFound);
  EXPECT_THAT(started.error().text, HasSubstr("/nonexistent/gateway"));
}

TEST_F(JsonRpcDriverTest, AttachesToASocketAndSeesItClose) {
  char folder[] = "/tmp/plumbline-driver-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/s";
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  int passed[5] = {-1, -1, -1, -1, -1};
  std::thread candidate([&] {
    const int peer = ::accept(listener, nullptr, nullptr);
    char request[4096];
    alignas(cmsghdr) char control[256] = {};
    iovec part{request, sizeof request};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    EXPECT_GT(::recvmsg(peer, &message, MSG_CMSG_CLOEXEC), 0);
    const cmsghdr* head = CMSG_FIRSTHDR(&message);
    if (head == nullptr || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(sizeof passed)) {
      ADD_FAILURE() << "no namespaces came with the first request";
    } else {
      std::memcpy(passed, CMSG_DATA(head), sizeof passed);
    }
    const std::string_view answer = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"attached\"}\n";
    EXPECT_EQ(::write(peer, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
    ::close(peer);
  });
  JsonRpcOptions options;
  options.attach = path;
  driver_.emplace(std::move(options), recorder_);
  ASSERT_TRUE(driver_->start());
  const auto outcome = call();
  candidate.join();
  ::close(listener);
  ::unlink(path.c_str());
  ::rmdir(folder);
  ASSERT_TRUE(outcome.result) << outcome.detail;
  EXPECT_EQ(*outcome.result, "attached");
  for (std::size_t i = 0; const char* kind : {"user", "mnt", "ipc", "net", "pid"}) {
    struct stat mine {
    }, theirs{};
    ASSERT_EQ(0, ::stat((std::string("/proc/self/ns/") + kind).c_str(), &mine));
    EXPECT_EQ(0, ::fstat(passed[i], &theirs)) << kind;
    EXPECT_EQ(mine.st_ino, theirs.st_ino) << kind;
    ::close(passed[i++]);
  }
  EXPECT_TRUE(recorder_.saw("exit unknown"));
  EXPECT_EQ(call().silent, Silence::kExit);
}

}  // namespace
}  // namespace plumbline::conformance
