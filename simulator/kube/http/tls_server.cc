#include "simulator/kube/http/tls_server.h"

#include <openssl/x509.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <list>
#include <set>

namespace plumbline::kube {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kHandshakeTimeout{10};
constexpr std::chrono::seconds kIdleTimeout{300};
constexpr std::chrono::seconds kWriteTimeout{60};
constexpr std::chrono::seconds kBookmarkPeriod{60};
constexpr std::chrono::milliseconds kAcceptPause{50};
constexpr std::uint32_t kHeaderMax = 64 * 1024;
constexpr std::size_t kWatchWriteMax = 64 * 1024;

using Stream = asio::ssl::stream<beast::tcp_stream>;

std::string entry_text(X509_NAME_ENTRY* entry) {
  const ASN1_STRING* text = X509_NAME_ENTRY_get_data(entry);
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                     static_cast<std::size_t>(ASN1_STRING_length(text)));
}

User user_of(X509* certificate) {
  User user;
  X509_NAME* subject = X509_get_subject_name(certificate);
  for (int i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); i >= 0;
       i = X509_NAME_get_index_by_NID(subject, NID_commonName, i))
    user.name = entry_text(X509_NAME_get_entry(subject, i));
  for (int i = X509_NAME_get_index_by_NID(subject, NID_organizationName, -1); i >= 0;
       i = X509_NAME_get_index_by_NID(subject, NID_organizationName, i))
    user.groups.push_back(entry_text(X509_NAME_get_entry(subject, i)));
  return user;
}

}  // namespace

struct TlsServer::Shared : std::enable_shared_from_this<TlsServer::Shared> {
  struct Connection {
    Connection(tcp::socket socket, asio::ssl::context& tls) : stream(beast::tcp_stream(std::move(socket)), tls) {}
    Stream stream;
    std::optional<User> certificate;
    bool bad_certificate = false;
    std::string from;
  };

  Shared(asio::io_context& io_, ApiServer& api_) : io(io_), api(&api_), tls(asio::ssl::context::tls_server) {}

  asio::awaitable<void> accept(std::shared_ptr<tcp::acceptor> acceptor);
  asio::awaitable<void> converse(std::shared_ptr<Connection> connection);
  asio::awaitable<bool> answer(Connection& connection, const http::request<http::string_body>& request);
  asio::awaitable<void> stream_watch(std::shared_ptr<Connection> connection, std::unique_ptr<WatchStream> watch);
  static void identify(Connection& connection);
  void close();

  asio::io_context& io;
  ApiServer* api;  ///< null when the server is gone
  asio::ssl::context tls;
  std::set<std::shared_ptr<tcp::acceptor>> acceptors;
  std::set<std::shared_ptr<Connection>> connections;
};

TlsServer::TlsServer(asio::io_context& io, ApiServer& api, const Certificate& certificate, const std::string& ca_pem)
    : shared_(std::make_shared<Shared>(io, api)) {
  asio::ssl::context& tls = shared_->tls;
  tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                  asio::ssl::context::no_tlsv1_1);
  tls.use_certificate_chain(asio::buffer(certificate.certificate_pem));
  tls.use_private_key(asio::buffer(certificate.key_pem), asio::ssl::context::pem);
  tls.add_certificate_authority(asio::buffer(ca_pem));
  tls.set_verify_mode(asio::ssl::verify_peer);
  // A certificate that isn't ours ends in 401, not in a failed handshake, as real API servers do.
  tls.set_verify_callback([](bool, asio::ssl::verify_context&) { return true; });
  static constexpr unsigned char kSessions[] = "plumbline-kube";
  SSL_CTX_set_session_id_context(tls.native_handle(), kSessions, sizeof kSessions - 1);
}

TlsServer::~TlsServer() {
  shared_->api = nullptr;
  stop();
}

void TlsServer::serve(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  auto acceptor = std::make_shared<tcp::acceptor>(shared_->io);
  acceptor->assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), fd);
  shared_->acceptors.insert(acceptor);
  asio::co_spawn(shared_->io, shared_->accept(acceptor), asio::detached);
}

void TlsServer::stop() { shared_->close(); }

void TlsServer::Shared::close() {
  boost::system::error_code ignored;
  for (const auto& acceptor : acceptors) acceptor->close(ignored);
  acceptors.clear();
  for (const auto& connection : connections) beast::get_lowest_layer(connection->stream).close();
  connections.clear();
}

asio::awaitable<void> TlsServer::Shared::accept(std::shared_ptr<tcp::acceptor> acceptor) {
  const auto self = shared_from_this();
  for (;;) {
    auto [error, socket] = co_await acceptor->async_accept(kNoThrow);
    if (!acceptor->is_open()) co_return;
    if (error || connections.size() >= kConnectionsMax) {
      asio::steady_timer pause(io, kAcceptPause);
      co_await pause.async_wait(kNoThrow);
      continue;
    }
    socket.set_option(tcp::no_delay(true), error);
    auto connection = std::make_shared<Connection>(std::move(socket), tls);
    connections.insert(connection);
    asio::co_spawn(io, converse(connection), asio::detached);
  }
}

void TlsServer::Shared::identify(Connection& connection) {
  boost::system::error_code error;
  const auto peer = beast::get_lowest_layer(connection.stream).socket().remote_endpoint(error);
  if (!error) connection.from = peer.address().to_string();
  SSL* ssl = connection.stream.native_handle();
  X509* certificate = SSL_get1_peer_certificate(ssl);
  if (!certificate) return;
  if (SSL_get_verify_result(ssl) == X509_V_OK)
    connection.certificate = user_of(certificate);
  else
    connection.bad_certificate = true;
  X509_free(certificate);
}

