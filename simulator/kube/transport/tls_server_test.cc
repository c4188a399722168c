#include "simulator/kube/transport/tls_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <mutex>
#include <thread>

#include "simulator/kube/transport/fixture.h"

namespace plumbline::kube {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A server in a thread of its own; clients of Asio's OpenSSL in the test's.
class TlsServerTest : public ::testing::Test {
 protected:
  TlsServerTest() {
    serve();
    thread_ = std::thread([this] {
      const auto work = asio::make_work_guard(io_);
      io_.run();
    });
  }
  ~TlsServerTest() override {
    on_thread([this] { server_.stop(); });
    io_.stop();
    thread_.join();
  }
  void serve() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(fd, 64), 0);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    server_.serve(fd);
  }
  void on_thread(const std::function<void()>& work) {
    std::promise<void> done;
    asio::post(io_, [&] {
      work();
      done.set_value();
    });
    done.get_future().get();
  }
  struct Client {
    Client(TlsServerTest& test, const Certificate* certificate = nullptr, const char* protocol = nullptr)
        : context(asio::ssl::context::tls_client), stream(io, context) {
      context.add_certificate_authority(asio::buffer(test.authority_.pem()));
      stream.set_verify_mode(asio::ssl::verify_peer);
      SSL* ssl = stream.native_handle();
      if (certificate != nullptr) {
        context.use_certificate(asio::buffer(certificate->certificate_pem), asio::ssl::context::pem);
        context.use_private_key(asio::buffer(certificate->key_pem), asio::ssl::context::pem);
        SSL_set_SSL_CTX(ssl, context.native_handle());
        SSL_use_certificate(ssl, SSL_CTX_get0_certificate(context.native_handle()));
        SSL_use_PrivateKey(ssl, SSL_CTX_get0_privatekey(context.native_handle()));
      }
      if (protocol != nullptr)
        SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(protocol),
                            static_cast<unsigned>(std::strlen(protocol)));
      SSL_set1_host(ssl, "127.0.0.1");
      stream.next_layer().connect({asio::ip::address_v4::loopback(), test.port_}, error);
      if (!error) stream.handshake(asio::ssl::stream_base::client, error);
    }
    std::string ask(const std::string& request) {
      asio::write(stream, asio::buffer(request), error);
      return rest();
    }
    /// All that comes until the end.
    std::string rest() {
      std::string all;
      asio::read(stream, asio::dynamic_buffer(all), error);
      return all;
    }
    asio::io_context io;
    asio::ssl::context context;
    boost::system::error_code error;
    asio::ssl::stream<tcp::socket> stream;
  };

  asio::io_context io_;
  CertificateAuthority authority_{"ca"};
  std::function<Reply(const HttpRequest&)> answer_ = [](const HttpRequest& request) {
    std::string who = request.certificate ? request.certificate->name : "nobody";
    if (request.bad_certificate) who = "a stranger";
    return HttpResponse{200, "text/plain", request.target + " by " + who + " from " + request.from};
  };
  TlsServer server_{io_,
                    [this](const HttpRequest& request, const Respond& respond) { respond(answer_(request)); },
                    authority_.issue_server({"127.0.0.1"}),
                    authority_.pem(),
                    {kPause, kPause}};
  static constexpr std::chrono::milliseconds kPause{200};
  std::uint16_t port_ = 0;
  std::thread thread_;
  const std::string get_ = "GET /x HTTP/1.1\r\nConnection: close\r\n\r\n";
};

TEST_F(TlsServerTest, AnswersOverTls) {
  Client client(*this);
  ASSERT_FALSE(client.error) << client.error.message();
  const std::string response = client.ask(get_);
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, EndsWith("/x by nobody from 127.0.0.1"));
}

TEST_F(TlsServerTest, CertificatesSayWhoIsThere) {
  const Certificate jane = authority_.issue_client("jane", {"devs"});
  EXPECT_THAT(Client(*this, &jane).ask(get_), EndsWith("/x by jane from 127.0.0.1"));
  const CertificateAuthority other("other");
  const Certificate stranger = other.issue_client("jane", {"system:masters"});
  EXPECT_THAT(Client(*this, &stranger).ask(get_), EndsWith("/x by a stranger from 127.0.0.1"));
}

TEST_F(TlsServerTest, ProtocolsAreNegotiated) {
  Client old(*this, nullptr, "\x08http/1.1");
  EXPECT_THAT(old.ask(get_), StartsWith("HTTP/1.1 200 OK"));
  Client modern(*this, nullptr, "\x02h2");
  ASSERT_FALSE(modern.error);
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(modern.stream.native_handle(), &chosen, &size);
  ASSERT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "h2");
  char frame[9];
  asio::read(modern.stream, asio::buffer(frame), modern.error);
  EXPECT_EQ(frame[3], 4) << "SETTINGS come first";
}

TEST_F(TlsServerTest, TheCipherOfTheShortestKeyIsTaken) {
  Client client(*this);
  ASSERT_FALSE(client.error);
  EXPECT_STREQ(SSL_get_cipher_name(client.stream.native_handle()), "TLS_AES_128_GCM_SHA256");
}

