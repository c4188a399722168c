#include "simulator/cloud/endpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <vector>

namespace plumbline::cloud {
namespace {

using boost::asio::ip::tcp;

/// What the endpoint answers until it closes, to requests that come in these pieces; both ends run on this thread. A
/// piece is sent when nothing is left to do with the one before it.
std::string exchange(const std::vector<std::string>& pieces) {
  boost::asio::io_context io;
  Endpoint endpoint(io, Account{}, 1);
  tcp::acceptor listener(io, {boost::asio::ip::address_v4::loopback(), 0});
  const auto address = listener.local_endpoint();
  endpoint.serve(listener.release());
  tcp::socket client(io);
  client.connect(address);
  boost::asio::socket_base::send_buffer_size room(4 << 20);
  client.set_option(room);
  std::string answer;
  bool done = false;
  boost::asio::async_read(client, boost::asio::dynamic_buffer(answer),
                          [&](const boost::system::error_code&, std::size_t) { done = true; });
  for (const std::string& piece : pieces) {
    bool sent = false;
    boost::asio::async_write(client, boost::asio::buffer(piece),
                             [&](const boost::system::error_code&, std::size_t) { sent = true; });
    while (!sent) io.run_one();
    while (io.poll_one() > 0) continue;
  }
  while (!done) io.run_one();
  return answer;
}
std::string exchange(const std::string& request) { return exchange(std::vector{request}); }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t number = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++number;
  return number;
}

std::string request(const std::string& connection, std::size_t body_bytes = 2) {
  return "POST / HTTP/1.1\r\nHost: cloud\r\nConnection: " + connection +
         "\r\nContent-Length: " + std::to_string(body_bytes) + "\r\n\r\n" + std::string(body_bytes, ' ');
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

TEST(Endpoint, TakesRequestsInPiecesAndSeveralOnAConnection) {
  const std::string one = request("keep-alive"), last = request("close");
  EXPECT_EQ(count(exchange({one.substr(0, 9), one.substr(9, 40), one.substr(49), last}), "HTTP/1.1 200 OK"), 2u);
  EXPECT_EQ(count(exchange(one + one + last), "HTTP/1.1 200 OK"), 3u) << "in one piece";
  const std::string kept = exchange(one + last);
  EXPECT_EQ(count(kept, "Connection: keep-alive\r\n"), 1u);
  EXPECT_EQ(count(kept, "Connection: close\r\n"), 1u);
}

TEST(Endpoint, ALastChunkMayComeByteByByte) {
  const std::string head = "POST / HTTP/1.1\r\nHost: cloud\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(count(exchange({head + "0\r\n", "\r", "\n"}), "HTTP/1.1 200 OK"), 1u);
}

TEST(Endpoint, ClosesOnWhatIsTooLong) {
  EXPECT_EQ(count(exchange(request("close", kRequestBytesMax)), "HTTP/1.1 200 OK"), 1u);
  EXPECT_EQ(exchange(request("close", kRequestBytesMax + 1)), "");
  const std::string head = "POST / HTTP/1.1\r\nHost: cloud\r\nTransfer-Encoding: chunked\r\n\r\n1;";
  EXPECT_EQ(exchange({head, std::string(kRequestBytesMax, 'x'), std::string(kRequestBytesMax, 'x')}), "");
}

}  // namespace
}  // namespace plumbline::cloud
