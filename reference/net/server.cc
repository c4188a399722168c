#include "reference/net/server.h"

#include <thread>
#include <vector>

#include "model/check.h"
#include "reference/net/worker.h"

namespace plumbline::gateway {

struct Server::Parts {
  ServerOptions options;
  std::uint16_t port = 0;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
};

Server::Server(const ServerOptions& options) : parts_(std::make_unique<Parts>()) {
  CHECK(options.workers > 0, "a server without workers serves nobody");
  parts_->options = options;
  for (unsigned index = 0; index < options.workers; ++index) {
    parts_->workers.push_back(std::make_unique<Worker>(parts_->options, index));
  }
}

Server::~Server() { stop(); }

Result<void> Server::start() {
  CHECK(parts_->threads.empty(), "a server is started once");
  std::uint16_t port = parts_->options.port;
  for (const auto& worker : parts_->workers) {
    const Result<std::uint16_t> bound = worker->listen(port);
    if (bound.has_error()) return bound.error();
    port = bound.value();
  }
  parts_->port = port;
  for (const auto& worker : parts_->workers) {
    parts_->threads.emplace_back([&target = *worker] { target.run(); });
  }
  return {};
}

std::uint16_t Server::port() const { return parts_->port; }

void Server::update(const std::function<void(Dispatcher&)>& change) {
  for (const auto& worker : parts_->workers) worker->update(change);
}

void Server::stop() {
  for (const auto& worker : parts_->workers) worker->stop();
  for (std::thread& thread : parts_->threads) thread.join();
  parts_->threads.clear();
}

}  // namespace plumbline::gateway
