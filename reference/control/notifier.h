// What the gateway tells its user unasked: the contract's notifications. Implementations are thread-safe.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reference/ports/log.h"

namespace plumbline::gateway {

class Notifier : public Log {
 public:
  /// `event` has a member "type".
  virtual void event(const nlohmann::json& event) = 0;
};

}  // namespace plumbline::gateway
