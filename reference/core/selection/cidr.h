// A range of IPv4 addresses. Value type.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plumbline::gateway {

/// Dotted quad without leading zeros; nothing when `text` is anything else.
std::optional<std::uint32_t> parse_ipv4(std::string_view text);

class Cidr {
 public:
  /// "10.0.16.0/20"; nothing when `text` is anything else. Host bits are ignored.
  static std::optional<Cidr> parse(std::string_view text);
  /// False when `address` is no IPv4 address.
  bool contains(std::string_view address) const;
  friend bool operator==(const Cidr&, const Cidr&) = default;

 private:
  std::uint32_t base_ = 0;
  std::uint32_t mask_ = 0;
};

}  // namespace plumbline::gateway
