// Whoever answers the contract's methods. The gateway does (operations.h); controls of the suite may answer otherwise.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>
#include <string>

namespace plumbline::gateway {

/// A result, or an error object, of JSON-RPC.
struct Reply {
  nlohmann::json body;
  bool is_error = false;
};

/// Called on the control thread, one request at a time.
class Contract {
 public:
  virtual ~Contract() = default;
  virtual boost::asio::awaitable<Reply> call(std::string method, nlohmann::json params) = 0;
  /// True after `stop` was answered.
  virtual bool stopped() const = 0;
  /// Ends the data plane.
  virtual void shut_down() = 0;
};

}  // namespace plumbline::gateway
