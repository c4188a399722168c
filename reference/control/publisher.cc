#include "reference/control/publisher.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>

namespace plumbline::gateway {

Publisher::Publisher(const boost::asio::any_io_executor& executor, const Catalogue& catalogue,
                     const SelectionPolicy& selection, const PublicationPolicy& publication, Views views, Apply apply)
    : timer_(executor),
      catalogue_(catalogue),
      selection_(selection),
      publication_(publication),
      views_(std::move(views)),
      apply_(std::move(apply)) {}

void Publisher::tunnel_changed(const TunnelId& tunnel) {
  dirty_tunnels_.insert(tunnel);
  for (const auto& [id, api] : catalogue_.apis()) {
    const auto served = catalogue_.served(id);
    if (served && served->tunnel == tunnel) dirty_apis_.insert(id);
  }
  schedule();
}

void Publisher::cluster_changed(const ClusterId& cluster, const std::set<std::string>& spaces) {
  for (const auto& [id, tunnel] : catalogue_.tunnels()) {
    const bool concerned = std::any_of(tunnel.services.begin(), tunnel.services.end(), [&](const TunnelService& row) {
      return std::any_of(spaces.begin(), spaces.end(),
                         [&](const std::string& space) { return selection_.concerns(row, cluster, space); });
    });
    if (concerned) dirty_tunnels_.insert(id);
  }
  if (!dirty_tunnels_.empty()) schedule();
}

void Publisher::api_changed(const ApiId& api) {
  dirty_apis_.insert(api);
  schedule();
}

const std::vector<ServiceNodes>& Publisher::nodes(const TunnelId& tunnel) const {
  static const std::vector<ServiceNodes> kNone;
  const auto found = nodes_.find(tunnel);
  return found == nodes_.end() ? kNone : found->second;
}

/// One flush takes all changes of this turn of the event loop together.
void Publisher::schedule() {
  if (scheduled_) return;
  scheduled_ = true;
  const auto delay = publication_.delay();
  if (delay.count() == 0) {
    boost::asio::post(timer_.get_executor(), [this] { flush(); });
    return;
  }
  timer_.expires_after(delay);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) flush();
  });
}

void Publisher::flush() {
  scheduled_ = false;
  const std::vector<ClusterView> views = views_();
  for (const TunnelId& tunnel : std::exchange(dirty_tunnels_, {})) publish_tunnel(tunnel, views);
  for (const ApiId& api : std::exchange(dirty_apis_, {})) publish_api(api);
}

void Publisher::publish_tunnel(const TunnelId& id, const std::vector<ClusterView>& views) {
  const Tunnel* tunnel = catalogue_.find(id);
  if (tunnel == nullptr) {
    if (nodes_.erase(id) > 0) apply_([id](Dispatcher& dispatcher) { dispatcher.drop_tunnel(id); });
    return;
  }
  std::vector<ServiceNodes> found;
  for (std::size_t row = 0; row < tunnel->services.size(); ++row) {
    const TunnelService& service = tunnel->services[row];
    const auto view = std::find_if(views.begin(), views.end(),
                                   [&](const ClusterView& each) { return each.id == service.service.cluster; });
    ServiceNodes nodes{row, service.weight, {}};
    if (view != views.end()) nodes.endpoints = selection_.nodes(service, *view, views);
    found.push_back(std::move(nodes));
  }
  found = publication_.services(*tunnel, std::move(found));

  auto& known = nodes_[id];
  const bool same_rows = std::equal(known.begin(), known.end(), found.begin(), found.end(),
                                    [](const auto& a, const auto& b) { return a.service_index == b.service_index; });
  std::vector<ServiceNodes> changed;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!same_rows || found[i] != known[i]) changed.push_back(found[i]);
  }
  known = std::move(found);
  if (changed.empty() && same_rows) return;
  const auto shared = std::make_shared<const std::vector<ServiceNodes>>(std::move(changed));
  apply_([id, same_rows, shared](Dispatcher& dispatcher) {  // shared by the workers, which only read it
    if (!same_rows) return dispatcher.set_nodes(id, *shared);
    for (const ServiceNodes& service : *shared) dispatcher.set_service(id, service);
  });
}

void Publisher::publish_api(const ApiId& id) {
  std::optional<Route> route;
  if (const auto api = catalogue_.served(id)) {
    if (const Tunnel* tunnel = catalogue_.find(api->tunnel)) route = publication_.route(id, *api, *tunnel);
  }
  const auto known = routes_.find(id);
  if (!route) {
    if (known == routes_.end()) return;
    routes_.erase(known);
    return apply_([id](Dispatcher& dispatcher) { dispatcher.drop_route(id); });
  }
  if (known != routes_.end() && known->second == *route) return;
  routes_.insert_or_assign(id, *route);
  apply_([route](Dispatcher& dispatcher) { dispatcher.put_route(*route); });
}

}  // namespace plumbline::gateway
