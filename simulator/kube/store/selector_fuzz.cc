#include "simulator/kube/store/selector.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace plumbline::kube;
  static const Registry registry;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto selector = LabelSelector::parse(text)) {
    (void)selector->matches({{"app", "web"}, {"generation", "3"}});
    (void)selector->text();
  }
  for (const KindId kind : {KindId::kPod, KindId::kConfigMap}) (void)FieldSelector::parse(text, registry.kind(kind));
  return 0;
}
