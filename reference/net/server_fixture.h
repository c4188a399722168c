// For tests: a running gateway between scripted peers.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "reference/net/scripted_peer.h"
#include "reference/net/server.h"

namespace plumbline::gateway {

/// A gateway with one API at / whose tunnel has the given Pods.
class ServerTest : public ::testing::Test {
 protected:
  ServerOptions options_ = [] {
    ServerOptions options;
    options.address = "127.0.0.1";
    options.port = 0;
    return options;
  }();
  Route route_ = [] {
    Route route;
    route.api = ApiId("api-1");
    route.tunnel = TunnelId("tunnel-1");
    return route;
  }();
  std::unique_ptr<Server> server_;

  static Endpoint node(const ScriptedListener& pod) {
    return {.key = pod.address() + "#" + std::to_string(pod.port()),
            .address = pod.address(),
            .port = pod.port(),
            .pod = {}};
  }
  void start(const std::vector<Endpoint>& nodes) {
    server_ = std::make_unique<Server>(options_);
    ASSERT_TRUE(server_->start().has_value());
    server_->update([route = route_](Dispatcher& dispatcher) { dispatcher.put_route(route); });
    set_nodes(nodes);
  }
  /// Returns when every worker has the nodes.
  void set_nodes(const std::vector<Endpoint>& nodes) {
    std::atomic<unsigned> left = options_.workers;
    std::promise<void> done;
    server_->update([&](Dispatcher& dispatcher) {
      dispatcher.set_nodes(route_.tunnel, {{.service_index = 0, .weight = {1}, .endpoints = nodes}});
      if (--left == 0) done.set_value();
    });
    done.get_future().wait();
  }
  ScriptedPeer user() { return ScriptedPeer::connect(server_->port()); }
};

inline constexpr std::string_view kGet = "GET /get HTTP/1.1\r\nHost: a.example\r\n\r\n";
inline constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace plumbline::gateway
