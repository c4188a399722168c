#include "reference/control/http_connection.h"

#include <fmt/format.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

/// Throws boost::system::system_error when the certificates cannot be used.
std::shared_ptr<ssl::context> make_context(const HttpTls& tls) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  context->set_verify_mode(ssl::verify_peer);
  context->add_certificate_authority(asio::buffer(tls.ca_pem));
  if (!tls.certificate_pem.empty()) {
    context->use_certificate_chain(asio::buffer(tls.certificate_pem));
    context->use_private_key(asio::buffer(tls.key_pem), ssl::context::pem);
  }
  return context;
}

}  // namespace

struct HttpConnection::Parts {
  using Secure = beast::ssl_stream<beast::tcp_stream>;
  using Message = http::request<http::string_body>;

  asio::any_io_executor executor;
  HttpOrigin origin;
  std::shared_ptr<ssl::context> context;
  std::optional<Secure> secure;
  std::optional<beast::tcp_stream> plain;
  beast::flat_buffer buffer;
  std::optional<http::response_parser<http::buffer_body>> stream_parser;
  std::array<char, kPieceBytes> piece{};

  bool connected() const { return secure || plain; }

  void close() {
    stream_parser.reset();
    secure.reset();
    plain.reset();
    buffer.clear();
  }

  Error failure(std::string_view what, const error_code& error) {
    close();
    return {Reason::kUnavailable, fmt::format("{}:{}: {}: {}", origin.host, origin.port, what, error.message()), "",
            fmt::format("{}:{}", origin.host, origin.port)};
  }

  void expires(std::chrono::milliseconds timeout) {
    if (secure) beast::get_lowest_layer(*secure).expires_after(timeout);
    if (plain) plain->expires_after(timeout);
  }

  asio::awaitable<Result<void>> connect();
  asio::awaitable<error_code> send(const Message& message);
  template <class Parser>
  asio::awaitable<error_code> receive_head(Parser& parser);
  template <class Parser>
  asio::awaitable<error_code> receive(Parser& parser);
  Message message_of(const HttpRequest& request) const;
  asio::awaitable<error_code> attempt(const Message& message, HttpResponse& response, bool& keep);
};

HttpConnection::HttpConnection(asio::any_io_executor executor, HttpOrigin origin) : parts_(new Parts{}) {
  parts_->executor = std::move(executor);
  parts_->origin = std::move(origin);
}

HttpConnection::~HttpConnection() = default;

asio::awaitable<Result<void>> HttpConnection::Parts::connect() {
  if (origin.tls && !context) {
    try {
      context = make_context(*origin.tls);
    } catch (const boost::system::system_error& failed) {
      co_return failure("certificates", failed.code());
    }
  }
  error_code error;
  const auto address = asio::ip::make_address(origin.host, error);
  std::vector<asio::ip::tcp::endpoint> endpoints;
  if (!error) {
    endpoints.emplace_back(address, origin.port);
  } else {
    asio::ip::tcp::resolver resolver(executor);
    auto [resolve_error, results] = co_await resolver.async_resolve(origin.host, std::to_string(origin.port), kAwait);
    if (resolve_error) co_return failure("resolve", resolve_error);
    for (const auto& result : results) endpoints.push_back(result.endpoint());
  }
  beast::tcp_stream stream(executor);
  stream.expires_after(kConnectTimeout);
  auto [connect_error, endpoint] = co_await stream.async_connect(endpoints, kAwait);
  if (connect_error) co_return failure("connect", connect_error);
  stream.socket().set_option(asio::ip::tcp::no_delay(true), error);
  if (!origin.tls) {
    plain.emplace(std::move(stream));
    co_return Result<void>();
  }
  secure.emplace(std::move(stream), *context);
  secure->set_verify_callback(ssl::host_name_verification(origin.host));
  expires(kConnectTimeout);
  auto [handshake_error] = co_await secure->async_handshake(ssl::stream_base::client, kAwait);
  if (handshake_error) co_return failure("TLS", handshake_error);
  co_return Result<void>();
}

