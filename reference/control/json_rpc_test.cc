#include "reference/control/json_rpc.h"

#include <gtest/gtest.h>

#include "wire/contract.h"

namespace plumbline::gateway {
namespace {

/// Code of the fault that `line` gives; 0 when it is a request.
int fault_code(std::string_view line) {
  const auto parsed = parse_request(line);
  const auto* fault = std::get_if<RpcFault>(&parsed);
  return fault == nullptr ? 0 : fault->code;
}

TEST(JsonRpc, ReadsARequest) {
  const auto parsed = parse_request(R"({"jsonrpc":"2.0","id":"a","method":"status","params":{"x":1}})");
  ASSERT_TRUE(std::holds_alternative<RpcRequest>(parsed));
  const auto& request = std::get<RpcRequest>(parsed);
  EXPECT_EQ(request.id, "a");
  EXPECT_FALSE(request.is_notification);
  EXPECT_EQ(request.method, "status");
  EXPECT_EQ(request.params["x"], 1);
}

TEST(JsonRpc, WithoutIdItIsANotification) {
  const auto parsed = parse_request(R"({"jsonrpc":"2.0","method":"status"})");
  ASSERT_TRUE(std::holds_alternative<RpcRequest>(parsed));
  EXPECT_TRUE(std::get<RpcRequest>(parsed).is_notification);
  EXPECT_TRUE(std::get<RpcRequest>(parsed).params.is_object());
}

TEST(JsonRpc, SaysWhatIsWrong) {
  EXPECT_EQ(fault_code("{"), wire::kParseErrorCode);
  EXPECT_EQ(fault_code(""), wire::kParseErrorCode);
  EXPECT_EQ(fault_code("\"\xff\""), wire::kParseErrorCode);
  EXPECT_EQ(fault_code("[]"), wire::kInvalidRequestCode);
  EXPECT_EQ(fault_code(R"([{"jsonrpc":"2.0","id":1,"method":"status"}])"), wire::kInvalidRequestCode);
  EXPECT_EQ(fault_code(R"({"id":1,"method":"status"})"), wire::kInvalidRequestCode);
  EXPECT_EQ(fault_code(R"({"jsonrpc":"1.0","id":1,"method":"status"})"), wire::kInvalidRequestCode);
  EXPECT_EQ(fault_code(R"({"jsonrpc":"2.0","id":1,"method":7})"), wire::kInvalidRequestCode);
  EXPECT_EQ(fault_code(R"({"jsonrpc":"2.0","id":{},"method":"status"})"), wire::kInvalidRequestCode);
  EXPECT_EQ(fault_code(R"({"jsonrpc":"2.0","id":1,"method":"status","params":[]})"), wire::kInvalidParamsCode);
}

TEST(JsonRpc, ReadsUpToTheLimitOfNesting) {
  const auto nested = [](int depth) {
    const auto times = static_cast<std::size_t>(depth - 2);
    return R"({"jsonrpc":"2.0","method":"status","params":{"x":)" + std::string(times, '[') + std::string(times, ']') +
           "}}";
  };
  EXPECT_TRUE(std::holds_alternative<RpcRequest>(parse_request(nested(wire::kNestingMax))));
  EXPECT_EQ(fault_code(nested(wire::kNestingMax + 1)), wire::kParseErrorCode);
}

TEST(JsonRpc, AFaultCarriesTheIdWhenItCouldBeRead) {
  const auto parsed = parse_request(R"({"jsonrpc":"2.0","id":5})");
  ASSERT_TRUE(std::holds_alternative<RpcFault>(parsed));
  EXPECT_EQ(std::get<RpcFault>(parsed).id, 5);
  EXPECT_EQ(fault_line(std::get<RpcFault>(parsed)),
            R"({"error":{"code":-32600,"message":"method is not a string"},"id":5,"jsonrpc":"2.0"})");
}

TEST(JsonRpc, AnswersAreOneLineWhateverTheyHold) {
  const std::string line = response_line(1, {{"text", "a\nb \xff"}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

}  // namespace
}  // namespace plumbline::gateway
