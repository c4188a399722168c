#include "simulator/kernel/random.h"

#include "model/check.h"

namespace plumbline::kernel {
namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input reaches every bit of the output.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed) : seed_(seed), state_(mix(seed + kGolden)) {}

Random Random::split(std::string_view name) const {
  std::uint64_t hash = seed_ ^ kGolden;
  for (const char letter : name) hash = mix(hash + static_cast<unsigned char>(letter) + kGolden);
  return Random(hash);
}

std::uint64_t Random::next() {
  state_ += kGolden;
  return mix(state_);
}

std::uint64_t Random::below(std::uint64_t bound) {
  CHECK(bound > 0, "an empty range has no member to choose");
  // Values below the threshold would make small results more likely than others.
  const std::uint64_t threshold = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t drawn = next();
    if (drawn >= threshold) return drawn % bound;
  }
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

}  // namespace plumbline::kernel
