#include "reference/control/cluster_link.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <mutex>
#include <thread>

#include "reference/control/fake_api_server.h"

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;

struct Identity {
  std::string certificate;
  std::string key;
};

std::string read_all(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

/// A certificate for 127.0.0.1 that is its own authority.
Identity make_identity() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86'400);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  for (const auto& [nid, value] :
       {std::pair{NID_basic_constraints, "critical,CA:TRUE"}, std::pair{NID_subject_alt_name, "IP:127.0.0.1"}}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(certificate, key, EVP_sha256());
  BIO* certificate_bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_bio, certificate);
  BIO* key_bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {read_all(certificate_bio), read_all(key_bio)};
}

}  // namespace

struct FakeApiServer::Parts {
  Script script;
  Identity identity = make_identity();
  asio::io_context io;
  ssl::context context{ssl::context::tls_server};
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::mutex mutex;
  std::promise<void> ending;
  std::shared_future<void> ended{ending.get_future()};
  std::vector<std::thread> threads;
  std::thread accepting;

  void accept() {
    while (true) {
      boost::system::error_code error;
      tcp::socket socket(io);
      acceptor.accept(socket, error);
      if (error || ended.wait_for(std::chrono::seconds(0)) == std::future_status::ready) return;
      threads.emplace_back([this, moved = std::move(socket)]() mutable { serve(std::move(moved)); });
    }
  }

  void serve(tcp::socket socket) {
    boost::system::error_code error;
    ssl::stream<tcp::socket> stream(std::move(socket), context);
    stream.handshake(ssl::stream_base::server, error);
    std::string head;
    asio::read_until(stream, asio::dynamic_buffer(head), "\r\n\r\n", error);
    if (error) return;
    const std::string request = head.substr(0, head.find(" HTTP/"));
    Answer answer;
    {
      const std::lock_guard lock(mutex);
      answer = script(request);
    }
    std::string bytes = fmt::format("HTTP/1.1 {} X\r\n", answer.status);
    if (!answer.streams) {
      bytes += fmt::format("Connection: close\r\nContent-Length: {}\r\n\r\n{}", answer.body.size(), answer.body);
    } else {
      bytes += "Transfer-Encoding: chunked\r\n\r\n";
      for (const std::string& line : answer.lines) bytes += fmt::format("{:x}\r\n{}\n\r\n", line.size() + 1, line);
      if (answer.end == End::kProper) bytes += "0\r\n\r\n";
    }
    asio::write(stream, asio::buffer(bytes), error);
    if (answer.streams && answer.end == End::kOpen) ended.wait();
    stream.lowest_layer().close(error);
  }
};

FakeApiServer::FakeApiServer(Script script) : parts_(new Parts{}) {
  parts_->script = std::move(script);
  parts_->context.use_certificate_chain(asio::buffer(parts_->identity.certificate));
  parts_->context.use_private_key(asio::buffer(parts_->identity.key), ssl::context::pem);
  parts_->accepting = std::thread([this] { parts_->accept(); });
}

FakeApiServer::~FakeApiServer() {
  parts_->ending.set_value();
  boost::system::error_code error;
  asio::io_context io;
  tcp::socket(io).connect(parts_->acceptor.local_endpoint(), error);  // wakes accept()
  parts_->accepting.join();
  for (std::thread& thread : parts_->threads) thread.join();
}

KubeAccess FakeApiServer::access() const {
  KubeAccess access;
  access.host = "127.0.0.1";
  access.port = parts_->acceptor.local_endpoint().port();
  access.ca_pem = parts_->identity.certificate;
  access.token = "token";
  return access;
}

namespace {

class Silent : public Log {
 public:
  void write(LogLevel, std::string_view) override {}
};

std::string pod(const std::string& name, int version) {
  return fmt::format(R"({{"metadata":{{"name":"{}","namespace":"web","resourceVersion":"{}"}}}})", name, version);
}

std::string event(const std::string& type, const std::string& name, int version) {
  return fmt::format(R"({{"type":"{}","object":{}}})", type, pod(name, version));
}

std::string list_of(int version, const std::string& items = "") {
  return fmt::format(R"({{"metadata":{{"resourceVersion":"{}"}},"items":[{}]}})", version, items);
}

/// A link to a fake API server; other collections than Pods are empty and quiet.
class Link : public testing::Test {
 protected:
  using Answer = FakeApiServer::Answer;
  using End = FakeApiServer::End;

  void follow(const std::function<Answer(const std::string& request)>& pods) {
    server_ = std::make_unique<FakeApiServer>([this, pods](const std::string& request) -> Answer {
      const bool watches = request.find("watch=true") != std::string::npos;
      if (request.starts_with("GET /api/v1/pods")) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        return pods(request);
      }
      if (watches) return Answer{200, "", {}, true, End::kOpen};
      return Answer{200, list_of(1), {}, false, {}};
    });
    options_.backoff = {std::chrono::milliseconds(1), std::chrono::milliseconds(5)};
    link_ = std::make_unique<ClusterLink>(io_.get_executor(), ClusterId("cls-1"), options_, policy_, log_,
                                          [](const ClusterId&, const std::set<std::string>&) {});
    link_->grant(server_->access());
  }

