// Bytes that were read and not used yet, contiguous. Grows up to what is asked for; used by one thread.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace plumbline::gateway {

class ByteBuffer {
 public:
  char* data() { return bytes_.data() + begin_; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  std::string_view view() const { return {bytes_.data() + begin_, size()}; }

  /// Room for at least `room` bytes behind the last; moves what is there, so views become invalid.
  char* prepare(std::size_t room) {
    if (empty()) begin_ = end_ = 0;
    if (bytes_.size() - end_ < room) {
      if (begin_ > 0) {
        std::memmove(bytes_.data(), bytes_.data() + begin_, size());
        end_ -= begin_;
        begin_ = 0;
      }
      if (bytes_.size() - end_ < room) bytes_.resize(end_ + room);
    }
    return bytes_.data() + end_;
  }
  /// `count` bytes were written behind the last.
  void commit(std::size_t count) { end_ += count; }
  void consume(std::size_t count) { begin_ += count; }
  void clear() { begin_ = end_ = 0; }

 private:
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace plumbline::gateway
