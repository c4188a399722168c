// Any bytes are a descriptor or a list of mistakes, never a crash.
#include <cstddef>
#include <cstdint>
#include <string>

#include "conformance/contract/descriptor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto parsed = plumbline::conformance::parse_descriptor(text, "fuzz.yaml");
  if (!parsed && parsed.error().text.empty()) __builtin_trap();
  return 0;
}
