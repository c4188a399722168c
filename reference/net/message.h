// The head of an HTTP/1.1 message, as views into the bytes it was read from. Value types; no I/O.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace plumbline::gateway {

struct HeaderLine {
  std::string_view name;
  std::string_view value;  ///< without surrounding white space
};

/// How the body's end is known (RFC 9112 6.3).
enum class Framing { kNone, kLength, kChunked, kUntilClose };

/// Views are valid as long as the bytes given to MessageReader::read_head stay where they are.
struct MessageHead {
  std::string_view method;  ///< requests
  std::string_view target;  ///< requests, as received
  int status = 0;           ///< responses
  std::string_view reason;  ///< responses
  int version_minor = 1;    ///< of HTTP/1.x
  std::vector<HeaderLine> headers;

  Framing framing = Framing::kNone;
  std::uint64_t length = 0;  ///< with kLength
  std::string_view host;     ///< value of the Host header; empty when there is none
  std::vector<std::string_view>
      named_by_connection;        ///< members of Connection: hop-by-hop header names (RFC 9110 7.6.1)
  bool persistent = true;         ///< the sender will keep the connection (RFC 9112 9.3)
  bool expects_continue = false;  ///< requests with Expect: 100-continue
};

/// ASCII comparison without regard to case, as header names need it.
bool same_token(std::string_view a, std::string_view b);

}  // namespace plumbline::gateway
