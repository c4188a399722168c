// IPv4 addresses and ranges as the simulated network uses them. Value types; no I/O.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumbline::network {

struct Address {
  std::uint32_t value = 0;  ///< host byte order
  friend auto operator<=>(const Address&, const Address&) = default;
  std::string str() const;
};

/// Dotted decimal, four parts, nothing else.
std::optional<Address> parse_address(std::string_view text);

/// A range such as 10.0.16.0/20; `base` has no bit outside the prefix.
struct Range {
  Address base;
  int prefix = 32;
  friend auto operator<=>(const Range&, const Range&) = default;
  std::string str() const;
  std::uint32_t size() const;
  bool holds(Address address) const;
  bool holds(const Range& inner) const;
  bool overlaps(const Range& other) const;
  /// The address `offset` after the base. Requires offset < size().
  Address at(std::uint32_t offset) const;
};

/// "10.0.16.0/20". Nothing when the text is not of that form, the prefix is not 1..32, or bits are set outside it.
std::optional<Range> parse_range(std::string_view text);

}  // namespace plumbline::network
