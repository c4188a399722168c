// Any text is an address or range, which is written as it was read, or nothing.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/check.h"
#include "simulator/network/address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace plumbline::network;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto address = parse_address(text);
  CHECK(!address || address->str() == text, "an address has one form");
  const auto range = parse_range(text);
  CHECK(!range || range->str() == text, "a range has one form");
  if (!range) return 0;
  CHECK(range->holds(range->at(0)) && range->holds(range->at(range->size() - 1)), "a range holds its ends");
  CHECK(range->holds(*range) && range->overlaps(*range), "and itself");
  return 0;
}
