#include "simulator/pods/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <future>
#include <optional>
#include <thread>

#include "simulator/network/isolation.h"
#include "simulator/network/visitor.h"

namespace plumbline::pods {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kPatience = 20'000ms;

/// One Pod on 10.0.16.1:80 of a namespace of its own, on a thread of its own.
class OnePod {
 public:
  OnePod() : space_(*network::Namespace::create()) {
    EXPECT_TRUE(space_.configure("route add local 10.0.16.0/24 dev lo\n"));
    server_.emplace(io_, journal_, space_, pod_role({ClusterId("c"), "n", "p", "u", "1"}));
    const auto opened = server_->open(*network::parse_address("10.0.16.1"), {80});
    EXPECT_TRUE(opened) << opened.error();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~OnePod() {
    boost::asio::post(io_, [this] {
      server_.reset();
      io_.stop();
    });
    thread_.join();
  }
  int space() const { return space_.fd(); }
  std::string say(const std::string& text) {
    return network::talk(network::dial(space_.fd(), "10.0.16.1", 80, kPatience), text, kPatience);
  }
  /// Once the server has stopped.
  std::vector<wire::Hit> hits() {
    std::promise<std::vector<wire::Hit>> promise;
    boost::asio::post(io_, [&] {
      server_->stop();
      promise.set_value(journal_.take_hits());
    });
    return promise.get_future().get();
  }

 private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open_for_work_{io_.get_executor()};
  network::Namespace space_;
  Journal journal_{[] { return std::int64_t{5}; }};
  std::optional<Server> server_;
  std::thread thread_;
};

void isolated(const std::function<void()>& body) {
  const auto pid = network::spawn_isolated([&] {
    body();
    return testing::Test::HasFailure() ? 1 : 0;
  });
  ASSERT_TRUE(pid) << pid.error();
  EXPECT_EQ(0, network::wait_isolated(*pid)) << "the failures are above";
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  isolated([] {
    OnePod pod;
    const std::string text = pod.say(
        "GET /status/201 HTTP/1.1\r\nHost: a\r\nX-Plumbline-Id: 1-1\r\n\r\n"
        "GET /status/202 HTTP/1.1\r\nHost: a\r\nX-Plumbline-Id: 1-2\r\nConnection: close\r\n\r\n");
    EXPECT_LT(text.find("HTTP/1.1 201"), text.find("HTTP/1.1 202"));
    const auto hits = pod.hits();
    ASSERT_EQ(2U, hits.size());
    EXPECT_EQ((wire::RequestId{1, 1}), hits[0].id);
    EXPECT_EQ(202, hits[1].status);
    EXPECT_EQ(hits[0].connection, hits[1].connection);
    EXPECT_EQ("c/n/p#u", hits[0].pod);
  });
}

TEST(Server, SaysAtWhichAddressItWasMet) {
  isolated([] {
    OnePod pod;
    EXPECT_THAT(pod.say("GET /get HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
                HasSubstr("\"address\":\"10.0.16.1\""));
  });
}

TEST(Server, ContinuesBeforeTheBody) {
  isolated([] {
    OnePod pod;
    const auto dialled = network::dial(pod.space(), "10.0.16.1", 80, kPatience);
    ASSERT_TRUE(network::send_all(
        dialled, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        kPatience));
    EXPECT_EQ("HTTP/1.1 100 Continue\r\n\r\n", network::hear(dialled, "\r\n\r\n", kPatience));
    EXPECT_THAT(network::talk(dialled, "ab", kPatience), HasSubstr("\"data\":\"ab\""));
  });
}

TEST(Server, TakesAndGivesAMebibyte) {
  isolated([] {
    OnePod pod;
    const std::string body(std::size_t{1024} * 1024, 'b');
    const std::string text = pod.say("POST /anything HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " +
                                     std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK"));
    EXPECT_THAT(text, HasSubstr(body));
  });
}

TEST(Server, RubbishIsAnsweredWith400AndLogged) {
  isolated([] {
    OnePod pod;
    EXPECT_THAT(pod.say(std::string("\x16\x03\x01\x00\xff rubbish\r\n\r\n", 17)), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(pod.say("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    const auto hits = pod.hits();
    ASSERT_EQ(2U, hits.size());
    EXPECT_EQ(400, hits[0].status);
    EXPECT_EQ(-1, hits[0].id.window);
  });
}

TEST(Server, RequestsCutOffAreHitsWithoutAnswer) {
  isolated([] {
    OnePod pod;
    {
      const auto dialled = network::dial(pod.space(), "10.0.16.1", 80, kPatience);
      ASSERT_TRUE(network::send_all(
          dialled, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n", kPatience));
      network::hear(dialled, "\r\n\r\n", kPatience);
    }
    const auto hits = pod.hits();
    ASSERT_EQ(1U, hits.size());
    EXPECT_EQ(0, hits[0].status);
  });
}

TEST(Server, ServesTwentyThousandRequestsOfOneConnection) {
  isolated([] {
    OnePod pod;
    constexpr std::size_t kRequests = 20'000;
    std::string text;
    for (std::size_t i = 1; i < kRequests; ++i) text += "GET /status/200 HTTP/1.1\r\nHost: a\r\n\r\n";
    text += "GET /status/200 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const auto connection = network::dial(pod.space(), "10.0.16.1", 80, kPatience);
    std::string answers;
    std::thread reader([&] { answers = network::talk(connection, "", kPatience); });
    network::send_all(connection, text, kPatience);
    reader.join();
    EXPECT_EQ(kRequests, count(answers, "HTTP/1.1 200 OK"));
    EXPECT_EQ(kRequests, pod.hits().size());
  });
}

}  // namespace
}  // namespace plumbline::pods
