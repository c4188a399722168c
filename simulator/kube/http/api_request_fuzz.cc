#include "simulator/kube/http/request.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace plumbline::kube;
  static const Registry registry;
  const Target target = parse_target(std::string_view(reinterpret_cast<const char*>(data), size), registry);
  HttpRequest request;
  request.method = "GET";
  (void)attributes_of(request, target);
  return 0;
}