asio::awaitable<error_code> HttpConnection::Parts::send(const Message& message) {
  if (secure) {
    auto [error, bytes] = co_await http::async_write(*secure, message, kAwait);
    co_return error;
  }
  auto [error, bytes] = co_await http::async_write(*plain, message, kAwait);
  co_return error;
}

template <class Parser>
asio::awaitable<error_code> HttpConnection::Parts::receive_head(Parser& parser) {
  if (secure) {
    auto [error, bytes] = co_await http::async_read_header(*secure, buffer, parser, kAwait);
    co_return error;
  }
  auto [error, bytes] = co_await http::async_read_header(*plain, buffer, parser, kAwait);
  co_return error;
}

template <class Parser>
asio::awaitable<error_code> HttpConnection::Parts::receive(Parser& parser) {
  if (secure) {
    auto [error, bytes] = co_await http::async_read_some(*secure, buffer, parser, kAwait);
    co_return error;
  }
  auto [error, bytes] = co_await http::async_read_some(*plain, buffer, parser, kAwait);
  co_return error;
}

HttpConnection::Parts::Message HttpConnection::Parts::message_of(const HttpRequest& request) const {
  Message message;
  message.method_string(request.method);
  message.target(request.target);
  message.version(11);
  const bool is_default = origin.port == (origin.tls ? 443 : 80);
  message.set(http::field::host, is_default ? origin.host : fmt::format("{}:{}", origin.host, origin.port));
  for (const auto& [name, value] : request.headers) message.set(name, value);
  message.body() = request.body;
  if (!request.body.empty() || request.method != "GET") message.prepare_payload();
  return message;
}

asio::awaitable<error_code> HttpConnection::Parts::attempt(const Message& message, HttpResponse& response, bool& keep) {
  error_code error = co_await send(message);
  if (error) co_return error;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kBodyBytesMax);
  while (!error && !parser.is_done()) error = co_await receive(parser);
  if (error) co_return error;
  response.status = static_cast<int>(parser.get().result_int());
  response.body = std::move(parser.get().body());
  keep = parser.get().keep_alive();
  co_return error;
}

asio::awaitable<Result<HttpResponse>> HttpConnection::exchange(const HttpRequest& request,
                                                               std::chrono::milliseconds timeout) {
  const Parts::Message message = parts_->message_of(request);
  while (true) {
    const bool reused = parts_->connected();
    if (!reused) {
      auto connected = co_await parts_->connect();
      if (!connected) co_return connected.error();
    }
    parts_->expires(timeout);
    HttpResponse response;
    bool keep = false;
    const error_code error = co_await parts_->attempt(message, response, keep);
    if (!error) {
      if (!keep) parts_->close();
      co_return response;
    }
    Error failed = parts_->failure(request.method + " " + request.target, error);
    if (!reused || error == beast::error::timeout) co_return failed;
  }
}

asio::awaitable<Result<int>> HttpConnection::open(const HttpRequest& request, std::chrono::milliseconds timeout) {
  parts_->close();
  auto connected = co_await parts_->connect();
  if (!connected) co_return connected.error();
  parts_->expires(timeout);
  const Parts::Message message = parts_->message_of(request);
  error_code error = co_await parts_->send(message);
  if (!error) {
    parts_->stream_parser.emplace();
    parts_->stream_parser->body_limit(boost::none);
    error = co_await parts_->receive_head(*parts_->stream_parser);
  }
  if (error) co_return parts_->failure(request.method + " " + request.target, error);
  co_return static_cast<int>(parts_->stream_parser->get().result_int());
}

asio::awaitable<Result<std::string>> HttpConnection::read(std::chrono::milliseconds timeout) {
  Parts& parts = *parts_;
  while (parts.stream_parser && !parts.stream_parser->is_done()) {
    auto& body = parts.stream_parser->get().body();
    body.data = parts.piece.data();
    body.size = parts.piece.size();
    parts.expires(timeout);
    const error_code error = co_await parts.receive(*parts.stream_parser);
    if (error && error != http::error::need_buffer) co_return parts.failure("stream", error);
    const std::size_t got = parts.piece.size() - parts.stream_parser->get().body().size;
    if (got > 0) co_return std::string(parts.piece.data(), got);
  }
  co_return std::string();
}

}  // namespace plumbline::gateway
