// IPv4 addresses as the judge reads them, with code of its own. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plumbline::conformance {

/// "10.0.16.1"; nullopt for anything else.
std::optional<std::uint32_t> parse_address(std::string_view text);

struct Cidr {
  std::uint32_t base = 0;
  std::uint32_t mask = 0;
  bool holds(std::uint32_t address) const { return (address & mask) == base; }
};
/// "10.0.0.0/16"; bits below the prefix are ignored. nullopt for anything else.
std::optional<Cidr> parse_cidr(std::string_view text);

}  // namespace plumbline::conformance
