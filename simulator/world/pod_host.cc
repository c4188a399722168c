#include "simulator/world/pod_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>

namespace plumbline::world {
namespace {

using kube::Value;
using std::chrono::milliseconds;

std::string uid_of(const Value& pod) { return pod.at("metadata.uid").string(); }

pods::Identity identity_of(const ClusterId& cluster, const Value& pod) {
  const Value& metadata = pod["metadata"];
  return {cluster, metadata["namespace"].string(), metadata["name"].string(), metadata["uid"].string(),
          metadata["labels"]["version"].string()};
}

/// TCP ports of its containers; the port everybody assumes when none is written.
std::vector<std::uint16_t> ports_of(const Value& pod) {
  std::vector<std::uint16_t> ports;
  for (const Value& container : pod.at("spec.containers")) {
    for (const Value& port : container["ports"]) {
      const std::string_view protocol = port["protocol"].text();
      if (!protocol.empty() && protocol != "TCP") continue;
      const std::int64_t value = port["containerPort"].integer();
      if (value > 0 && value < 65536) ports.push_back(static_cast<std::uint16_t>(value));
    }
  }
  if (ports.empty()) ports.push_back(kPodPortDefault);
  std::sort(ports.begin(), ports.end());
  ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
  return ports;
}

Error no_such_pod(const std::string& uid) { return {Reason::kNotFound, "no Pod runs with uid " + uid, "", uid}; }

}  // namespace

struct PodHost::Running {
  explicit Running(boost::asio::io_context& io) : serving(io) {}
  network::Address address;
  std::unique_ptr<pods::Server> server;  ///< null for Pods beyond kAnsweringPodsMax
  pods::Fault fault = pods::Fault::kNone;
  milliseconds serve_on{0};
  bool told = false;
  boost::asio::steady_timer serving;
};

PodHost::PodHost(boost::asio::io_context& io, pods::Journal& journal, network::Fabric& fabric, const ClusterId& cluster,
                 VpcId vpc, const network::Range& addresses, std::size_t& answering)
    : io_(io),
      journal_(journal),
      fabric_(fabric),
      cluster_(cluster),
      vpc_(std::move(vpc)),
      addresses_(cluster.str(), addresses),
      answering_(answering) {}

PodHost::~PodHost() = default;

Result<std::string> PodHost::start(const Value& pod) {
  const auto address = addresses_.take();
  if (!address) return address.error();
  const pods::Identity identity = identity_of(cluster_, pod);
  auto running = std::make_unique<Running>(io_);
  running->address = *address;
  if (const auto span = parse_span(pod.at("metadata.annotations")[kServeOnAnnotation].string())) {
    running->serve_on = *span;
  }
  if (answering_ < kAnsweringPodsMax) {
    running->server = std::make_unique<pods::Server>(io_, journal_, fabric_.vpc(vpc_).space, pods::pod_role(identity));
    if (auto opened = running->server->open(*address, ports_of(pod)); !opened) {
      addresses_.give_back(*address);
      return opened.error();
    }
    ++answering_;
  }
  running_[identity.uid] = std::move(running);
  return address->str();
}

void PodHost::terminate(const Value& pod, std::chrono::seconds grace, std::function<void()> gone) {
  const std::string uid = uid_of(pod);
  const auto found = running_.find(uid);
  const milliseconds serve_on =
      found == running_.end() ? milliseconds(0) : std::min<milliseconds>(found->second->serve_on, grace);
  if (serve_on.count() == 0) {
    end(uid);
    boost::asio::post(io_, std::move(gone));
    return;
  }
  Running& running = *found->second;
  running.told = true;
  running.serving.expires_after(serve_on);
  running.serving.async_wait([this, uid, gone = std::move(gone)](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    end(uid);
    gone();
  });
}

void PodHost::remove(const Value& pod) { end(uid_of(pod)); }

void PodHost::end(const std::string& uid) {
  const auto found = running_.find(uid);
  if (found == running_.end()) return;
  if (found->second->fault == pods::Fault::kUnreachable) {
    // The address will be another Pod's; a route that cannot be taken back would make that one unreachable.
    (void)fabric_.set_unreachable(vpc_, found->second->address, false);
  }
  if (found->second->server) --answering_;
  addresses_.give_back(found->second->address);
  running_.erase(found);
}

Result<void> PodHost::set_fault(const std::string& uid, pods::Fault fault, milliseconds delay) {
  const auto found = running_.find(uid);
  if (found == running_.end()) return no_such_pod(uid);
  Running& running = *found->second;
  const bool cut = fault == pods::Fault::kUnreachable;
  if (cut != (running.fault == pods::Fault::kUnreachable)) {
    if (auto routed = fabric_.set_unreachable(vpc_, running.address, cut); !routed) return routed;
  }
  running.fault = fault;
  return running.server ? running.server->set_fault(fault, delay) : Result<void>();
}

pods::Fault PodHost::fault(const std::string& uid) const {
  const auto found = running_.find(uid);
  return found == running_.end() ? pods::Fault::kNone : found->second->fault;
}

bool PodHost::serves(const std::string& uid) const {
  const auto found = running_.find(uid);
  return found != running_.end() && !found->second->told;
}

Result<void> PodHost::set_serve_on(const std::string& uid, milliseconds span) {
  const auto found = running_.find(uid);
  if (found == running_.end()) return no_such_pod(uid);
  found->second->serve_on = span;
  return {};
}

std::optional<milliseconds> parse_span(const std::string& text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, count);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (failure != std::errc{} || count < 0 || count > 3'600'000) return std::nullopt;
  if (unit == "ms") return milliseconds(count);
  if (unit == "s") return std::chrono::seconds(count);
  return std::nullopt;
}

}  // namespace plumbline::world
