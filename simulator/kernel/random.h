// Seeded randomness, split by name: every part of a world draws from a stream of its own, so that one part drawing
// more does not change what another sees. Not for secrets. Thread-compatible; a value type.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace plumbline::kernel {

class Random {
 public:
  using result_type = std::uint64_t;

  explicit Random(std::uint64_t seed);

  /// A stream that depends on this stream's seed and `name` only, not on what was drawn so far.
  Random split(std::string_view name) const;
  /// The next 64 bits.
  std::uint64_t next();
  /// Uniform in [0, bound); requires bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double unit();

  // UniformRandomBitGenerator, for std::shuffle and distributions.
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()() { return next(); }

 private:
  std::uint64_t seed_;
  std::uint64_t state_;
};

}  // namespace plumbline::kernel
