// Brings the data plane to what is configured and what the clusters have: collects changes and sends each worker only
// the services and routes that differ. Used on the control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "reference/core/admission/catalogue.h"
#include "reference/core/routing/dispatcher.h"
#include "reference/core/routing/publication.h"
#include "reference/core/selection/selection.h"

namespace plumbline::gateway {

class Publisher {
 public:
  using Apply = std::function<void(std::function<void(Dispatcher&)>)>;  ///< DataPlane::update
  using Views = std::function<std::vector<ClusterView>()>;              ///< the clusters that are followed

  /// Policies and `catalogue` must outlive the publisher.
  Publisher(const boost::asio::any_io_executor& executor, const Catalogue& catalogue, const SelectionPolicy& selection,
            const PublicationPolicy& publication, Views views, Apply apply);

  /// The tunnel was made, changed or removed.
  void tunnel_changed(const TunnelId& tunnel);
  /// Something changed in these namespaces of the cluster.
  void cluster_changed(const ClusterId& cluster, const std::set<std::string>& spaces);
  /// The API was made, changed, removed, released or unreleased.
  void api_changed(const ApiId& api);

  /// The nodes that the data plane was told last.
  const std::vector<ServiceNodes>& nodes(const TunnelId& tunnel) const;

 private:
  void schedule();
  void flush();
  void publish_tunnel(const TunnelId& tunnel, const std::vector<ClusterView>& views);
  void publish_api(const ApiId& api);

  boost::asio::steady_timer timer_;
  const Catalogue& catalogue_;
  const SelectionPolicy& selection_;
  const PublicationPolicy& publication_;
  Views views_;
  Apply apply_;
  bool scheduled_ = false;
  std::set<TunnelId> dirty_tunnels_;
  std::set<ApiId> dirty_apis_;
  std::map<TunnelId, std::vector<ServiceNodes>> nodes_;
  std::map<ApiId, Route> routes_;
};

}  // namespace plumbline::gateway
