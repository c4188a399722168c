#include "reference/control/http_connection.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <tuple>

#include "wire/http_feed.h"

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = std::size_t{64} * 1024;

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

/// Bytes to and from a server, over TLS or not: what reads and writes is compiled once (decision 0006).
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual asio::awaitable<error_code> write(asio::const_buffer bytes) = 0;
  virtual asio::awaitable<std::pair<error_code, std::size_t>> read_some(asio::mutable_buffer into) = 0;
};

template <class Stream>
class ByteStreamOver final : public ByteStream {
 public:
  template <class... Arguments>
  explicit ByteStreamOver(Arguments&&... arguments) : stream_(std::forward<Arguments>(arguments)...) {}
  Stream& stream() { return stream_; }
  asio::awaitable<error_code> write(asio::const_buffer bytes) override {
    auto [error, size] = co_await asio::async_write(stream_, bytes, kAwait);
    co_return error;
  }
  asio::awaitable<std::pair<error_code, std::size_t>> read_some(asio::mutable_buffer into) override {
    auto [error, size] = co_await stream_.async_read_some(into, kAwait);
    co_return std::pair(error, size);
  }

 private:
  Stream stream_;
};
using Plain = ByteStreamOver<tcp::socket&>;
using Secure = ByteStreamOver<ssl::stream<tcp::socket&>>;

}  // namespace

struct HttpConnection::Parts : std::enable_shared_from_this<Parts> {
  using Parser = http::response_parser<http::string_body>;

  Parts(const asio::any_io_executor& executor, HttpOrigin to)
      : origin(std::move(to)), socket(executor), timer(executor) {}

  HttpOrigin origin;
  tcp::socket socket;
  asio::steady_timer timer;
  bool timed_out = false;
  std::shared_ptr<ssl::context> context;
  std::unique_ptr<ByteStream> stream;  ///< nullptr: not connected
  beast::flat_buffer buffer;           ///< what came and was not parsed yet
  std::optional<Parser> parser;        ///< of the answer

  void close() {
    parser.reset();
    stream.reset();
    error_code ignored;
    socket.close(ignored);
    timer.cancel();
    buffer.clear();
  }

  Error failure(std::string_view what, const error_code& error) {
    close();
    return {Reason::kUnavailable,
            fmt::format("{}:{}: {}: {}", origin.host, origin.port, what, timed_out ? "timed out" : error.message()), "",
            fmt::format("{}:{}", origin.host, origin.port)};
  }

  /// After `timeout` the connection is closed: what is under way fails, and so does what follows until connect().
  void expires(std::chrono::milliseconds timeout) {
    timer.expires_after(timeout);
    timer.async_wait([weak = weak_from_this()](const error_code& cancelled) {
      const auto self = weak.lock();
      // A wait may end in the moment in which a later one begins.
      if (cancelled || !self || self->timer.expiry() > std::chrono::steady_clock::now()) return;
      self->timed_out = true;
      error_code ignored;
      self->socket.close(ignored);
    });
  }

  std::string text_of(const HttpRequest& request) const;
  asio::awaitable<Result<void>> connect();
  /// Sends the request; what comes next is its answer, whose body may have `body_bytes_max`.
  asio::awaitable<error_code> send(const HttpRequest& request, boost::optional<std::uint64_t> body_bytes_max);
  /// Takes in more of the answer.
  asio::awaitable<error_code> receive();
};

HttpConnection::HttpConnection(const asio::any_io_executor& executor, HttpOrigin origin)
    : parts_(std::make_shared<Parts>(executor, std::move(origin))) {}

HttpConnection::~HttpConnection() { parts_->close(); }

