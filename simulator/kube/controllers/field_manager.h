// Under which name the controllers own what they write (metadata.managedFields): that of real clusters.
#pragma once

#include <string_view>

#include "simulator/kube/api/operations.h"

namespace plumbline::kube {

inline constexpr std::string_view kControllerManager = "kube-controller-manager";

inline WriteOptions as_controller() {
  WriteOptions options;
  options.manager = kControllerManager;
  return options;
}

}  // namespace plumbline::kube
