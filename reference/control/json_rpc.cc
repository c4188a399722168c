#include "reference/control/json_rpc.h"

#include "wire/contract.h"

namespace plumbline::gateway {
namespace {

using nlohmann::json;

std::string dump(const json& message) { return message.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::variant<RpcRequest, RpcFault> parse_request(std::string_view line) {
  if (wire::nested_deeper_than(line, wire::kNestingMax)) {
    return RpcFault{nullptr, wire::kParseErrorCode, "nested too deeply"};
  }
  const json message = json::parse(line, nullptr, false);
  if (message.is_discarded()) return RpcFault{nullptr, wire::kParseErrorCode, "not JSON"};
  if (!message.is_object()) return RpcFault{nullptr, wire::kInvalidRequestCode, "not a request object"};

  RpcRequest request;
  const auto id = message.find("id");
  request.is_notification = id == message.end();
  if (!request.is_notification) {
    if (!id->is_string() && !id->is_number() && !id->is_null()) {
      return RpcFault{nullptr, wire::kInvalidRequestCode, "id is neither a string nor a number"};
    }
    request.id = *id;
  }
  const auto version = message.find("jsonrpc");
  if (version == message.end() || *version != "2.0") {
    return RpcFault{request.id, wire::kInvalidRequestCode, "jsonrpc is not \"2.0\""};
  }
  const auto method = message.find("method");
  if (method == message.end() || !method->is_string()) {
    return RpcFault{request.id, wire::kInvalidRequestCode, "method is not a string"};
  }
  request.method = method->get<std::string>();
  if (const auto params = message.find("params"); params != message.end()) {
    if (!params->is_object()) return RpcFault{request.id, wire::kInvalidParamsCode, "params is not an object"};
    request.params = *params;
  }
  return request;
}

std::string response_line(const json& id, const json& result) {
  return dump({{"jsonrpc", "2.0"}, {"id", id}, {"result", result}});
}

std::string error_line(const json& id, const json& error) {
  return dump({{"jsonrpc", "2.0"}, {"id", id}, {"error", error}});
}

std::string fault_line(const RpcFault& fault) {
  return error_line(fault.id, {{"code", fault.code}, {"message", fault.message}});
}

std::string notification_line(std::string_view method, const json& params) {
  return dump({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
}

}  // namespace plumbline::gateway
