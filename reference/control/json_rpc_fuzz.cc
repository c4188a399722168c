// Any line is either a request or a fault, and both can be answered with one line.
#include <cstddef>
#include <cstdint>

#include "model/check.h"
#include "reference/control/json_rpc.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace plumbline::gateway;
  const auto parsed = parse_request({reinterpret_cast<const char*>(bytes), size});
  const auto* fault = std::get_if<RpcFault>(&parsed);
  const std::string line = fault != nullptr
                               ? fault_line(*fault)
                               : response_line(std::get<RpcRequest>(parsed).id, std::get<RpcRequest>(parsed).params);
  CHECK(line.find('\n') == std::string::npos, "an answer is one line");
  return 0;
}
