#include "reference/core/selection/cidr.h"

#include <charconv>

namespace plumbline::gateway {
namespace {

/// A decimal number without sign or leading zeros, at most `max`.
std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t max) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const auto dot = text.find('.');
    if ((dot == std::string_view::npos) != (part == 3)) return std::nullopt;
    const auto value = parse_number(text.substr(0, dot), 255);
    if (!value) return std::nullopt;
    address = address << 8 | *value;
    text.remove_prefix(part == 3 ? text.size() : dot + 1);
  }
  return address;
}

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto base = parse_ipv4(text.substr(0, slash));
  const auto bits = parse_number(text.substr(slash + 1), 32);
  if (!base || !bits) return std::nullopt;
  Cidr cidr;
  cidr.mask_ = *bits == 0 ? 0 : ~std::uint32_t{0} << (32 - *bits);
  cidr.base_ = *base & cidr.mask_;
  return cidr;
}

bool Cidr::contains(std::string_view address) const {
  const auto value = parse_ipv4(address);
  return value && (*value & mask_) == base_;
}

}  // namespace plumbline::gateway
