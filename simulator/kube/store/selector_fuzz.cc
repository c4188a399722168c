#include "simulator/kube/store/selector.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace plumbline::kube;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto selector = LabelSelector::parse(text)) (void)selector->matches({{"app", "web"}});
  (void)FieldSelector::parse(text, KindId::kPod);
  return 0;
}
