// A history that nobody keeps.
#pragma once

#include "wire/history.h"

namespace plumbline::wire {

/// Thread-safe.
class NoHistory : public HistorySink {
 public:
  void write(const nlohmann::json&) override {}
  bool wanted() const override { return false; }
};

}  // namespace plumbline::wire
