#include "simulator/cloud/endpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>

namespace plumbline::cloud {
namespace {

using boost::asio::ip::tcp;

/// What the endpoint answers to one request; both ends run on this thread.
std::string exchange(const std::string& request) {
  boost::asio::io_context io;
  Endpoint endpoint(io, Account{}, 1);
  tcp::acceptor listener(io, {boost::asio::ip::address_v4::loopback(), 0});
  const auto address = listener.local_endpoint();
  endpoint.serve(listener.release());
  tcp::socket client(io);
  client.connect(address);
  boost::asio::write(client, boost::asio::buffer(request));
  std::string answer;
  bool done = false;
  boost::asio::async_read(client, boost::asio::dynamic_buffer(answer),
                          [&](const boost::system::error_code&, std::size_t) { done = true; });
  while (!done) io.run_one();
  return answer;
}

TEST(Endpoint, AnswersInTheEnvelope) {
  const std::string answer =
      exchange("POST / HTTP/1.1\r\nHost: cloud\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(answer.substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_NE(answer.find("AuthFailure.InvalidAuthorization"), std::string::npos) << answer;
}

TEST(Endpoint, AnswersAHeaderThatIsNoUtf8) {
  const std::string answer = exchange(
      "POST / HTTP/1.1\r\nHost: cloud\r\nConnection: close\r\n"
      "Authorization: TC3-HMAC-SHA256 Credential=\xff/x\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_NE(answer.find("AuthFailure.SecretIdNotFound"), std::string::npos) << answer;
}

}  // namespace
}  // namespace plumbline::cloud
