// A name of a field, kept once however many objects have it. Value type; thread-safe (names are counted atomically, the
// table of all names has a lock). Equal names are one node, so that comparing keys compares pointers.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace plumbline::kube {

class Key {
 public:
  explicit Key(std::string_view text);
  Key(const Key& other) noexcept : node_(other.node_) { node_->references.fetch_add(1, std::memory_order_relaxed); }
  Key(Key&& other) noexcept : node_(other.node_) { other.node_ = nullptr; }
  Key& operator=(Key other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Key() {
    if (node_ != nullptr) release(node_);
  }

  std::string_view view() const { return {node_->text, node_->size}; }
  std::size_t hash() const { return node_->hash; }
  friend bool operator==(const Key& left, const Key& right) { return left.node_ == right.node_; }

  /// Names known now; for tests of what is left over.
  static std::size_t known();

 private:
  struct Node {
    std::atomic<std::uint32_t> references;
    std::uint32_t size;
    std::size_t hash;
    char text[1];
  };
  struct Table;
  static Table& table();
  static void release(Node* node);

  Node* node_;
};

}  // namespace plumbline::kube
