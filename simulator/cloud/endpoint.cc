#include "simulator/cloud/endpoint.h"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <set>
#include <vector>

#include "simulator/cloud/actions.h"
#include "simulator/kernel/random.h"
#include "wire/http_feed.h"

namespace plumbline::cloud {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kPieceBytes = std::size_t{16} * 1024;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

}  // namespace

struct Endpoint::Parts : std::enable_shared_from_this<Endpoint::Parts> {
  struct Session;

  Parts(boost::asio::io_context& context, Account owned, std::uint64_t seed)
      : io(context), account(std::move(owned)), actions(account), random(seed) {}

  void accept(const std::shared_ptr<tcp::acceptor>& acceptor);

  /// A UUID of version 4.
  std::string request_id() {
    const std::uint64_t high = random();
    const std::uint64_t low = random();
    return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff, high & 0xfff,
                       (low >> 48 & 0x3fff) | 0x8000, low & 0xffffffffffffU);
  }

  boost::asio::io_context& io;
  Account account;
  Actions actions;
  kernel::Random random;
  bool closed = false;
  std::vector<std::shared_ptr<tcp::acceptor>> acceptors;
  std::set<std::shared_ptr<Session>> sessions;
};

struct Endpoint::Parts::Session : std::enable_shared_from_this<Session> {
  Session(Parts& owner, tcp::socket accepted) : parts(&owner), socket(std::move(accepted)) {}

  void begin() {
    parser.emplace();
    parser->body_limit(kRequestBytesMax);
    parser->eager(true);
    take(0);
  }

  /// `size` bytes came; asks for more until the request is whole.
  void take(std::size_t size) {
    if (wire::feed(*parser, buffer, size)) return end();
    if (parser->is_done()) return answer();
    socket.async_read_some(buffer.prepare(kPieceBytes),
                           [self = shared_from_this()](const error_code& failed, std::size_t got) {
                             if (self->parts == nullptr) return;
                             if (failed) return self->end();
                             self->take(got);
                           });
  }

  void answer() {
    const auto& request = parser->get();
    const Call call{text(request["X-TC-Action"]), text(request["X-TC-Region"]),
                    text(request[http::field::authorization]), request.body()};
    const bool keep = request.keep_alive();
    // What came in headers is any bytes and may be told back.
    const std::string body =
        parts->actions.answer(call, parts->request_id()).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    response = fmt::format(
        "HTTP/1.{} 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: {}\r\n\r\n{}",
        request.version() % 10, body.size(), keep ? "keep-alive" : "close", body);
    boost::asio::async_write(socket, boost::asio::buffer(response),
                             [self = shared_from_this(), keep](const error_code& error, std::size_t) {
                               if (self->parts == nullptr) return;
                               if (error || !keep) return self->end();
                               self->begin();
                             });
  }

  void end() {
    error_code ignored;
    socket.close(ignored);
    std::exchange(parts, nullptr)->sessions.erase(shared_from_this());
  }

  Parts* parts;  ///< null once ended
  tcp::socket socket;
  beast::flat_buffer buffer;
  std::optional<http::request_parser<http::string_body>> parser;
  std::string response;
};

void Endpoint::Parts::accept(const std::shared_ptr<tcp::acceptor>& acceptor) {
  acceptor->async_accept([self = shared_from_this(), acceptor](const error_code& error, tcp::socket socket) {
    if (self->closed || error == boost::asio::error::operation_aborted) return;
    if (!error) {
      const auto session = std::make_shared<Session>(*self, std::move(socket));
      self->sessions.insert(session);
      session->begin();
    }
    self->accept(acceptor);
  });
}

Endpoint::Endpoint(boost::asio::io_context& io, Account account, std::uint64_t seed)
    : parts_(std::make_shared<Parts>(io, std::move(account), seed)) {}

Endpoint::~Endpoint() {
  parts_->closed = true;
  error_code ignored;
  for (const auto& acceptor : parts_->acceptors) acceptor->close(ignored);
  const auto sessions = parts_->sessions;
  for (const auto& session : sessions) session->end();
}

const Account& Endpoint::account() const { return parts_->account; }

void Endpoint::serve(int fd) {
  const auto acceptor = std::make_shared<tcp::acceptor>(parts_->io, tcp::v4(), fd);
  parts_->acceptors.push_back(acceptor);
  parts_->accept(acceptor);
}

}  // namespace plumbline::cloud