TEST_F(TlsServerTest, EventsOfManyTurnsAreFewRecords) {
  Store store(quiet_options());
  answer_ = [&](const HttpRequest&) -> Reply { return watch_pods(store, false, std::chrono::seconds(3600)); };
  Client client(*this);
  asio::write(client.stream, asio::buffer("GET /w HTTP/1.1\r\n\r\n", 19), client.error);
  std::string all;
  int records = 0;
  const auto read_events = [&](std::ptrdiff_t count) {
    const auto events = [&] {
      std::ptrdiff_t found = 0;
      for (std::size_t at = all.find("{\"type\""); at != std::string::npos; at = all.find("{\"type\"", at + 1)) ++found;
      return found;
    };
    char room[32 * 1024];
    while (!client.error && events() < count) {
      all.append(room, client.stream.read_some(asio::buffer(room), client.error));
      ++records;
    }
  };
  const auto add_pod = [&](int number) {
    on_thread([&] {
      ASSERT_TRUE(store.create(KindId::kPod, {{"metadata", {{"name", std::to_string(number)}, {"namespace", "web"}}}})
                      .has_value());
    });
  };
  while (!client.error && all.find("\r\n\r\n") == std::string::npos) {
    char letter = 0;
    client.stream.read_some(asio::buffer(&letter, 1), client.error);
    all += letter;
  }
  add_pod(0);
  read_events(1);
  records = 0;
  const auto began = std::chrono::steady_clock::now();
  for (int number = 1; number <= 20; ++number) add_pod(number);
  read_events(21);
  ASSERT_FALSE(client.error) << client.error.message();
  // However slow the machine is: two sends are a pause apart.
  EXPECT_LE(records, (std::chrono::steady_clock::now() - began) / kPause + 1) << "one for each pause at most";
  for (int number = 0; number <= 20; ++number) {
    const std::size_t at = all.find("\"name\":\"" + std::to_string(number) + "\"");
    ASSERT_NE(at, std::string::npos) << number;
    all.erase(0, at);
  }
  on_thread([this] { server_.stop(); });
}

TEST_F(TlsServerTest, WhoSpeaksPlainHttpIsTold) {
  asio::io_context io;
  tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), port_});
  asio::write(socket, asio::buffer(get_));
  std::string all;
  boost::system::error_code error;
  asio::read(socket, asio::dynamic_buffer(all), error);
  EXPECT_THAT(all, HasSubstr("Client sent an HTTP request to an HTTPS server."));
}

TEST_F(TlsServerTest, AnAnswerThatFillsTheSocketGoesOnWhenItIsRead) {
  std::string large;
  while (large.size() < 20'000'000) large += std::to_string(large.size()) + " ";
  answer_ = [&](const HttpRequest&) { return HttpResponse{200, "text/plain", large}; };
  Client client(*this);
  asio::write(client.stream, asio::buffer(get_), client.error);
  const std::string response = client.rest();
  EXPECT_EQ(response.substr(response.find("\r\n\r\n") + 4), large);
}

TEST_F(TlsServerTest, OtherCertificatesAreShownOnDemand) {
  const CertificateAuthority stranger("ca");
  const Certificate strange = stranger.issue_server({"127.0.0.1"});
  const Certificate expired = authority_.issue_server({"127.0.0.1"}, true);
  const Certificate elsewhere = authority_.issue_server({"elsewhere"});
  for (const Certificate* shown : {&strange, &expired, &elsewhere}) {
    on_thread([&] { server_.present(shown); });
    EXPECT_TRUE(Client(*this).error);
  }
  on_thread([&] { server_.present(nullptr); });
  EXPECT_FALSE(Client(*this).error);
}

TEST_F(TlsServerTest, ConnectionsAreResetOnDemand) {
  Client before(*this);
  ASSERT_FALSE(before.error);
  on_thread([&] { server_.reset_connections(true); });
  before.rest();
  EXPECT_EQ(before.error, asio::error::connection_reset);
  EXPECT_TRUE(Client(*this).error);
  on_thread([&] { server_.reset_connections(false); });
  EXPECT_THAT(Client(*this).ask(get_), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(TlsServerTest, StoppingClosesAndServingGoesOn) {
  Client before(*this);
  on_thread([&] { server_.stop(); });
  EXPECT_EQ(before.ask(get_), "");
  EXPECT_EQ(Client(*this).error, asio::error::connection_refused);
  on_thread([this] { serve(); });
  EXPECT_THAT(Client(*this).ask(get_), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(TlsServerTest, ManyConnectionsStayOpenTogether) {
  std::vector<std::unique_ptr<Client>> clients;
  clients.reserve(200);
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<Client>(*this));
  for (const auto& client : clients) EXPECT_THAT(client->ask(get_), StartsWith("HTTP/1.1 200 OK"));
}

}  // namespace
}  // namespace plumbline::kube
