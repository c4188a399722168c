#include "reference/mutants/reached.h"

#include <nlohmann/json.hpp>

namespace plumbline::gateway {

void Reached::operator()() const {
  if (told_.exchange(true, std::memory_order_relaxed)) return;
  notifier_.event({{"type", "mutant.reached"}, {"mutant", mutant_}});
}

}  // namespace plumbline::gateway
