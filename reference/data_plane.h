// The data plane of the programs: net's Server behind the interface that the control side knows.
#pragma once

#include "reference/core/routing/data_plane.h"

namespace plumbline::gateway {

class RequestShaping;

/// `shaping` is nullptr but for mutants; it must outlive what is made.
MakeDataPlane served_by_net(const RequestShaping* shaping = nullptr);

}  // namespace plumbline::gateway
