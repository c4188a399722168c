#include "simulator/kube/api/service_addresses.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace plumbline::kube {
namespace {

std::optional<std::uint32_t> parse_address(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    std::uint32_t octet = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), octet);
    if (error != std::errc{} || octet > 255) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (part < 3) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    address = (address << 8) | octet;
  }
  return text.empty() ? std::optional(address) : std::nullopt;
}

std::string write_address(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, (address >> 16) & 255, (address >> 8) & 255, address & 255);
}

}  // namespace

AddressPool::AddressPool(std::string_view cidr, std::uint32_t first) {
  const std::size_t slash = cidr.find('/');
  if (slash == std::string_view::npos) return;
  const auto base = parse_address(cidr.substr(0, slash));
  unsigned prefix = 0;
  const std::string_view digits = cidr.substr(slash + 1);
  const auto [_, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (!base || error != std::errc{} || prefix < 8 || prefix > 30) return;
  size_ = 1U << (32 - prefix);
  base_ = *base & ~(size_ - 1);
  next_ = 1 + (first - 1) % (size_ - 2);
}

std::optional<std::string> AddressPool::take() {
  if (size_ == 0 || taken_.size() + 2 >= size_) return std::nullopt;
  while (taken_.contains(base_ + next_)) next_ = next_ + 2 < size_ ? next_ + 1 : 1;
  taken_.insert(base_ + next_);
  const std::string address = write_address(base_ + next_);
  next_ = next_ + 2 < size_ ? next_ + 1 : 1;
  return address;
}

bool AddressPool::take(std::string_view address) {
  return contains(address) && taken_.insert(*parse_address(address)).second;
}

void AddressPool::give_back(std::string_view address) {
  if (const auto parsed = parse_address(address)) taken_.erase(*parsed);
}

bool AddressPool::contains(std::string_view address) const {
  const auto parsed = parse_address(address);
  return parsed && *parsed > base_ && *parsed - base_ + 1 < size_;
}

std::optional<int> NodePorts::take() {
  constexpr std::size_t kCount = kNodePortMax - kNodePortMin + 1;
  if (taken_.size() >= kCount) return std::nullopt;
  while (taken_.contains(next_)) next_ = next_ == kNodePortMax ? kNodePortMin : next_ + 1;
  taken_.insert(next_);
  return next_;
}

bool NodePorts::take(int port) { return port >= kNodePortMin && port <= kNodePortMax && taken_.insert(port).second; }

void NodePorts::give_back(int port) { taken_.erase(port); }

}  // namespace plumbline::kube
