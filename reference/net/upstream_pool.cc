#include "reference/net/upstream_pool.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace plumbline::gateway {

bool Upstream::quiet() {
  char byte;
  const ssize_t got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

std::unique_ptr<Upstream> UpstreamPool::take(std::string_view key) {
  const auto found = idle_.find(key);
  if (found == idle_.end() || found->second.empty()) return nullptr;
  std::unique_ptr<Upstream> taken = std::move(found->second.back());
  found->second.pop_back();
  if (found->second.empty()) idle_.erase(found);
  return taken;
}

void UpstreamPool::give(const std::string& key, std::unique_ptr<Upstream> connection, Moment now) {
  connection->used = true;
  connection->idle_since = now;
  auto& kept = idle_[key];
  if (kept.size() < idle_max_) kept.push_back(std::move(connection));
}

void UpstreamPool::close_idle(Moment oldest) {
  for (auto entry = idle_.begin(); entry != idle_.end();) {
    std::erase_if(entry->second, [&](const auto& connection) { return connection->idle_since < oldest; });
    entry = entry->second.empty() ? idle_.erase(entry) : std::next(entry);
  }
}

void UpstreamPool::keep_only(const std::function<bool(std::string_view)>& is_node) {
  std::erase_if(idle_, [&](const auto& entry) { return !is_node(entry.first); });
}

}  // namespace plumbline::gateway
