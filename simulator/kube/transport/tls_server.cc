#include "simulator/kube/transport/tls_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <optional>
#include <set>
#include <vector>

#include "simulator/kube/transport/event_pace.h"
#include "simulator/kube/transport/sockets.h"
#include "simulator/kube/transport/tls_stream.h"

namespace plumbline::kube {
namespace {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{200};
constexpr std::chrono::milliseconds kAcceptPause{50};
constexpr std::chrono::seconds kHandshakeTimeout{10};
constexpr std::chrono::seconds kIdleTimeout{90};
constexpr std::chrono::seconds kRequestTimeout{60};       // without one byte of the rest of a request
constexpr std::chrono::seconds kWriteTimeout{60};         // without one byte taken
constexpr std::chrono::seconds kLinger{1};                // for the other side to read the last words
constexpr std::size_t kReadMax = std::size_t{16} * 1024;  // a TLS record
constexpr std::size_t kWriteMax = std::size_t{128} * 1024;
constexpr int kRounds = 16;  // of reading or writing before others have their turn
constexpr std::string_view kPlainHttp =
    "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

}  // namespace

struct TlsServer::Shared : std::enable_shared_from_this<TlsServer::Shared> {
  class Connection;

  Shared(asio::io_context& io_, Handler handler_, const Certificate& certificate, const std::string& ca_pem,
         EventPace::Pause events_pause)
      : io(io_),
        handler(std::move(handler_)),
        own(certificate, ca_pem),
        authority(ca_pem),
        timer(io_),
        events(io_, events_pause),
        read_room(kReadMax) {}

  void accept(const std::shared_ptr<stream_descriptor>& listener);
  void stop();
  void start_ticking();

  asio::io_context& io;
  Handler handler;
  TlsContext own;
  std::string authority;
  std::optional<TlsContext> other;  ///< what is presented instead of its own
  bool resets = false;
  asio::steady_timer timer;
  bool ticking = false;
  EventPace events;
  std::vector<char> read_room;  ///< what is read or written passes through these, whosever it is
  std::string write_room;
  std::set<std::shared_ptr<stream_descriptor>> listeners;
  std::set<std::shared_ptr<Connection>> connections;
};

class TlsServer::Shared::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Shared> server, int fd)
      : server_(std::move(server)),
        socket_(server_->io, fd),
        tls_(server_->other ? *server_->other : server_->own, fd) {
    deadline_ = steady_clock::now() + kHandshakeTimeout;
  }

  void start() { shake_hands(); }
  void close() {
    state_ = State::kClosed;
    session_.reset();
    boost::system::error_code ignored;
    socket_.close(ignored);
  }
  /// Closes it so that the other side sees that it was cut.
  void reset() {
    reset_on_close(socket_.native_handle());
    close();
  }
  void tick(TimePoint now);

 private:
  enum class State { kHandshake, kTalking, kLingering, kClosed };

  void shake_hands();
  void talk();
  void read();
  void flush();
  void wait_readable();
  void wait_writable();
  void again();
  void soon();
  void say_farewell();
  void linger();
  void drop() {
    close();
    server_->connections.erase(shared_from_this());
  }

  std::shared_ptr<Shared> server_;
  stream_descriptor socket_;
  TlsStream tls_;
  State state_ = State::kHandshake;
  std::shared_ptr<Session> session_;
  std::string unsent_;                      ///< what the socket would not take
  bool reading_ = false, writing_ = false;  ///< the socket is waited for
  bool posted_ = false;                     ///< again() was called
  bool soon_ = false;                       ///< soon() was called
  bool unread_ = false;                     ///< there may be bytes that were left in the socket
  bool talking_ = false;                    ///< what is to be sent will be, at once
  bool ended_ = false;                      ///< the client sends nothing more
  TimePoint deadline_;                      ///< of the handshake, the lingering, or the bytes that are to be written
  TimePoint active_;                        ///< when something was last read or written
};

void TlsServer::Shared::Connection::wait_readable() {
  if (reading_) return;
  reading_ = true;
  socket_.async_wait(stream_descriptor::wait_read, [self = shared_from_this()](const boost::system::error_code&) {
    self->reading_ = false;
    switch (self->state_) {
      case State::kHandshake:
        return self->shake_hands();
      case State::kTalking:
        return self->talk();
      case State::kLingering:
        return self->linger();
      case State::kClosed:
        return;
    }
  });
}

