// Any text is a range or nothing; a range contains an address exactly when their first bits are the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/check.h"
#include "reference/core/selection/cidr.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace plumbline::gateway;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::size_t space = text.find(' ');
  const std::string_view first = text.substr(0, space);
  const std::string_view second = space == std::string_view::npos ? first : text.substr(space + 1);
  (void)parse_ipv4(first);
  const auto range = Cidr::parse(first);
  if (!range) return 0;
  CHECK(range->contains(first.substr(0, first.find('/'))), "a range contains the address that it is written with");
  CHECK(!range->contains(second) || parse_ipv4(second), "what is contained is an address");
  return 0;
}
