// Hands out ClusterIPs, node ports and load-balancer addresses, and takes them back. Pure state; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace plumbline::kube {

/// A pool of IPv4 addresses in a CIDR; network and broadcast addresses are never handed out.
class AddressPool {
 public:
  /// `first` is the offset at which the search starts. A malformed CIDR makes an empty pool.
  explicit AddressPool(std::string_view cidr, std::uint32_t first = 1);
  /// The next free address; nullopt when the pool is exhausted.
  std::optional<std::string> take();
  /// False when `address` is outside of the pool, or taken.
  bool take(std::string_view address);
  void give_back(std::string_view address);
  bool contains(std::string_view address) const;

 private:
  std::uint32_t base_ = 0;
  std::uint32_t size_ = 0;
  std::uint32_t next_ = 1;
  std::set<std::uint32_t> taken_;
};

inline constexpr int kNodePortMin = 30000;
inline constexpr int kNodePortMax = 32767;

class NodePorts {
 public:
  std::optional<int> take();
  bool take(int port);
  void give_back(int port);

 private:
  int next_ = kNodePortMin;
  std::set<int> taken_;
};

}  // namespace plumbline::kube
