// The cloud's control API as the gateway uses it: clusters, VPCs, kubeconfigs (TKE 2018-05-25, VPC 2017-03-12).
// Calls carry the principal's id; they are not signed yet. Used on one executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "reference/control/http_connection.h"
#include "reference/core/admission/cloud_objects.h"
#include "wire/contract.h"

namespace plumbline::gateway {

class CloudClient {
 public:
  static constexpr std::chrono::milliseconds kTimeout{3000};  ///< one call

  /// `endpoint`: "http://address" or "http://address:port".
  CloudClient(boost::asio::any_io_executor executor, std::string endpoint);

  /// The cluster in `region`; nothing when the region has none of that name. kUnavailable, kPermissionDenied.
  boost::asio::awaitable<Result<std::optional<CloudCluster>>> cluster(const wire::HelloPrincipal& as, RegionId region,
                                                                      ClusterId cluster);
  /// All VPCs of the region; nothing when the cloud does not offer the call.
  boost::asio::awaitable<Result<std::optional<std::vector<CloudVpc>>>> vpcs(const wire::HelloPrincipal& as,
                                                                            RegionId region);
  /// The principal's kubeconfig for the cluster (intranet).
  boost::asio::awaitable<Result<std::string>> kubeconfig(const wire::HelloPrincipal& as, RegionId region,
                                                         ClusterId cluster);

 private:
  struct Call {
    const wire::HelloPrincipal& as;
    std::string_view service, version, action;
    RegionId region;
  };
  struct Response;
  /// `Response` of the envelope. Error: `object` is the cloud's code.
  boost::asio::awaitable<Result<Response>> call(const Call& call, const nlohmann::json& parameters);

  boost::asio::any_io_executor executor_;
  std::string endpoint_;
};

}  // namespace plumbline::gateway
