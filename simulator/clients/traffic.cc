#include "simulator/clients/traffic.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <deque>
#include <future>
#include <thread>

#include "model/check.h"
#include "simulator/clients/response_reader.h"
#include "simulator/clients/user_socket.h"

namespace plumbline::clients {
namespace {

using Clock = std::chrono::steady_clock;

/// One user: at most one request under way.
struct User {
  enum class State { kIdle, kPausing, kConnecting, kSending, kReceiving, kDone };
  State state = State::kIdle;
  UserSocket socket;
  int connection = -1;  ///< number of its connection inside the window
  int n = -1;           ///< number of its request
  std::int64_t sent = 0;
  Clock::time_point until;  ///< its request's deadline, or the end of its pause
  std::string out;
  std::size_t out_sent = 0;
  ResponseReader reader;
};

/// False when the gateway has closed a kept connection meanwhile: nothing is lost by opening another.
bool quiet(const UserSocket& socket) {
  char byte;
  return ::recv(socket.fd(), &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN;
}

}  // namespace

class Traffic::Loop {
 public:
  explicit Loop(TrafficOptions options)
      : options_(std::move(options)),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    CHECK(options_.now_us != nullptr, "results carry the history's time");
    CHECK(options_.connections >= 1 && options_.connections <= kConnectionsMax, "the language checks the count");
    CHECK(epoll_.open() && wake_.open(), "descriptors for an event loop");
    const std::string host = !options_.host.empty()
                                 ? options_.host
                                 : options_.address + (options_.port == 80 ? "" : ":" + std::to_string(options_.port));
    before_id_ = options_.method + " " + options_.path + " HTTP/1.1\r\nHost: " + host + "\r\n";
    for (const auto& [name, value] : options_.headers)
      before_id_.append(name).append(": ").append(value).append("\r\n");
    before_id_ += std::string(wire::kRequestIdHeader) + ": ";
    const bool takes_body = options_.method == "POST" || options_.method == "PUT" || options_.method == "PATCH";
    after_id_ = takes_body ? "\r\nContent-Length: 0\r\n\r\n" : "\r\n\r\n";
  }
  ~Loop() {
    stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> start() {
    CHECK(!thread_.joinable(), "a window starts once");
    std::promise<Result<void>> entered;
    auto outcome = entered.get_future();
    thread_ = std::thread([this, &entered] {
      const Result<void> inside = enter_namespace(options_.network_namespace);
      const bool go = inside.has_value();
      entered.set_value(inside);
      if (go) run();
    });
    return outcome.get();
  }
  void stop() {
    stopping_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_.fd(), &one, sizeof one);
  }
  std::vector<wire::ClientResult> wait() {
    if (thread_.joinable()) thread_.join();
    return std::exchange(results_, {});
  }
  int ended() const { return ended_; }
  bool gave_up() const { return gave_up_; }

 private:
  void run() {
    begun_ = Clock::now();
    users_ = std::vector<User>(static_cast<std::size_t>(options_.connections));
    epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
    ::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, wake_.fd(), &event);
    if (!options_.span) results_.reserve(static_cast<std::size_t>(std::max(0, options_.requests)));
    running_ = users_.size();
    for (User& user : users_) next_request(user);
    while (running_ > 0) {
      std::array<epoll_event, 256> events;
      const int count = ::epoll_wait(epoll_.fd(), events.data(), static_cast<int>(events.size()), wait_ms());
      for (int i = 0; i < count; ++i) {
        if (events[static_cast<std::size_t>(i)].data.ptr == nullptr) {
          std::uint64_t ignored;
          [[maybe_unused]] const ssize_t got = ::read(wake_.fd(), &ignored, sizeof ignored);
        } else {
          proceed(*static_cast<User*>(events[static_cast<std::size_t>(i)].data.ptr));
        }
      }
      expire();
    }
  }