void TlsServer::Shared::Connection::wait_writable() {
  if (writing_) return;
  writing_ = true;
  socket_.async_wait(stream_descriptor::wait_write, [self = shared_from_this()](const boost::system::error_code&) {
    self->writing_ = false;
    if (self->state_ == State::kHandshake) return self->shake_hands();
    if (self->state_ == State::kTalking) self->talk();
  });
}

/// Lets others have their turn first; many reasons to write make one.
void TlsServer::Shared::Connection::again() {
  soon_ = false;
  if (posted_ || state_ != State::kTalking) return;
  posted_ = true;
  asio::post(server_->io, [self = shared_from_this()] {
    self->posted_ = false;
    if (self->state_ != State::kTalking) return;
    if (self->unread_) return self->talk();
    self->flush();
  });
}

/// As again(), with the events that come meanwhile.
void TlsServer::Shared::Connection::soon() {
  if (posted_ || soon_ || state_ != State::kTalking) return;
  soon_ = true;
  server_->events.add([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->again();
  });
}

void TlsServer::Shared::Connection::shake_hands() {
  switch (tls_.handshake()) {
    case TlsStep::kWantRead:
      return wait_readable();
    case TlsStep::kWantWrite:
      return wait_writable();
    case TlsStep::kEnd:
      return drop();
    case TlsStep::kFailed:
      if (!tls_.was_plain_http()) return drop();
      ::send(socket_.native_handle(), kPlainHttp.data(), kPlainHttp.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      return say_farewell();
    case TlsStep::kDone:
      break;
  }
  const TlsPeer peer = tls_.peer();
  const auto server = server_.get();
  SessionContext context{
      [server](HttpRequest request, Respond respond) { server->handler(std::move(request), std::move(respond)); },
      peer.user,
      peer.bad_certificate,
      address_of_peer(socket_.native_handle()),
      [weak = weak_from_this()] {
        if (const auto self = weak.lock(); self && !self->talking_) self->again();
      },
      [weak = weak_from_this()] {
        if (const auto self = weak.lock(); self && !self->talking_) self->soon();
      },
      steady_clock::now};
  state_ = State::kTalking;
  session_ = tls_.speaks_http2() ? make_http2_session(std::move(context)) : make_http1_session(std::move(context));
  active_ = steady_clock::now();
  talk();
}

void TlsServer::Shared::Connection::talk() {
  talking_ = true;
  read();
  talking_ = false;
  if (state_ == State::kTalking) flush();
}

void TlsServer::Shared::Connection::read() {
  unread_ = true;
  for (int round = 0; !ended_ && session_->wants_input(); ++round) {
    if (round == kRounds) return again();
    std::size_t count = 0;
    switch (tls_.read(server_->read_room.data(), server_->read_room.size(), count)) {
      case TlsStep::kDone:
        active_ = steady_clock::now();
        session_->receive({server_->read_room.data(), count});
        break;
      case TlsStep::kWantRead:
        unread_ = false;
        return wait_readable();
      case TlsStep::kWantWrite:
        return wait_writable();
      case TlsStep::kEnd:
        unread_ = false;
        ended_ = true;
        session_->end_of_input();
        break;
      case TlsStep::kFailed:
        return drop();
    }
  }
}

void TlsServer::Shared::Connection::flush() {
  for (int round = 0;; ++round) {
    if (round == kRounds) return again();
    std::string& room = server_->write_room;
    std::string_view bytes = unsent_;
    if (bytes.empty()) {
      room.clear();
      session_->send(room, kWriteMax);
      bytes = room;
    }
    if (bytes.empty()) break;
    while (!bytes.empty()) {
      std::size_t count = 0;
      const TlsStep step = tls_.write(bytes, count);
      if (step == TlsStep::kDone) {
        bytes.remove_prefix(count);
        active_ = steady_clock::now();
        continue;
      }
      if (step != TlsStep::kWantWrite && step != TlsStep::kWantRead) return drop();
      if (bytes.size() != unsent_.size()) deadline_ = steady_clock::now() + kWriteTimeout;
      unsent_ = std::string(bytes);
      return step == TlsStep::kWantWrite ? wait_writable() : wait_readable();
    }
    unsent_ = {};
  }
  if (session_->finished()) return say_farewell();
  if (unread_ && !writing_ && session_->wants_input()) again();
}

/// Closing at once would take the last words from who still sends.
void TlsServer::Shared::Connection::say_farewell() {
  tls_.shut_down();
  ::shutdown(socket_.native_handle(), SHUT_WR);
  state_ = State::kLingering;
  session_.reset();
  deadline_ = steady_clock::now() + kLinger;
  if (ended_) return drop();
  linger();
}

void TlsServer::Shared::Connection::linger() {
  for (int round = 0; round < kRounds; ++round) {
    const ssize_t count = ::recv(socket_.native_handle(), server_->read_room.data(), server_->read_room.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return wait_readable();
    if (count <= 0) return drop();
  }
  wait_readable();
}

void TlsServer::Shared::Connection::tick(TimePoint now) {
  if (state_ == State::kClosed) return;
  if (state_ != State::kTalking || !unsent_.empty()) {
    if (now >= deadline_) drop();
    return;
  }
  session_->tick(now);
  if (session_->mid_request() && now - active_ >= kRequestTimeout) return drop();
  if (session_->idle() && now - active_ >= kIdleTimeout) {
    session_->retire();
    again();
  }
}

TlsServer::TlsServer(asio::io_context& io, Handler handler, const Certificate& certificate, const std::string& ca_pem,
                     EventPace::Pause events_pause)
    : shared_(std::make_shared<Shared>(io, std::move(handler), certificate, ca_pem, events_pause)) {}

TlsServer::~TlsServer() {
  shared_->stop();
  shared_->handler = [](const HttpRequest&, const Respond&) {};
}

void TlsServer::serve(int fd) {
  auto listener = std::make_shared<stream_descriptor>(shared_->io, fd);
  listener->non_blocking(true);
  shared_->listeners.insert(listener);
  shared_->accept(listener);
}

void TlsServer::stop() { shared_->stop(); }

void TlsServer::present(const Certificate* other) {
  shared_->other.reset();
  if (other != nullptr) shared_->other.emplace(*other, shared_->authority);
}

void TlsServer::reset_connections(bool reset) {
  shared_->resets = reset;
  if (reset) cut_connections();
}

void TlsServer::cut_connections() {
  const auto ending = std::move(shared_->connections);
  shared_->connections.clear();
  for (const auto& connection : ending) connection->reset();
}

void TlsServer::Shared::stop() {
  boost::system::error_code ignored;
  for (const auto& listener : listeners) listener->close(ignored);
  listeners.clear();
  const auto ending = std::move(connections);
  connections.clear();
  for (const auto& connection : ending) connection->close();
  timer.cancel();
}

void TlsServer::Shared::accept(const std::shared_ptr<stream_descriptor>& listener) {
  const auto later = [self = shared_from_this(), listener](const boost::system::error_code&) {
    if (listener->is_open()) self->accept(listener);
  };
  while (connections.size() < kConnectionsMax) {
    const int fd = ::accept4(listener->native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0 && resets) {
      reset_on_close(fd);
      ::close(fd);
      continue;
    }
    if (fd >= 0) {
      const int one = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      const auto connection = std::make_shared<Connection>(shared_from_this(), fd);
      connections.insert(connection);
      start_ticking();
      connection->start();
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN) return listener->async_wait(stream_descriptor::wait_read, later);
    break;
  }
  // Too many, or no more descriptors: the next ones wait.
  const auto pause = std::make_shared<asio::steady_timer>(io, kAcceptPause);
  pause->async_wait([pause, later](const boost::system::error_code& error) { later(error); });
}

void TlsServer::Shared::start_ticking() {
  if (std::exchange(ticking, true)) return;
  timer.expires_after(kTick);
  timer.async_wait([self = shared_from_this()](const boost::system::error_code&) {
    self->ticking = false;
    if (self->connections.empty()) return;
    const TimePoint now = steady_clock::now();
    const std::vector<std::shared_ptr<Connection>> all(self->connections.begin(), self->connections.end());
    for (const auto& connection : all) connection->tick(now);
    if (!self->connections.empty()) self->start_ticking();
  });
}

}  // namespace plumbline::kube
