#include "reference/ports/random.h"

#include "model/check.h"

namespace plumbline::gateway {

Random::Random(std::uint64_t seed, std::string_view name) : state_(seed ^ 0xcbf29ce484222325u) {
  for (const char letter : name) state_ = (state_ ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;  // FNV-1a
}

std::uint64_t Random::next() {  // SplitMix64 (Steele, Lea, Flood 2014)
  state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

std::uint64_t Random::below(std::uint64_t bound) {
  CHECK(bound > 0, "there must be something to choose");
  return next() % bound;
}

}  // namespace plumbline::gateway
