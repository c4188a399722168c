// What changes in a message's head on its way through the gateway (RFC 9110 7.6, RFC 9112 3.2, 7). Pure functions.
// Names, their case, values and order of end-to-end headers stay as they were received.
#pragma once

#include <string>
#include <string_view>

#include "reference/net/message.h"

namespace plumbline::gateway {

/// A request target taken apart. Views into the head.
struct Target {
  std::string_view authority;  ///< of an absolute-form target; it then stands for the Host header (RFC 9112 3.2.2)
  std::string_view path;       ///< "/" at least; "*" for OPTIONS *
  std::string_view query;      ///< with its "?"; empty when there is none
};

/// False when the target is none that a gateway serves: CONNECT, another scheme, user information, no leading slash.
[[nodiscard]] bool split_target(const MessageHead& request, Target& target);

/// True for methods that may be sent a second time when nothing was answered (RFC 9110 9.2.2).
bool idempotent(std::string_view method);

/// Appends the head that a Pod gets. `chunked`: the body is sent chunked whatever its framing was.
/// The client's address is appended to the last X-Forwarded-For.
void write_request_head(const MessageHead& request, std::string_view target, std::string_view host,
                        std::string_view client_address, bool chunked, std::string& out);

enum class Ending { kKeepAlive, kClose };

/// Appends the head that the client gets. `chunked` as above. With status 1xx and 204 no length is sent.
void write_response_head(const MessageHead& response, bool chunked, Ending ending, std::string& out);

/// Appends an answer of the gateway itself: {"message": "..."}; `message` holds nothing that JSON must escape.
/// `without_body`: to HEAD.
void write_own_answer(int status, std::string_view message, bool without_body, Ending ending, std::string& out);
/// The same with any body.
void write_own_answer(int status, std::string_view content_type, std::string_view body, bool without_body,
                      Ending ending, std::string& out);

}  // namespace plumbline::gateway