asio::awaitable<void> TlsServer::Shared::converse(std::shared_ptr<Connection> connection) {
  const auto self = shared_from_this();
  Stream& stream = connection->stream;
  beast::tcp_stream& tcp_layer = beast::get_lowest_layer(stream);
  tcp_layer.expires_after(kHandshakeTimeout);
  if (auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::server, kNoThrow); failed) {
    connections.erase(connection);
    co_return;
  }
  identify(*connection);
  beast::flat_buffer buffer;
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(kHeaderMax);
    parser.body_limit(kRequestBodyMax);
    tcp_layer.expires_after(kIdleTimeout);
    auto [error, _] = co_await http::async_read(stream, buffer, parser, kNoThrow);
    if (error == http::error::body_limit) {
      HttpResponse refusal{413, "text/plain", "request body too large"};
      http::response<http::string_body> response(http::status::payload_too_large, 11, std::move(refusal.body));
      response.keep_alive(false);
      response.prepare_payload();
      co_await http::async_write(stream, response, kNoThrow);
    }
    if (error || !api) break;
    const http::request<http::string_body> message = parser.release();
    HttpRequest request;
    request.method = message.method_string();
    request.target = message.target();
    request.accept = message[http::field::accept];
    request.content_type = message[http::field::content_type];
    request.authorization = message[http::field::authorization];
    request.user_agent = message[http::field::user_agent];
    request.body = message.body();
    request.certificate = connection->certificate;
    request.bad_certificate = connection->bad_certificate;
    request.from = connection->from;
    Reply reply = api->handle(request);
    if (auto* watch = std::get_if<std::unique_ptr<WatchStream>>(&reply)) {
      co_await stream_watch(connection, std::move(*watch));
      break;
    }
    auto& answer = std::get<HttpResponse>(reply);
    http::response<http::string_body> response(http::int_to_status(static_cast<unsigned>(answer.code)), 11);
    response.set(http::field::content_type, answer.content_type);
    response.set(http::field::cache_control, "no-cache, private");
    for (const auto& [name, value] : answer.headers) response.insert(name, value);
    response.keep_alive(message.keep_alive());
    response.body() = std::move(answer.body);
    response.prepare_payload();
    if (request.method == "HEAD") response.body().clear();
    tcp_layer.expires_after(kWriteTimeout);
    auto [write_error, written] = co_await http::async_write(stream, response, kNoThrow);
    if (write_error || !message.keep_alive()) break;
  }
  tcp_layer.expires_after(kHandshakeTimeout);
  if (tcp_layer.socket().is_open()) co_await stream.async_shutdown(kNoThrow);
  connections.erase(connection);
}

asio::awaitable<void> TlsServer::Shared::stream_watch(std::shared_ptr<Connection> connection,
                                                      std::unique_ptr<WatchStream> watch) {
  Stream& stream = connection->stream;
  beast::tcp_stream& tcp_layer = beast::get_lowest_layer(stream);
  http::response<http::empty_body> header(http::status::ok, 11);
  header.set(http::field::content_type, "application/json");
  header.set(http::field::cache_control, "no-cache, private");
  header.chunked(true);
  http::response_serializer<http::empty_body> serializer(header);
  tcp_layer.expires_never();
  if (auto [error, _] = co_await http::async_write_header(stream, serializer, kNoThrow); error) co_return;

  // Wakes the loop: something to write, the client hung up, or time for a bookmark.
  struct Signal {
    explicit Signal(asio::io_context& io) : timer(io) {}
    asio::steady_timer timer;
    bool hung_up = false;
    char byte = 0;
  };
  const auto signal = std::make_shared<Signal>(io);
  watch->on_ready([weak = std::weak_ptr(signal)] {
    if (const auto alive = weak.lock()) alive->timer.cancel();
  });
  stream.async_read_some(asio::buffer(&signal->byte, 1),
                         [signal, connection](const boost::system::error_code&, std::size_t) {
                           signal->hung_up = true;
                           signal->timer.cancel();
                         });
  const auto end = std::chrono::steady_clock::now() + watch->timeout();
  auto next_bookmark = std::chrono::steady_clock::now() + kBookmarkPeriod;
  std::string lines;
  bool last = false;
  while (!signal->hung_up && api) {
    lines.clear();
    watch->take(lines, kWatchWriteMax);
    if (!lines.empty()) {
      auto [error, _] = co_await asio::async_write(stream, http::make_chunk(asio::buffer(lines)), kNoThrow);
      if (error) break;
      continue;
    }
    const auto now = std::chrono::steady_clock::now();
    if (watch->ended() || last) {
      co_await asio::async_write(stream, http::make_chunk_last(), kNoThrow);
      break;
    }
    if (now >= end) {
      last = true;
      if (watch->wants_bookmarks()) watch->bookmark();
      continue;
    }
    if (now >= next_bookmark) {
      next_bookmark = now + kBookmarkPeriod;
      if (watch->wants_bookmarks()) watch->bookmark();
      continue;
    }
    signal->timer.expires_at(std::min(end, next_bookmark));
    co_await signal->timer.async_wait(kNoThrow);
  }
  // The read under way must end before the stream may be shut down.
  tcp_layer.cancel();
  if (!signal->hung_up) {
    signal->timer.expires_after(kHandshakeTimeout);
    co_await signal->timer.async_wait(kNoThrow);
  }
}

}  // namespace plumbline::kube
