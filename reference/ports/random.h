// Seeded choices for the core. One stream a use, split by name, so that adding a use changes no other.
// Value type; not thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace plumbline::gateway {

class Random {
 public:
  /// The stream `name` of `seed`. The same pair always gives the same numbers.
  Random(std::uint64_t seed, std::string_view name);
  std::uint64_t next();
  /// Uniform in [0, bound); requires bound > 0.
  std::uint64_t below(std::uint64_t bound);

 private:
  std::uint64_t state_;
};

}  // namespace plumbline::gateway
