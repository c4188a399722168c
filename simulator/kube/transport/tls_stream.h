// TLS on a connected socket that does not block. OpenSSL keeps no buffers between turns, so that thousands of idle
// connections cost little; within one it reads ahead. Not a reactor: whoever uses it waits for the socket.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/kube/access/authenticator.h"
#include "simulator/kube/access/certificates.h"

struct ssl_ctx_st;
struct ssl_st;

namespace plumbline::kube {

/// What the connections of one server have in common. Immutable after construction.
class TlsContext {
 public:
  /// `certificate` is the server's, `ca_pem` signs clients' certificates. Offers "h2" and "http/1.1".
  /// Throws std::runtime_error when OpenSSL refuses them (start-up).
  TlsContext(const Certificate& certificate, const std::string& ca_pem);

  ssl_ctx_st* get() const { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

enum class TlsStep {
  kDone,       ///< it went on; of read() and write(): the count is set
  kWantRead,   ///< once the socket is readable
  kWantWrite,  ///< once it is writable
  kEnd,        ///< the other side said that it is done
  kFailed,     ///< broken: nothing more may be read or written
};

/// Who the client says that it is, by its certificate.
struct TlsPeer {
  std::optional<User> user;
  bool bad_certificate = false;  ///< it has one that this server's authority did not sign
};

class TlsStream {
 public:
  /// `fd` does not block and stays the caller's. `context` must outlive this.
  TlsStream(const TlsContext& context, int fd);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  TlsStep handshake();
  /// To be called until kWantRead before the socket is waited for: more may have come than was asked for.
  TlsStep read(char* to, std::size_t size_max, std::size_t& count);
  /// One TLS record at most. What could not be written must be offered again, from its first byte; all that is offered
  /// should be written soon, as the kernel may hold back the beginning for the rest.
  TlsStep write(std::string_view bytes, std::size_t& count);
  /// Tells the other side that nothing more follows, if it can be told at once.
  void shut_down();

  /// After a handshake that failed: what came was HTTP in the clear.
  bool was_plain_http() const { return plain_http_; }

  // After the handshake.
  bool speaks_http2() const;
  TlsPeer peer() const;

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  TlsStep step_after(int result);

  /// What OpenSSL writes to and reads from.
  struct Socket {
    int fd;
    bool more = false;  ///< of what is written now, more follows at once
  };
  friend struct SocketBio;

  Socket socket_;
  std::unique_ptr<ssl_st, Free> ssl_;
  bool broken_ = false;
  bool plain_http_ = false;
};

}  // namespace plumbline::kube
