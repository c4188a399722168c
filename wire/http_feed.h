// Feeds one of Beast's HTTP parsers by hand. Beast's own operations do that, too, and are compiled anew for every
// stream, parser and handler (decision 0006). Pure; no sockets.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace plumbline::wire {

inline constexpr std::size_t kUnparsedBytesMax = std::size_t{1}
                                                 << 20;  ///< of what stands between chunks; heads have Beast's limit

/// Adds the first `size` bytes of what buffer.prepare() gave to the buffer, and parses as much of it as there is. What
/// stays in the buffer waits for more, or is another message. The parser must be eager and not done. Gives the parser's
/// errors, but for need_more, and buffer_overflow when it leaves too much.
template <class Parser>
boost::system::error_code feed(Parser& parser, boost::beast::flat_buffer& buffer, std::size_t size) {
  namespace http = boost::beast::http;
  constexpr std::size_t kLastChunkBytes = 5;  // "0\r\n\r\n"
  const bool more = buffer.size() > 0;
  buffer.commit(size);
  if (buffer.size() == 0) return {};
  // Beast 1.81 asserts these when it has seen the beginning of a last chunk. After a head nothing but the frame of
  // chunks is ever left, of which nothing is whole with less.
  if (more && parser.is_header_done() && buffer.size() < kLastChunkBytes) return {};
  boost::system::error_code error;
  buffer.consume(parser.put(buffer.data(), error));
  if (error == http::error::need_more) error = {};
  if (!error && !parser.is_done() && buffer.size() > kUnparsedBytesMax) error = http::error::buffer_overflow;
  return error;
}

}  // namespace plumbline::wire
