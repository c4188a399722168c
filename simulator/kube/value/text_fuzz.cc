// JSON text: what is read is written and read again as the same; nothing crashes.
#include <cstdint>
#include <cstdlib>

#include "simulator/kube/value/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plumbline::kube;
  const Reading first = read_text({reinterpret_cast<const char*>(data), size});
  if (!first.value) return 0;
  const Reading again = read_text(to_text(*first.value));
  if (!again.value || !again.duplicates.empty() || *again.value != *first.value) std::abort();
  return 0;
}
