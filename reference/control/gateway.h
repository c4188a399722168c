// The gateway between `hello` and its end: what is configured, the clusters that are read, the data plane.
// Its members are the contract's operations in C++ values; each refuses with the Errors of core/admission.h,
// core/authorisation.h and core/catalogue.h, and changes nothing when it refuses. Control thread only; one operation at
// a time. Lives until the io_context has stopped.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reference/control/cloud_client.h"
#include "reference/control/cluster_link.h"
#include "reference/control/notifier.h"
#include "reference/control/policies.h"
#include "reference/control/publisher.h"
#include "reference/core/admission/catalogue.h"
#include "reference/core/routing/data_plane.h"
#include "wire/contract.h"

namespace plumbline::gateway {

struct ClusterStatus {
  Access access = Access::kRequired;
  std::string message;
};

class Gateway {
 public:
  Gateway(const boost::asio::any_io_executor& executor, const wire::Hello& hello, unsigned workers,
          const Policies& policies, const MakeDataPlane& make_data_plane, Notifier& notifier);

  /// Begins to listen. kUnavailable when the address is taken, kInvalidValue when hello names none.
  Result<void> start();
  void stop();

  boost::asio::awaitable<Result<TunnelId>> create_tunnel(PrincipalId as, Tunnel tunnel);
  boost::asio::awaitable<Result<void>> modify_tunnel(PrincipalId as, TunnelId id, Tunnel tunnel);
  Result<void> delete_tunnel(const TunnelId& id);
  /// What users are told of a tunnel. kNotFound.
  Result<Tunnel> describe_tunnel(const TunnelId& id) const;

  boost::asio::awaitable<Result<void>> authorize(PrincipalId as, ClusterId cluster);
  ClusterStatus describe_cluster(const ClusterId& cluster) const;

  Result<ApiServiceId> create_api_service(ApiService service);
  Result<void> delete_api_service(const ApiServiceId& id);
  Result<ApiId> create_api(Api api);
  Result<void> modify_api(const ApiId& id, Api api);
  Result<void> delete_api(const ApiId& id);
  /// Where users send requests of the API. kNotFound, kInvalidValue (environment).
  Result<std::string> release(const ApiId& id, const std::string& environment);
  Result<void> unrelease(const ApiId& id, const std::string& environment);

  const Catalogue& catalogue() const { return catalogue_; }
  const std::vector<ServiceNodes>& nodes(const TunnelId& tunnel) const { return publisher_.nodes(tunnel); }

 private:
  boost::asio::awaitable<Result<void>> admit(PrincipalId as, Tunnel& tunnel);
  boost::asio::awaitable<Result<void>> admit_cluster(wire::HelloPrincipal as, const Tunnel& tunnel, std::size_t row,
                                                     const std::vector<CloudVpc>& vpcs);
  Result<void> bindable(const Api& api) const;
  Result<wire::HelloPrincipal> principal(const PrincipalId& name) const;
  std::vector<RegionId> regions(const RegionId& first) const;
  boost::asio::awaitable<Result<std::optional<CloudCluster>>> locate(wire::HelloPrincipal as, RegionId first,
                                                                     ClusterId cluster);
  boost::asio::awaitable<Result<KubeAccess>> access_of(wire::HelloPrincipal as, RegionId region, ClusterId cluster);
  ClusterLink& link(const ClusterId& cluster);
  std::vector<ClusterView> views() const;

  boost::asio::any_io_executor executor_;
  wire::Hello hello_;
  std::vector<Instance> instances_;
  Policies policies_;
  Notifier& notifier_;
  Random random_;
  CloudClient cloud_;
  Catalogue catalogue_;
  std::unique_ptr<DataPlane> data_plane_;
  std::map<ClusterId, std::unique_ptr<ClusterLink>> links_;
  Publisher publisher_;
};

}  // namespace plumbline::gateway
