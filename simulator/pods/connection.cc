#include "simulator/pods/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace plumbline::pods {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(Server& server, tcp::socket socket, int port)
    : server_(&server), socket_(std::move(socket)), timer_(socket_.get_executor()) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  blank_.pod = server.role_.label;
  blank_.port = port;
  blank_.connection = server.journal_.next_connection();
  blank_.peer = socket_.remote_endpoint(ignored).address().to_string();
  own_ = socket_.local_endpoint(ignored).address().to_string();
}

void Connection::start() { read(); }

void Connection::stop() {
  if (server_ == nullptr) return;
  log(0);
  error_code ignored;
  timer_.cancel();
  socket_.close(ignored);
  const auto self = shared_from_this();
  std::exchange(server_, nullptr)->connections_.erase(self);
}

void Connection::set_deaf(bool deaf) {
  deaf ? network::drop_arrivals(socket_.native_handle()) : network::take_arrivals(socket_.native_handle());
}

void Connection::log(int status) {
  if (!unlogged_) return;
  unlogged_->status = status;
  Journal& journal = server_->journal_;
  if (journal.keeps(unlogged_->id.window)) {
    journal.add_exchange(*unlogged_, reader_.request(), status == 0 ? nullptr : &answer_, close_);
  }
  journal.add(*std::exchange(unlogged_, std::nullopt));
}

void Connection::read() {
  socket_.async_read_some(boost::asio::buffer(buffer_),
                          [self = shared_from_this()](const error_code& error, std::size_t count) {
                            if (self->server_ == nullptr) return;
                            if (error) return self->stop();
                            self->input_.append(self->buffer_.data(), count);
                            self->advance();
                          });
}

void Connection::advance() {
  for (;;) {
    input_.erase(0, reader_.feed(input_));
    if (reader_.state() != RequestReader::State::kHead && !unlogged_) {
      unlogged_ = blank_;
      unlogged_->t = server_->journal_.now_us();
      unlogged_->id = wire::parse_request_id(reader_.request().all(wire::kRequestIdHeader));
      unlogged_->host = reader_.request().all("Host", "\n");
    }
    switch (reader_.state()) {
      case RequestReader::State::kHead:
      case RequestReader::State::kBody:
        if (reader_.take_expectation() && server_->fault_ != Fault::kStall) {
          error_code error;
          socket_.write_some(boost::asio::buffer(kContinue), error);
        }
        return read();
      case RequestReader::State::kBad:
        return reject();
      case RequestReader::State::kDone:
        if (!handle()) return;
    }
  }
}

/// True when the next request may be read at once.
bool Connection::handle() {
  const Request& request = reader_.request();
  if (server_->fault_ == Fault::kReset) return reset(), false;
  if (server_->fault_ == Fault::kStall) return log(0), discard(), false;
  answer_ = server_->role_.answer(request, {blank_.peer, own_});
  close_ = !request.keeps_alive();
  const auto delay = answer_.delay + (server_->fault_ == Fault::kSlow ? server_->delay_ : std::chrono::milliseconds(0));
  if (delay.count() == 0) return deliver();
  timer_.expires_after(delay);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && self->server_ != nullptr && self->deliver()) self->advance();
  });
  return false;
}

bool Connection::deliver() {
  const Request& request = reader_.request();
  log(answer_.status);
  return send(serialize(answer_, request.minor, close_, request.method == "HEAD"));
}

/// True when all of it went out at once and the next request may be read.
bool Connection::send(std::string text) {
  error_code error;
  const std::size_t count = socket_.write_some(boost::asio::buffer(text), error);
  if (error && error != boost::asio::error::would_block) return stop(), false;
  if (count == text.size()) return finish();
  output_ = text.substr(count);
  boost::asio::async_write(socket_, boost::asio::buffer(output_),
                           [self = shared_from_this()](const error_code& failure, std::size_t) {
                             if (self->server_ == nullptr) return;
                             if (failure) return self->stop();
                             if (self->finish()) self->advance();
                           });
  return false;
}

bool Connection::finish() {
  if (close_) {
    // Everything is sent before the user hears of the end; what still arrives is not read.
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    return discard(), false;
  }
  reader_.next();
  return true;
}

void Connection::reject() {
  answer_ = server_->role_.refuse(reader_.status(), reader_.problem());
  close_ = true;
  log(answer_.status);
  input_.clear();
  send(serialize(answer_, reader_.request().minor, close_, false));
}

void Connection::discard() {
  socket_.async_read_some(boost::asio::buffer(buffer_),
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            if (self->server_ == nullptr) return;
                            if (error) return self->stop();
                            self->discard();
                          });
}

void Connection::reset() {
  error_code ignored;
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  stop();
}

}  // namespace plumbline::pods
