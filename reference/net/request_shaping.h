// The one seam of the data plane's bytes: what a gateway that forwards rightly never does.
// The reference runs without it (ServerOptions::shaping is nullptr: one predictable branch a request); mutants derive
// from it, override one member and count how often their wrong decision was reached. Every member as it stands here
// changes nothing, so an instance of this very class is the identity control.
//
// Where each member is called, in the order of a request's life:
//   answer()         the head is read and well-formed; before routing
//   target()         a route was found; `target` is what the reference would send
//   host()           the same; `host` is the Host header the reference would send
//   request_fields(), response_fields()  the head that goes out is written, but for the empty line at its end
//   request_body()   each piece of body on its way to the Pod     } only when reframes_bodies()
//   response_body()  each piece of body on its way to the client  }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumbline::gateway {

/// The request that a member is asked about. Views are valid during the call only.
struct ShapedRequest {
  std::string_view method;
  std::string_view target;       ///< path and query as the client sent them
  std::string_view host;         ///< the client's Host header
  std::uint64_t connection = 0;  ///< number of the client's connection
};

/// An answer that the gateway makes up by itself; no Pod is asked.
struct MadeUpAnswer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

/// Called on every worker's thread at once: overriding members must be thread-safe. Must outlive the server.
class RequestShaping {
 public:
  virtual ~RequestShaping() = default;

  /// An answer instead of forwarding; unset: go on.
  virtual std::optional<MadeUpAnswer> answer(const ShapedRequest&) const { return std::nullopt; }
  /// May rewrite the target that goes to the Pod. What it leaves must be a valid request target.
  virtual void target(const ShapedRequest&, std::string& /*target*/) const {}
  /// May rewrite the Host header that goes to the Pod.
  virtual void host(const ShapedRequest&, std::string& /*host*/) const {}

  /// May add fields, each with its CRLF, to the head that goes to the Pod, or back to the client.
  virtual void request_fields(std::string& /*head*/) const {}
  virtual void response_fields(std::string& /*head*/) const {}

  /// True: bodies that have a length are sent chunked in both directions, so that the two members below may change how
  /// many bytes there are and the message still ends where it says. False: they are never called.
  virtual bool reframes_bodies() const { return false; }
  /// May rewrite one piece of the body sent to the Pod. `offset` counts the bytes that came before it.
  virtual void request_body(std::string& /*piece*/, std::uint64_t /*offset*/) const {}
  /// May rewrite one piece of the body received from the Pod.
  virtual void response_body(std::string& /*piece*/, std::uint64_t /*offset*/) const {}
};

}  // namespace plumbline::gateway
