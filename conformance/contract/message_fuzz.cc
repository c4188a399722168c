// Any bytes are a message or an invalid one with a reason, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "conformance/contract/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace plumbline::conformance;
  const auto message = parse_message(std::string_view(reinterpret_cast<const char*>(bytes), size));
  if (const auto* invalid = std::get_if<InvalidMessage>(&message); invalid && invalid->why.empty()) __builtin_trap();
  return 0;
}
