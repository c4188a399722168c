// Faults as JSON: how histories keep them and how the command line hands them to a world that is up.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "simulator/kube/faults/api_fault.h"

namespace plumbline::kube {

/// {"is": "refuse", "code": 429, ...}: what is not said has its default. Times in milliseconds.
nlohmann::json to_json(const ApiFault& fault);
/// nullopt when it is not one that to_json() made, or makes no sense.
std::optional<ApiFault> fault_from_json(const nlohmann::json& json);

}  // namespace plumbline::kube
