// One Pod (or trap) on the network: its listeners, its connections, its faults. What it answers is given to it.
// Runs on one io_context thread; all members must be called there.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "model/error.h"
#include "simulator/network/namespace.h"
#include "simulator/pods/answer.h"
#include "simulator/pods/fault.h"
#include "simulator/pods/journal.h"

namespace plumbline::pods {

class Connection;

/// What a server is in the world.
struct Role {
  std::string label;  ///< wire::Hit::pod
  std::function<Answer(const Request&, const Ends&)> answer;
  std::function<Answer(int status, std::string_view problem)> refuse;
};

/// A Pod that answers as `pod`.
Role pod_role(const Identity& pod);
/// A trap: answers 200 "trap". `label` is "trap:KIND:ADDRESS:PORT".
Role trap_role(const std::string& label);

class Server {
 public:
  /// `io`, `journal` and `space` must outlive it.
  Server(boost::asio::io_context& io, Journal& journal, const network::Namespace& space, Role role);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens on every port of `address`. kInUse, kUnavailable; then it listens nowhere.
  Result<void> open(network::Address address, const std::vector<std::uint16_t>& ports);

  /// kRefused closes listeners and connections; kSilentDrop lets nothing in, connections included; kStall, kReset and
  /// kSlow act on requests that are complete from now on. kNotReady and kUnreachable are not ours: Kubernetes and
  /// routes show them. Requires open() before. kInUse, kUnavailable when a listener cannot be opened again.
  Result<void> set_fault(Fault fault, std::chrono::milliseconds delay);

  /// Closes listeners and connections, at once. Requests without an answer are hits of status 0.
  void stop();

 private:
  friend class Connection;
  struct Door;

  Result<void> open_doors();
  static void accept(const std::shared_ptr<Door>& door);

  boost::asio::io_context& io_;
  Journal& journal_;
  const network::Namespace& space_;
  Role role_;
  network::Address address_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::shared_ptr<Door>> doors_;  ///< shared with their pending operations
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  Fault fault_ = Fault::kNone;
  std::chrono::milliseconds delay_{0};
};

}  // namespace plumbline::pods
