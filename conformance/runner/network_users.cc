#include "conformance/runner/network_users.h"

#include "conformance/runner/probe.h"
#include "simulator/clients/exchange.h"
#include "simulator/clients/response_reader.h"
#include "simulator/clients/traffic.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

constexpr std::size_t kResultsARecord = 5000;
/// A window that is ended by a step, or by the end of the plan, long before.
constexpr std::chrono::hours kUntilStopped{24};

class NetworkTraffic : public Traffic {
 public:
  NetworkTraffic(clients::TrafficOptions options, wire::HistorySink& sink)
      : traffic_(std::move(options)), sink_(sink) {}
  Result<void> start() { return traffic_.start(); }
  std::int64_t finish(bool now) override {
    if (now) traffic_.stop();
    const auto results = traffic_.wait();
    for (std::size_t at = 0; at < results.size(); at += kResultsARecord) {
      const auto begin = results.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = std::min(kResultsARecord, results.size() - at);
      sink_.write(wire::to_record(std::vector<wire::ClientResult>(begin, begin + static_cast<std::ptrdiff_t>(count))));
    }
    return static_cast<std::int64_t>(results.size());
  }
  bool gave_up() const override { return traffic_.gave_up(); }

 private:
  clients::Traffic traffic_;
  wire::HistorySink& sink_;
};

json to_json(const clients::ExchangeSent& sent) {
  return {{"method", sent.method},         {"target", sent.target},           {"headers", sent.headers},
          {"body_bytes", sent.body_bytes}, {"body_sha256", sent.body_sha256}, {"chunked", sent.chunked}};
}

json to_json(const clients::ExchangeReceived& received) {
  return {{"status", received.status},
          {"headers", received.headers},
          {"body_bytes", received.body_bytes},
          {"body_sha256", received.body_sha256},
          {"continued", received.continued}};
}

}  // namespace

struct NetworkUsers::Parts {
  int network_namespace;
  std::function<std::int64_t()> now_us;
  wire::HistorySink& sink;
  std::uint64_t seed;
  Prober prober;
};

NetworkUsers::NetworkUsers(int network_namespace, const std::function<std::int64_t()>& now_us, wire::HistorySink& sink,
                           std::uint64_t seed)
    : parts_(new Parts{network_namespace, now_us, sink, seed, Prober(network_namespace, now_us)}) {}

NetworkUsers::~NetworkUsers() = default;

Result<std::unique_ptr<Traffic>> NetworkUsers::start(const TrafficOrder& order) {
  clients::TrafficOptions options;
  options.network_namespace = parts_->network_namespace;
  options.address = order.to.address;
  options.port = order.to.port;
  options.host = order.to.host;
  options.window = order.window;
  options.method = order.method;
  options.path = order.target;
  for (const auto& header : order.headers) {
    // A request has one Host: the scenario's replaces the destination's.
    if (clients::same_name(header.first, "Host")) {
      options.host = header.second;
    } else {
      options.headers.push_back(header);
    }
  }
  options.requests = order.requests;
  options.span = order.span;
  if (!order.span && order.requests == 0) options.span = kUntilStopped;
  options.connections = order.connections;
  options.fresh = order.fresh;
  options.timeout = order.timeout;
  options.patience = order.patience;
  options.until = order.cut.at();
  options.now_us = parts_->now_us;
  auto traffic = std::make_unique<NetworkTraffic>(std::move(options), parts_->sink);
  if (const auto started = traffic->start(); !started) return started.error();
  return std::unique_ptr<Traffic>(std::move(traffic));
}

wire::ClientResult NetworkUsers::probe(const wire::RequestId& id, const Destination& to, const std::string& method,
                                       const std::string& target, Duration deadline) {
  return parts_->prober.probe(id, to, method, target, deadline);
}

std::vector<UserExchange> NetworkUsers::exchange(int window, const Destination& to,
                                                 const std::vector<ExchangeRequest>& requests, Duration timeout,
                                                 int patience, const Cutoff& cut) {
  clients::ExchangeTarget target;
  target.network_namespace = parts_->network_namespace;
  target.address = to.address;
  target.port = to.port;
  target.host = to.host;
  target.timeout = timeout;
  target.now_us = parts_->now_us;
  int timeouts_in_a_row = 0;
  std::vector<UserExchange> exchanges;
  for (const ExchangeRequest& wanted : requests) {
    clients::ExchangeRequest request;
    request.method = wanted.method;
    request.target = wanted.path;
    request.headers = wanted.headers;
    request.body = wanted.body;
    request.id = {window, static_cast<int>(exchanges.size())};
    if (wanted.body_bytes > 0) {
      const auto bytes = static_cast<std::size_t>(wanted.body_bytes);
      request.body = clients::seeded_bytes(parts_->seed + exchanges.size(), bytes);
    }
    request.chunked = wanted.chunked;
    request.expect_continue = wanted.expect_continue;
    const clients::ExchangeResult result = clients::exchange(target, request);
    UserExchange exchange;
    exchange.t = result.t;
    exchange.sent = to_json(result.sent);
    if (result.received.status != 0) exchange.received = to_json(result.received);
    exchange.error = result.error;
    timeouts_in_a_row = exchange.error == "timeout" ? timeouts_in_a_row + 1 : 0;
    exchanges.push_back(std::move(exchange));
    if (timeouts_in_a_row == patience || cut.passed()) break;
  }
  return exchanges;
}

}  // namespace plumbline::conformance
