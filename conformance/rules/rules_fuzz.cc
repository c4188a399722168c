// Any text is rules, or mistakes with their places; whichever file of the register it is.
#include <cstddef>
#include <cstdint>
#include <string>

#include "conformance/rules/rules.h"
#include "model/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace plumbline::conformance;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  for (const char* file : {"10-rules.yaml", "not-yet.yaml", "interpretations.yaml"}) {
    const auto rules = Register::parse({{file, text}});
    CHECK(rules || rules.error().text.starts_with(file), "a mistake has a place");
  }
  return 0;
}
