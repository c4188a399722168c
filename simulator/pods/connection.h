// One connection to a Pod: reads requests, answers them in order, obeys the Pod's faults. Part of server.h.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "simulator/pods/server.h"

namespace plumbline::pods {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// `server` holds the connection until it ends or the server stops it.
  Connection(Server& server, boost::asio::ip::tcp::socket socket, int port);

  void start();
  /// Ends it now; the server forgets it.
  void stop();
  /// Lets nothing in any more, or again.
  void set_deaf(bool deaf);

 private:
  void read();
  void advance();
  bool handle();
  bool deliver();
  bool finish();
  void reject();
  void discard();
  void reset();
  bool send(std::string text);
  void log(int status);

  static constexpr std::size_t kReadBytes = std::size_t{16} * 1024;

  Server* server_;  ///< null once stopped
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::array<char, kReadBytes> buffer_;
  std::string input_;  ///< read, not yet taken by the reader
  std::string output_;
  RequestReader reader_;
  Answer answer_;
  bool close_ = false;
  std::optional<wire::Hit> unlogged_;  ///< of the request at hand
  wire::Hit blank_;                    ///< what all hits of this connection share
  std::string own_;                    ///< address that was dialled
};

}  // namespace plumbline::pods