asio::awaitable<Result<void>> HttpConnection::Parts::connect() {
  timed_out = false;
  if (origin.tls && !context) {
    try {
      context = make_context(*origin.tls);
    } catch (const boost::system::system_error& failed) {
      co_return failure("certificates", failed.code());
    }
  }
  error_code error;
  const auto address = asio::ip::make_address(origin.host, error);
  std::vector<tcp::endpoint> endpoints;
  if (!error) {
    endpoints.emplace_back(address, origin.port);
  } else {
    tcp::resolver resolver(socket.get_executor());
    auto [resolve_error, results] = co_await resolver.async_resolve(origin.host, std::to_string(origin.port), kAwait);
    if (resolve_error) co_return failure("resolve", resolve_error);
    for (const auto& result : results) endpoints.push_back(result.endpoint());
  }
  error = asio::error::host_not_found;
  expires(kConnectTimeout);
  for (const tcp::endpoint& endpoint : endpoints) {
    error_code ignored;
    socket.close(ignored);
    std::tie(error) = co_await socket.async_connect(endpoint, kAwait);
    if (!error || timed_out) break;
  }
  if (!error) socket.set_option(tcp::no_delay(true), error);
  if (error) co_return failure("connect", error);
  if (!origin.tls) {
    stream = std::make_unique<Plain>(socket);
    co_return Result<void>();
  }
  auto secure = std::make_unique<Secure>(socket, *context);
  secure->stream().set_verify_callback(ssl::host_name_verification(origin.host));
  auto [failed] = co_await secure->stream().async_handshake(ssl::stream_base::client, kAwait);
  if (failed) co_return failure("TLS", failed);
  stream = std::move(secure);
  co_return Result<void>();
}

std::string HttpConnection::Parts::text_of(const HttpRequest& request) const {
  const bool is_default = origin.port == (origin.tls ? 443 : 80);
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target,
                                 is_default ? origin.host : fmt::format("{}:{}", origin.host, origin.port));
  for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\r\n", name, value);
  if (!request.body.empty() || request.method != "GET")
    text += fmt::format("Content-Length: {}\r\n", request.body.size());
  return text + "\r\n" + request.body;
}

asio::awaitable<error_code> HttpConnection::Parts::send(const HttpRequest& request,
                                                        boost::optional<std::uint64_t> body_bytes_max) {
  parser.emplace();
  parser->eager(true);
  parser->body_limit(body_bytes_max);
  const std::string text = text_of(request);
  co_return co_await stream->write(asio::buffer(text));
}

asio::awaitable<error_code> HttpConnection::Parts::receive() {
  const auto [failed, size] = co_await stream->read_some(buffer.prepare(kReadBytes));
  if (!failed) co_return wire::feed(*parser, buffer, size);
  if (failed != asio::error::eof) co_return failed;
  if (!parser->got_some()) co_return http::error::end_of_stream;
  error_code error;
  parser->put_eof(error);
  co_return error;
}

asio::awaitable<Result<HttpResponse>> HttpConnection::exchange(const HttpRequest& request,
                                                               std::chrono::milliseconds timeout) {
  while (true) {
    const bool reused = parts_->stream != nullptr;
    if (!reused) {
      auto connected = co_await parts_->connect();
      if (!connected) co_return connected.error();
    }
    parts_->expires(timeout);
    error_code error = co_await parts_->send(request, kBodyBytesMax);
    while (!error && !parts_->parser->is_done()) error = co_await parts_->receive();
    if (!error) {
      parts_->timer.cancel();
      auto& answer = parts_->parser->get();
      HttpResponse response{static_cast<int>(answer.result_int()), std::move(answer.body())};
      if (!answer.keep_alive() || parts_->timed_out) parts_->close();
      co_return response;
    }
    Error failed = parts_->failure(request.method + " " + request.target, error);
    if (!reused || parts_->timed_out) co_return failed;
  }
}

asio::awaitable<Result<int>> HttpConnection::open(const HttpRequest& request, std::chrono::milliseconds timeout) {
  parts_->close();
  auto connected = co_await parts_->connect();
  if (!connected) co_return connected.error();
  parts_->expires(timeout);
  error_code error = co_await parts_->send(request, boost::none);
  while (!error && !parts_->parser->is_header_done()) error = co_await parts_->receive();
  if (error) co_return parts_->failure(request.method + " " + request.target, error);
  parts_->timer.cancel();
  co_return static_cast<int>(parts_->parser->get().result_int());
}

asio::awaitable<Result<std::string>> HttpConnection::read(std::chrono::milliseconds timeout) {
  while (parts_->parser) {
    std::string& body = parts_->parser->get().body();
    if (!body.empty()) co_return std::exchange(body, std::string());
    if (parts_->parser->is_done()) break;
    parts_->expires(timeout);
    if (const error_code error = co_await parts_->receive()) co_return parts_->failure("stream", error);
    parts_->timer.cancel();
  }
  co_return std::string();
}

}  // namespace plumbline::gateway
