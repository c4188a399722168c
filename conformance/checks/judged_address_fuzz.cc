// Any text is an address or a range, or nothing; a range holds the address that it is written with.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "conformance/checks/address.h"
#include "model/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace plumbline::conformance;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  (void)parse_address(text);
  const auto range = parse_cidr(text);
  if (!range) return 0;
  const auto base = parse_address(text.substr(0, text.find('/')));
  CHECK(base && range->holds(*base), "a range holds the address that it is written with");
  return 0;
}
