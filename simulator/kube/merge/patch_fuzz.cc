#include "simulator/kube/store/patch.h"

// Input: a target, a line end, a patch.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace plumbline::kube;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  const Value target = *read_text(text.substr(0, end), nullptr, false).value;
  const Value patch = *read_text(text.substr(end + 1), nullptr, false).value;
  if (target.is_discarded() || patch.is_discarded()) return 0;
  for (const PatchType type : {PatchType::kJson, PatchType::kMerge, PatchType::kStrategic})
    (void)patched(target, type, patch);
  return 0;
}
