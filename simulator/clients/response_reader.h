// Reads HTTP/1.1 responses from a byte stream for the simulated users. Stricter than most clients on purpose: what a
// strict reader could misunderstand is malformed. No I/O; used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumbline::clients {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// ASCII comparison without regard to case.
bool same_name(std::string_view a, std::string_view b);
/// Value of the first header of that name; "" when there is none.
std::string_view header(const Headers& headers, std::string_view name);

class ResponseReader {
 public:
  static constexpr std::size_t kHeadBytesMax = std::size_t{256} * 1024;
  static constexpr std::size_t kBodyBytesMax = std::size_t{256} * 1024 * 1024;

  enum class Progress { kIncomplete, kComplete, kMalformed };
  enum class Keep { kNothing, kEverything };

  /// Begins the response to the next request. `to_head`: it has no body. With Keep::kNothing the body is counted only.
  void begin(bool to_head, Keep keep);
  /// Takes bytes of the stream; after kComplete, `rest()` bytes at the end of `bytes` were not part of the response.
  Progress feed(std::string_view bytes);
  /// The peer closed the connection: kComplete when that ends the body, else kIncomplete.
  Progress finish();

  /// True as soon as one byte came since begin().
  bool begun() const { return begun_; }
  bool head_complete() const { return part_ != Part::kHead; }
  /// Of the final response; 0 before its head is complete.
  int status() const { return status_; }
  const std::string& reason() const { return reason_; }
  const Headers& headers() const { return headers_; }
  const std::string& body() const { return body_; }
  std::uint64_t body_bytes() const { return body_bytes_; }
  /// Status codes of 1xx responses that came before, in order.
  const std::vector<int>& interim() const { return interim_; }
  /// True when the connection can carry another request.
  bool persistent() const { return persistent_; }
  std::size_t rest() const { return rest_; }

 private:
  enum class Part { kHead, kLength, kUntilClose, kChunkSize, kChunkData, kChunkEnd, kTrailer, kComplete };

  bool take_head(std::string_view head);
  bool take_headers(std::string_view lines);
  bool choose_framing();
  bool take_chunk_size(std::string_view line);
  std::size_t take_body(std::string_view bytes);
  /// Moves one line without its CR LF into line_; false when it has not ended yet.
  bool take_line(std::string_view& bytes);

  Part part_ = Part::kHead;
  bool to_head_ = false;
  Keep keep_ = Keep::kNothing;
  bool begun_ = false;
  bool malformed_ = false;
  std::string head_;
  std::string line_;
  bool line_complete_ = false;
  std::uint64_t left_ = 0;
  int status_ = 0;
  int version_minor_ = 1;
  std::string reason_;
  Headers headers_;
  std::string body_;
  std::uint64_t body_bytes_ = 0;
  std::vector<int> interim_;
  bool persistent_ = false;
  std::size_t rest_ = 0;
};

}  // namespace plumbline::clients
