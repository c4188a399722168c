// What all policy mutants share: the place where they tell that their wrong decision was made.
#pragma once

#include <memory>
#include <utility>

#include "reference/mutants/mutant.h"

namespace plumbline::gateway {

template <class Policy>
class PolicyMutant : public Policy {
 public:
  explicit PolicyMutant(const Reached& reached) : reached_(reached) {}

 protected:
  void reached() const { reached_(); }

 private:
  const Reached& reached_;
};

/// A swap that puts a Wrong in the place of the assembly's `part`.
template <class Wrong, class Policy>
std::function<void(Assembly&)> swap_in(std::unique_ptr<Policy> Assembly::*part) {
  return [part](Assembly& assembly) { assembly.*part = std::make_unique<Wrong>(assembly.reached); };
}

}  // namespace plumbline::gateway
