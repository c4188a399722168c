#include "reference/data_plane.h"

#include "reference/net/server.h"

namespace plumbline::gateway {
namespace {

class Served : public DataPlane {
 public:
  explicit Served(const ServerOptions& options) : server_(options) {}
  Result<void> start() override { return server_.start(); }
  std::uint16_t port() const override { return server_.port(); }
  void update(const std::function<void(Dispatcher&)>& change) override { server_.update(change); }
  void stop() override { server_.stop(); }

 private:
  Server server_;
};

}  // namespace

MakeDataPlane served_by_net(const RequestShaping* shaping) {
  return [shaping](const ListenOptions& listen) {
    ServerOptions options;
    options.address = listen.address;
    options.port = listen.port;
    options.workers = listen.workers;
    options.seed = listen.seed;
    options.shaping = shaping;
    return std::make_unique<Served>(options);
  };
}

}  // namespace plumbline::gateway
