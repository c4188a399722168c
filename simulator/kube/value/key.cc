#include "simulator/kube/value/key.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <new>
#include <vector>

#include "model/check.h"

namespace plumbline::kube {

/// Open hashing with chains in a vector of buckets; grows with the number of names.
struct Key::Table {
  std::mutex mutex;
  std::vector<std::vector<Node*>> buckets = std::vector<std::vector<Node*>>(4096);
  std::size_t count = 0;

  std::vector<Node*>& bucket(std::size_t hash) { return buckets[hash & (buckets.size() - 1)]; }

  void grow() {
    std::vector<std::vector<Node*>> wider(buckets.size() * 2);
    for (const auto& bucket : buckets) {
      for (Node* node : bucket) wider[node->hash & (wider.size() - 1)].push_back(node);
    }
    buckets.swap(wider);
  }
};

// Never destroyed: values of static storage may outlive any order of destruction.
Key::Table& Key::table() {
  static Table& kTable = *new Table;
  return kTable;
}

void Key::set(Node* node, std::string_view text) {
  static_assert(sizeof(Node*) == sizeof raw_);
  const auto address = reinterpret_cast<std::uint64_t>(node);
  CHECK((address & ~kAddress) == 0, "an address leaves room for a mark");
  raw_ = address | std::uint64_t{mark_of(text)} << kMarkShift;
}

Key::Key(std::string_view text) {
  const std::size_t hash = std::hash<std::string_view>{}(text);
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  auto& bucket = all.bucket(hash);
  for (Node* node : bucket) {
    if (node->hash != hash || std::string_view(node->text, node->size) != text) continue;
    node->references.fetch_add(1, std::memory_order_relaxed);
    set(node, text);
    return;
  }
  void* memory = std::malloc(sizeof(Node) + text.size());
  if (memory == nullptr) throw std::bad_alloc();
  auto* node = new (memory) Node{{1}, static_cast<std::uint32_t>(text.size()), hash, {}};
  std::copy(text.begin(), text.end(), node->text);
  set(node, text);
  bucket.push_back(node);
  if (++all.count > 2 * all.buckets.size()) all.grow();
}

// The last reference goes under the lock only, so that nobody finds a name that is being forgotten.
void Key::release(Node* node) {
  auto references = node->references.load(std::memory_order_relaxed);
  while (references > 1) {
    if (node->references.compare_exchange_weak(references, references - 1, std::memory_order_acq_rel)) return;
  }
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  if (node->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  auto& bucket = all.bucket(node->hash);
  *std::find(bucket.begin(), bucket.end(), node) = bucket.back();
  bucket.pop_back();
  --all.count;
  std::free(node);
}

std::size_t Key::known() {
  const std::lock_guard lock(table().mutex);
  return table().count;
}

}  // namespace plumbline::kube
