// Addresses that a gateway must not use: ClusterIPs, NodePorts and CLB addresses of a cluster's Services. They accept,
// answer 200 "trap", and every request there is a hit of a Pod named "trap:KIND:ADDRESS:PORT".
// Follows the Services. Runs on the world's thread; all members must be called there.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "simulator/kube/cluster.h"
#include "simulator/pods/server.h"

namespace plumbline::world {

class Traps {
 public:
  /// Everything given by reference must outlive it.
  Traps(boost::asio::io_context& io, pods::Journal& journal, const network::Namespace& space,
        std::vector<network::Address> nodes)
      : io_(io), journal_(journal), space_(space), nodes_(std::move(nodes)) {}

  /// Sets and takes away traps after a change of a Service; other kinds are no business of ours.
  void follow(const kube::Change& change);
  /// "trap:KIND:ADDRESS:PORT" of those set now.
  std::vector<std::string> labels() const;

 private:
  boost::asio::io_context& io_;
  pods::Journal& journal_;
  const network::Namespace& space_;
  std::vector<network::Address> nodes_;
  /// By Service ("namespace/name"), then by label.
  std::map<std::string, std::map<std::string, std::unique_ptr<pods::Server>>> traps_;
};

}  // namespace plumbline::world
