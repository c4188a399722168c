#include "simulator/world/recording_feed.h"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "simulator/network/descriptor.h"

namespace plumbline::world {

std::shared_ptr<RecordingFeed> RecordingFeed::start(boost::asio::io_context& io, kube::Cluster& cluster, int socket,
                                                    std::size_t backlog_max) {
  std::shared_ptr<RecordingFeed> feed(new RecordingFeed(io, socket, backlog_max));
  feed->recorder_ = cluster.record([weak = std::weak_ptr(feed)](const std::string& line) {
    if (const auto alive = weak.lock()) alive->take(line);
  });
  feed->limit_ = feed->waiting_.size() + backlog_max;
  feed->begun_ = true;
  feed->await_end();
  feed->send();
  return feed;
}

RecordingFeed::RecordingFeed(boost::asio::io_context& io, int socket, std::size_t backlog_max)
    : socket_(io, boost::asio::local::stream_protocol(), socket), backlog_max_(backlog_max) {}

void RecordingFeed::take(const std::string& line) {
  waiting_ += line;
  waiting_ += '\n';
  if (!begun_) return;
  if (waiting_.size() > limit_) return close();
  send();
}

/// Nothing is ever sent this way: the first thing to read is the end.
void RecordingFeed::await_end() {
  socket_.async_read_some(boost::asio::buffer(&unused_, 1),
                          [self = shared_from_this()](const boost::system::error_code& end, std::size_t) {
                            if (!self->recorder_) return;
                            if (end != boost::asio::error::eof) return self->close();
                            self->recorder_->end();
                            self->recorder_.reset();
                            self->send();
                          });
}

void RecordingFeed::send() {
  if (!begun_ || awaits_room_ || !socket_.is_open()) return;
  for (;;) {
    if (sent_ == sending_.size()) {
      if (sending_.capacity() > backlog_max_) sending_ = {};  // what was there at the beginning
      sending_.clear();
      sent_ = 0;
      std::swap(sending_, waiting_);
      limit_ = backlog_max_;
      if (sending_.empty()) break;
    }
    const ssize_t count =
        ::send(socket_.native_handle(), sending_.data() + sent_, sending_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return await_room();
    if (count < 0) return close();
    sent_ += static_cast<std::size_t>(count);
  }
  if (!recorder_) close();
}

void RecordingFeed::await_room() {
  awaits_room_ = true;
  socket_.async_wait(boost::asio::socket_base::wait_write,
                     [self = shared_from_this()](const boost::system::error_code&) {
                       self->awaits_room_ = false;
                       self->send();
                     });
}

void RecordingFeed::stop(std::chrono::steady_clock::time_point deadline) {
  if (!socket_.is_open()) return;
  begun_ = false;  // what comes now waits
  if (recorder_) recorder_->end();
  recorder_.reset();
  const network::Descriptor last(socket_.release());
  const std::string rest = sending_.substr(sent_) + waiting_;
  std::size_t sent = 0;
  while (sent < rest.size()) {
    const ssize_t count = ::send(last.get(), rest.data() + sent, rest.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) sent += static_cast<std::size_t>(count);
    if (count > 0 || errno == EINTR) continue;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{last.get(), POLLOUT, 0};
    if (errno != EAGAIN || left.count() <= 0 || ::poll(&entry, 1, static_cast<int>(left.count())) <= 0) return;
  }
}

void RecordingFeed::close() {
  if (recorder_) {
    recorder_->stop();
    // The line that it tells now may be on the stack.
    boost::asio::post(socket_.get_executor(), [dying = std::shared_ptr(std::move(recorder_))] {});
  }
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace plumbline::world
