// The ports that a Service's ports mean in one Pod. Pure functions.
#pragma once

#include <optional>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

/// On what lists the Pods of a Service without an address.
inline constexpr const char* kHeadlessLabel = "service.kubernetes.io/headless";

/// As Endpoints list them; ports whose name the Pod's containers do not know are left out.
Value endpoint_ports(const Value& service, const Value& pod);
/// As EndpointSlices list them: with a name, "" when it has none.
Value slice_ports(const Value& service, const Value& pod);

}  // namespace plumbline::kube