  int wait_ms() const {
    auto next = Clock::time_point::max();
    if (!deadlines_.empty()) next = deadlines_.front().at;
    if (!pauses_.empty()) next = std::min(next, pauses_.front().at);
    if (next == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
    return static_cast<int>(std::clamp<long>(left, 0, 1000));
  }

  bool may_send() const {
    if (stopping_ || gave_up_ || Clock::now() >= options_.until) return false;
    return options_.span ? Clock::now() - begun_ < *options_.span : next_n_ < options_.requests;
  }

  void next_request(User& user) {
    if (!may_send()) {
      user.socket.close();
      user.state = User::State::kDone;
      --running_;
      return;
    }
    user.n = next_n_++;
    user.sent = options_.now_us();
    user.until = Clock::now() + options_.timeout;
    deadlines_.push_back({user.until, &user, user.n});
    user.out.assign(before_id_).append(wire::to_string({options_.window, user.n})).append(after_id_);
    user.out_sent = 0;
    user.reader.begin(options_.method == "HEAD", ResponseReader::Keep::kNothing);
    if (user.socket.open() && !quiet(user.socket)) user.socket.close();
    if (user.socket.open()) {
      user.state = User::State::kSending;
      send(user);
      return;
    }
    user.connection = next_connection_++;
    int error = 0;
    user.socket = begin_connection(options_.address, options_.port, error);
    if (error != 0) {
      end(user, error_word(error));
      return;
    }
    user.state = User::State::kConnecting;
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &user}};
    ::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, user.socket.fd(), &event);
  }

  void proceed(User& user) {
    if (user.state == User::State::kConnecting) {
      if (const int error = connect_error(user.socket)) {
        end(user, error_word(error));
        return;
      }
      user.state = User::State::kSending;
    }
    if (user.state == User::State::kSending)
      send(user);
    else if (user.state == User::State::kReceiving)
      receive(user);
  }

  void send(User& user) {
    while (user.out_sent < user.out.size()) {
      const ssize_t sent =
          ::send(user.socket.fd(), user.out.data() + user.out_sent, user.out.size() - user.out_sent, MSG_NOSIGNAL);
      if (sent < 0) {
        if (errno == EAGAIN) return;
        end(user, error_word(errno));
        return;
      }
      user.out_sent += static_cast<std::size_t>(sent);
    }
    user.state = User::State::kReceiving;
  }

  void receive(User& user) {
    while (true) {
      const ssize_t got = ::recv(user.socket.fd(), scratch_.data(), scratch_.size(), 0);
      if (got < 0) {
        if (errno != EAGAIN) end(user, error_word(errno));
        return;
      }
      if (got == 0) {
        const bool whole = user.reader.finish() == ResponseReader::Progress::kComplete;
        end(user, whole ? "" : "closed");
        return;
      }
      const auto progress = user.reader.feed({scratch_.data(), static_cast<std::size_t>(got)});
      if (progress == ResponseReader::Progress::kIncomplete) continue;
      const bool whole = progress == ResponseReader::Progress::kComplete && user.reader.rest() == 0;
      end(user, whole ? "" : "malformed");
      return;
    }
  }

  void end(User& user, const std::string& error) {
    wire::ClientResult result;
    result.t = user.sent;
    result.t1 = options_.now_us();
    result.id = {options_.window, user.n};
    result.connection = user.connection;
    result.error = error;
    if (error.empty()) {
      result.status = user.reader.status();
      result.pod = header(user.reader.headers(), "X-Pod");
    }
    results_.push_back(std::move(result));
    ++ended_;
    if (error != "timeout") timeouts_in_a_row_ = 0;
    user.n = -1;
    if (!error.empty() || options_.fresh || !user.reader.persistent()) user.socket.close();
    if (error.empty()) {
      ready_.push_back(&user);
      if (!draining_) drain_ready();
    } else {
      user.state = User::State::kPausing;
      user.until = Clock::now() + kPauseAfterError;
      pauses_.push_back({user.until, &user, -1});
    }
  }

  // A loop instead of next_request() calling itself through end().
  void drain_ready() {
    draining_ = true;
    while (!ready_.empty()) {
      User& user = *ready_.front();
      ready_.pop_front();
      next_request(user);
    }
    draining_ = false;
  }

  void expire() {
    const auto now = Clock::now();
    while (!deadlines_.empty()) {
      const Due due = deadlines_.front();
      const bool over = due.user->n != due.n;
      if (!over && due.at > now) break;
      deadlines_.pop_front();
      if (over) continue;
      if (++timeouts_in_a_row_ == options_.patience) gave_up_ = true;
      end(*due.user, "timeout");
    }
    while (!pauses_.empty() && (pauses_.front().at <= now || stopping_ || gave_up_)) {
      User& user = *pauses_.front().user;
      pauses_.pop_front();
      next_request(user);
    }
  }

  /// Deadlines are all equally far away, so they stand in the order in which they fall.
  struct Due {
    Clock::time_point at;
    User* user;
    int n;
  };

  const TrafficOptions options_;
  UserSocket epoll_, wake_;
  std::string before_id_, after_id_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> ended_{0};
  std::atomic<bool> gave_up_{false};
  // Of the thread alone until it has ended:
  Clock::time_point begun_;
  std::vector<User> users_;
  std::size_t running_ = 0;
  int next_n_ = 0;
  int next_connection_ = 0;
  int timeouts_in_a_row_ = 0;
  std::deque<Due> deadlines_, pauses_;
  std::deque<User*> ready_;
  bool draining_ = false;
  std::vector<wire::ClientResult> results_;
  std::array<char, 65536> scratch_;
};

Traffic::Traffic(TrafficOptions options) : loop_(std::make_unique<Loop>(std::move(options))) {}
Traffic::~Traffic() = default;
Result<void> Traffic::start() { return loop_->start(); }
void Traffic::stop() { loop_->stop(); }
std::vector<wire::ClientResult> Traffic::wait() { return loop_->wait(); }
bool Traffic::gave_up() const { return loop_->gave_up(); }
int Traffic::ended() const { return loop_->ended(); }

}  // namespace plumbline::clients
