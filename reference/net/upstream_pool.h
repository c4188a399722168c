// Idle connections to Pods, by endpoint key: a connection is never used for another Pod, even at the same address.
// Used by one worker's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reference/net/deadlines.h"
#include "reference/net/io.h"

namespace plumbline::gateway {

/// One connection to a Pod. `used` says that it carried a request before, so the Pod may have closed it meanwhile.
struct Upstream {
  explicit Upstream(const Executor& executor) : socket(executor) {}
  /// True when the Pod has neither closed the connection nor sent anything unasked.
  bool quiet();
  Socket socket;
  bool used = false;
  Moment idle_since{};
};

class UpstreamPool {
 public:
  explicit UpstreamPool(std::size_t idle_max) : idle_max_(idle_max) {}

  /// The connection of this endpoint that was used last, or nullptr.
  std::unique_ptr<Upstream> take(std::string_view key);
  /// Keeps the connection; closes it when the endpoint has `idle_max` already.
  void give(const std::string& key, std::unique_ptr<Upstream> connection, Moment now);
  /// Closes connections that have been idle since before `oldest`.
  void close_idle(Moment oldest);
  /// Closes the connections of every endpoint that `is_node` denies.
  void keep_only(const std::function<bool(std::string_view)>& is_node);
  void clear() { idle_.clear(); }
  bool empty() const { return idle_.empty(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  const std::size_t idle_max_;
  std::unordered_map<std::string, std::vector<std::unique_ptr<Upstream>>, Hash, std::equal_to<>> idle_;
};

}  // namespace plumbline::gateway
