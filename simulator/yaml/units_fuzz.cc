// Any text is a quantity within its bounds, or none.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/check.h"
#include "simulator/yaml/units.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace plumbline::yaml;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto duration = duration_of(text);
  CHECK(!duration || (duration->count() >= 0 && *duration <= std::chrono::hours(24)), "a time is at most a day");
  const auto count = count_of(text);
  CHECK(!count || (*count >= 0 && *count <= 999'999'999), "a count has at most nine digits");
  const auto amount = bytes_of(text);
  CHECK(!amount || (*amount >= 0 && *amount <= std::int64_t{1} << 30), "bytes are at most 1 GiB");
  const auto percent = percent_of(text);
  CHECK(!percent || (*percent >= 0 && *percent <= 10), "a share is at most 1000 percent");
  CHECK(duration.has_value() + count.has_value() + amount.has_value() + percent.has_value() <= 1,
        "a text has one meaning");
  return 0;
}
