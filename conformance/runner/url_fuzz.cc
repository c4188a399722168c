// Any bytes are a URL with an address, or an error with a reason.
#include <cstddef>
#include <cstdint>

#include "conformance/runner/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto url = plumbline::conformance::parse_url(std::string_view(reinterpret_cast<const char*>(bytes), size));
  if (url ? url->address.empty() || url->port == 0 || url->path.empty() : url.error().text.empty()) __builtin_trap();
  return 0;
}
