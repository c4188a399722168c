// A recording of a cluster on its way to who asked for it, over a Unix stream socket: lines until the other side shuts
// its half down, which ends the recording with its last line. Who reads too slowly gets a recording that is cut off.
// Runs on the world's thread; all members must be called there.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "simulator/kube/cluster.h"

namespace plumbline::world {

class RecordingFeed : public std::enable_shared_from_this<RecordingFeed> {
 public:
  /// Changes that may wait for the reader, in bytes; what was there at the beginning may take any room.
  static constexpr std::size_t kBacklogMax = 64u << 20;

  /// Takes `socket`, a connected Unix stream socket.
  static std::shared_ptr<RecordingFeed> start(boost::asio::io_context& io, kube::Cluster& cluster, int socket,
                                              std::size_t backlog_max = kBacklogMax);
  bool ended() const { return !socket_.is_open(); }
  /// The cluster ends: so does the recording, with its last line if the reader takes it by `deadline`.
  void stop(std::chrono::steady_clock::time_point deadline);

 private:
  RecordingFeed(boost::asio::io_context& io, int socket, std::size_t backlog_max);
  void take(const std::string& line);
  void await_end();
  void send();
  void await_room();
  void close();

  boost::asio::local::stream_protocol::socket socket_;
  std::unique_ptr<kube::RecordingWriter> recorder_;  ///< none when nothing more is to be recorded
  std::string waiting_, sending_;
  std::size_t sent_ = 0;  ///< of `sending_`
  const std::size_t backlog_max_;
  std::size_t limit_ = 0;  ///< of `waiting_`
  bool begun_ = false;     ///< false while lines may wait without limit
  bool awaits_room_ = false;
  char unused_ = 0;
};

}  // namespace plumbline::world