  /// Runs until `reached`; false after far longer than it takes.
  bool eventually(const std::function<bool()>& reached) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!reached() && std::chrono::steady_clock::now() < deadline) io_.run_one_for(std::chrono::milliseconds(20));
    return reached();
  }

  std::vector<std::string> pods() const {
    std::vector<std::string> names;
    for (const auto& [name, object] : link_->view().state->pods("web")) names.push_back(name);
    return names;
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  bool has(std::vector<std::string> wanted) {
    return eventually([&] { return pods() == wanted; });
  }

  std::unique_ptr<FakeApiServer> server_;  ///< ends last: its threads end when the link's connections are closed
  asio::io_context io_;
  LinkOptions options_;
  PublicationPolicy policy_;
  Silent log_;
  std::mutex mutex_;
  std::vector<std::string> requests_;  ///< about Pods; guarded by mutex_
  std::unique_ptr<ClusterLink> link_;
};

TEST_F(Link, TakesOverTheListThenItsChanges) {
  follow([](const std::string& request) -> Answer {
    if (request.find("watch=true") == std::string::npos) return {200, list_of(7, pod("a", 5)), {}, false, {}};
    return {200, "", {event("ADDED", "b", 8), event("DELETED", "a", 9)}, true, End::kOpen};
  });
  EXPECT_TRUE(has({"b"}));
  EXPECT_TRUE(eventually([&] { return link_->synced(); }));
  EXPECT_EQ(link_->access(), Access::kAuthorized);
  EXPECT_THAT(requests().at(1), testing::HasSubstr("resourceVersion=7&"));
}

class BrokenStream : public Link, public testing::WithParamInterface<FakeApiServer::End> {};

TEST_P(BrokenStream, GoesOnFromTheLastChangeSeen) {
  int watches = 0;
  follow([&](const std::string& request) -> Answer {
    if (request.find("watch=true") == std::string::npos) return {200, list_of(7), {}, false, {}};
    if (++watches == 1) return {200, "", {event("ADDED", "a", 8)}, true, GetParam()};
    return {200, "", {event("ADDED", "b", 9)}, true, End::kOpen};
  });
  EXPECT_TRUE(has({"a", "b"}));
  EXPECT_THAT(requests().back(), testing::HasSubstr("resourceVersion=8&"));
}

INSTANTIATE_TEST_SUITE_P(Ends, BrokenStream, testing::Values(FakeApiServer::End::kCut, FakeApiServer::End::kProper));

class Gone : public Link, public testing::WithParamInterface<bool> {};

TEST_P(Gone, VersionThatIsTooOldIsListedAnew) {
  const bool in_stream = GetParam();
  int lists = 0;
  int watches = 0;
  follow([&](const std::string& request) -> Answer {
    if (request.find("watch=true") == std::string::npos) {
      return {200, ++lists == 1 ? list_of(7, pod("a", 5)) : list_of(20, pod("b", 19)), {}, false, {}};
    }
    if (++watches > 1) return {200, "", {}, true, End::kOpen};
    if (in_stream) return {200, "", {R"({"type":"ERROR","object":{"code":410}})"}, true, End::kProper};
    return {410, "{}", {}, false, {}};
  });
  EXPECT_TRUE(has({"b"}));
}

INSTANTIATE_TEST_SUITE_P(Ways, Gone, testing::Bool());

TEST_F(Link, AWatchThatSaysNothingIsOpenedAnew) {
  options_.watch_silence_max = std::chrono::milliseconds(50);
  int watches = 0;
  follow([&watches](const std::string& request) -> Answer {
    if (request.find("watch=true") == std::string::npos) return {200, list_of(7), {}, false, {}};
    if (++watches == 1) return {200, "", {}, true, End::kOpen};
    return {200, "", {event("ADDED", "a", 8)}, true, End::kOpen};
  });
  EXPECT_TRUE(has({"a"}));
}

TEST_F(Link, RevokedRightsShowAndHeal) {
  std::atomic<bool> revoked{true};
  follow([&revoked](const std::string& request) -> Answer {
    if (revoked) return {403, R"({"message":"forbidden"})", {}, false, {}};
    if (request.find("watch=true") == std::string::npos) return {200, list_of(7, pod("a", 5)), {}, false, {}};
    return {200, "", {}, true, End::kOpen};
  });
  EXPECT_TRUE(eventually([&] { return link_->access() == Access::kRevoked; }));
  EXPECT_EQ(link_->trouble(), "forbidden");
  revoked = false;
  EXPECT_TRUE(has({"a"}));
}

TEST_F(Link, AServerWithAnotherCertificateIsNotRead) {
  const FakeApiServer other([](const std::string&) { return FakeApiServer::Answer{}; });
  follow([](const std::string&) -> Answer { return {200, list_of(7), {}, false, {}}; });
  KubeAccess access = server_->access();
  access.ca_pem = other.access().ca_pem;
  link_->grant(access);
  EXPECT_TRUE(eventually([&] { return link_->access() == Access::kUnreachable; }));
  EXPECT_TRUE(requests().empty());
}

}  // namespace
}  // namespace plumbline::gateway
