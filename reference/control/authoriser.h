// Carries out a Grant in one cluster: the steps go to its API server with the requester's rights.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "reference/control/kubeconfig.h"
#include "reference/core/admission/authorisation.h"
#include "reference/ports/random.h"

namespace plumbline::gateway {

/// The gateway's own rights in `cluster`, made with `requester_access`. kPermissionDenied, kUnavailable.
boost::asio::awaitable<Result<KubeAccess>> obtain_rights(boost::asio::any_io_executor executor, ClusterId cluster,
                                                         PrincipalId requester, KubeAccess requester_access,
                                                         Random& random);

}  // namespace plumbline::gateway
