#include "simulator/kube/http/protobuf.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  (void)plumbline::kube::decode_protobuf(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
