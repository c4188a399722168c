// A name of a field, kept once however many objects have it. Value type; thread-safe (names are counted atomically, the
// table of all names has a lock). Equal names are one node, so that comparing keys compares pointers; beside the
// pointer stands a mark of the name, so that most keys that are not the one looked for are told without looking at
// their names.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace plumbline::kube {

class Key {
 public:
  explicit Key(std::string_view text);
  Key(const Key& other) noexcept : raw_(other.raw_) { node()->references.fetch_add(1, std::memory_order_relaxed); }
  Key(Key&& other) noexcept : raw_(other.raw_) { other.raw_ = 0; }
  Key& operator=(Key other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Key() {
    if (raw_ != 0) release(node());
  }

  // NOLINTBEGIN(clang-analyzer-core.*): it does not follow what set() made of the address
  std::string_view view() const { return {node()->text, node()->size}; }
  std::size_t hash() const { return node()->hash; }
  // NOLINTEND(clang-analyzer-core.*)
  friend bool operator==(const Key& left, const Key& right) { return left.raw_ == right.raw_; }

  /// Equal names have equal marks; of others, few have.
  static std::uint16_t mark_of(std::string_view text) {
    if (text.empty()) return 0;
    const auto letter = [&](std::size_t at) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at]));
    };
    const std::uint32_t letters = letter(0) + 31 * letter(text.size() - 1) + 7 * letter(text.size() / 2);
    return static_cast<std::uint16_t>((text.size() & 0xffU) << 8U | ((letters ^ letters >> 8U) & 0xffU));
  }
  std::uint16_t mark() const { return static_cast<std::uint16_t>(raw_ >> kMarkShift); }

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

  static constexpr unsigned kMarkShift = 48;  ///< addresses of processes have no more bits
  static constexpr std::uint64_t kAddress = (std::uint64_t{1} << kMarkShift) - 1;
  Node* node() const { return std::bit_cast<Node*>(raw_ & kAddress); }
  void set(Node* node, std::string_view text);

  std::uint64_t raw_;  ///< the node's address, and the mark above it
};

}  // namespace plumbline::kube
