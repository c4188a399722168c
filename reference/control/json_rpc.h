// JSON-RPC 2.0, one message a line, as the candidate contract has it. Codec only: no I/O.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace plumbline::gateway {

struct RpcRequest {
  nlohmann::json id;  ///< string or number; null and `is_notification` when the sender wants no answer
  bool is_notification = false;
  std::string method;
  nlohmann::json params = nlohmann::json::object();
};

/// A line that is no request that can be carried out, as the error to answer with.
struct RpcFault {
  nlohmann::json id;  ///< null when it could not be read
  int code = 0;       ///< wire::kParseErrorCode, kInvalidRequestCode or kInvalidParamsCode
  std::string message;
};

/// Batches are refused as invalid requests: the contract has one message a line.
std::variant<RpcRequest, RpcFault> parse_request(std::string_view line);

/// Each is one line without its newline. Text that is not UTF-8 is mended, never thrown at.
std::string response_line(const nlohmann::json& id, const nlohmann::json& result);
std::string error_line(const nlohmann::json& id, const nlohmann::json& error);
std::string fault_line(const RpcFault& fault);
std::string notification_line(std::string_view method, const nlohmann::json& params);

}  // namespace plumbline::gateway
