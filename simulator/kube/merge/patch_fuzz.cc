#include "simulator/kube/merge/patch.h"
#include "simulator/kube/schema/builtin.h"
#include "simulator/kube/value/text.h"

// Input: a target, a line end, a patch.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace plumbline::kube;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  const auto target = read_text(text.substr(0, end)).value, patch = read_text(text.substr(end + 1)).value;
  if (!target || !patch) return 0;
  for (const PatchType format : {PatchType::kJson, PatchType::kMerge, PatchType::kStrategic}) {
    const auto result = patched(*target, format, *patch, builtin_type("Pod"));
    // What can be stored can be read again.
    if (result && !read_text(to_text(*result)).value) __builtin_trap();
  }
  return 0;
}
