// Reads one HTTP/1.1 message after the other from a byte stream: llhttp without any leniency, plus what llhttp lets
// pass although a second reader might understand it differently (request smuggling): bare LF, obs-fold, white space
// before a colon, repeated Host, several codings, versions other than 1.0 and 1.1. No I/O; used by one thread.
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <string_view>

#include "reference/net/message.h"

namespace plumbline::gateway {

enum class HeadState { kIncomplete, kComplete, kMalformed, kTooLarge };

/// What one piece of the stream held of a body.
struct BodyPiece {
  std::string_view bytes;    ///< decoded; lies inside the piece that was given
  std::size_t consumed = 0;  ///< bytes of the stream used up; the rest belongs to the next message
  bool complete = false;     ///< the message has ended
  bool malformed = false;    ///< framing broken: nothing after `bytes` can be trusted
};

class MessageReader {
 public:
  enum class Side { kRequest, kResponse };
  explicit MessageReader(Side side);
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;

  /// Forgets everything; the next byte begins a message.
  void restart();

  /// Looks at the stream from the beginning of the message; call again with the same bytes and more after kIncomplete
  /// (work is linear in all). `limit` bounds the head, its final empty line included: kTooLarge beyond.
  /// After kComplete head() is valid and head_bytes() of the stream are used up.
  HeadState read_head(std::string_view stream, std::size_t limit);
  const MessageHead& head() const { return head_; }
  std::size_t head_bytes() const { return head_bytes_; }

  /// Says that the response has no body whatever its headers say (HEAD, 1xx, 204, 304). After read_head.
  void expect_no_body();

  /// Decodes what follows the head. Compacts decoded bytes in place, so `data` is written to.
  /// Call once with size 0 for a message without body: it reports `complete`.
  /// Chunk extensions are dropped, trailers too; trailers beyond `kTrailerBytesMax` are malformed.
  BodyPiece read_body(char* data, std::size_t size);
  /// The peer closed. True when that ends the message (kUntilClose), false when it cuts it.
  bool finish() const { return head_.framing == Framing::kUntilClose; }

  static constexpr std::size_t kTrailerBytesMax = std::size_t{16} * 1024;

 private:
  struct Hooks;  ///< llhttp's callbacks

  HeadState scan(std::string_view stream, std::size_t limit);
  bool take_head(std::string_view head);
  bool judge_headers();
  int trailer(std::size_t bytes);

  const Side side_;
  llhttp_t parser_;
  MessageHead head_;
  std::size_t scanned_ = 0;     ///< bytes that scan() has looked at
  std::size_t line_begin_ = 0;  ///< where the line that scan() is in begins
  std::size_t head_begin_ = 0;  ///< empty lines before the start line are skipped (RFC 9112 2.2)
  std::size_t head_bytes_ = 0;
  std::uint64_t left_ = 0;  ///< of a body with kLength
  bool in_body_ = false;
  // Of the read_body call that is running.
  char* compact_end_ = nullptr;
  bool message_complete_ = false;
  std::size_t trailer_bytes_ = 0;
  char last_byte_ = 0;  ///< of the piece before: a chunked message ends in CR LF, not in a bare LF
};

}  // namespace plumbline::gateway
