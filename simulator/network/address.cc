#include "simulator/network/address.h"

#include <fmt/format.h>

#include <charconv>

#include "model/check.h"

namespace plumbline::network {
namespace {

std::optional<unsigned> number(std::string_view text, unsigned largest) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || rest != end || value > largest) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

std::uint32_t mask(int prefix) { return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix); }

}  // namespace

std::string Address::str() const {
  return fmt::format("{}.{}.{}.{}", value >> 24, value >> 16 & 255, value >> 8 & 255, value & 255);
}

std::optional<Address> parse_address(std::string_view text) {
  std::uint32_t value = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (part == 3)) return std::nullopt;
    const auto byte = number(text.substr(0, dot), 255);
    if (!byte) return std::nullopt;
    value = value << 8 | *byte;
    if (part < 3) text.remove_prefix(dot + 1);
  }
  return Address{value};
}

std::string Range::str() const { return fmt::format("{}/{}", base.str(), prefix); }

std::uint32_t Range::size() const { return std::uint32_t{1} << (32 - prefix); }

bool Range::holds(Address address) const { return (address.value & mask(prefix)) == base.value; }

bool Range::holds(const Range& inner) const { return inner.prefix >= prefix && holds(inner.base); }

bool Range::overlaps(const Range& other) const { return holds(other.base) || other.holds(base); }

Address Range::at(std::uint32_t offset) const {
  CHECK(offset < size(), "the offset must lie inside the range");
  return Address{base.value + offset};
}

std::optional<Range> parse_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto base = parse_address(text.substr(0, slash));
  const auto prefix = number(text.substr(slash + 1), 32);
  if (!base || !prefix || *prefix == 0) return std::nullopt;
  const Range range{*base, static_cast<int>(*prefix)};
  if ((base->value & ~mask(range.prefix)) != 0) return std::nullopt;
  return range;
}

}  // namespace plumbline::network
