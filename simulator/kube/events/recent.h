// What was used last of many, by a text: the least recently used goes when there are too many. One thread.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace plumbline::kube {

template <class Item>
class Recent {
 public:
  explicit Recent(std::size_t most) : most_(most) {}

  /// The item of that key; a fresh one, made of nothing, when there is none. Good until the next call.
  Item& of(std::string_view key) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return found->second->second;
    }
    if (by_key_.size() >= most_) {
      by_key_.erase(order_.back().first);
      order_.pop_back();
    }
    order_.emplace_front(std::string(key), Item{});
    by_key_.emplace(order_.front().first, order_.begin());
    return order_.front().second;
  }
  std::size_t size() const { return by_key_.size(); }

 private:
  using Order = std::list<std::pair<std::string, Item>>;
  std::size_t most_;
  Order order_;  ///< the last used first
  std::unordered_map<std::string_view, typename Order::iterator> by_key_;
};

}  // namespace plumbline::kube
