// The cloud's endpoint: HTTP around Actions. POST / with X-TC-* headers; always 200 and exactly
// `Content-Type: application/json`, because SDKs lose the code otherwise. Runs on one io_context thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>

#include "simulator/cloud/account.h"

namespace plumbline::cloud {

inline constexpr std::size_t kRequestBytesMax = std::size_t{1024} * 1024;

class Endpoint {
 public:
  /// `io` must outlive it; connections end with it. `seed` makes the RequestIds.
  Endpoint(boost::asio::io_context& io, Account account, std::uint64_t seed);
  ~Endpoint();

  const Account& account() const;
  /// Serves on a socket that is bound and listening already; takes ownership. May be called for several.
  void serve(int fd);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;  ///< shared with pending operations
};

}  // namespace plumbline::cloud
