// One write of up to four pieces: a head, and a piece of body that may be framed as a chunk (RFC 9112 7.1).
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace plumbline::gateway {

/// Refers to the bytes that it was given and to itself: neither moves nor outlives them.
class Gather {
 public:
  /// `last`: the body ends with `bytes`.
  Gather(std::string_view before, std::string_view bytes, bool chunked, bool last) {
    add(before);
    if (!chunked) {
      add(bytes);
      return;
    }
    if (!bytes.empty()) {
      const auto end =
          std::to_chars(size_line_.data(), size_line_.data() + size_line_.size() - 2, bytes.size(), 16).ptr;
      end[0] = '\r';
      end[1] = '\n';
      add({size_line_.data(), static_cast<std::size_t>(end + 2 - size_line_.data())});
      add(bytes);
      add(last ? "\r\n0\r\n\r\n" : "\r\n");
    } else if (last) {
      add("0\r\n\r\n");
    }
  }
  Gather(const Gather&) = delete;
  Gather& operator=(const Gather&) = delete;
  const std::array<boost::asio::const_buffer, 4>& buffers() const { return buffers_; }
  bool empty() const { return count_ == 0; }

 private:
  void add(std::string_view piece) {
    if (!piece.empty()) buffers_[count_++] = boost::asio::buffer(piece.data(), piece.size());
  }
  std::array<boost::asio::const_buffer, 4> buffers_;
  std::size_t count_ = 0;
  std::array<char, 20> size_line_;
};

}  // namespace plumbline::gateway
