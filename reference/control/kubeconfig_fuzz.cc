// Any text is either an access that can be used or an error that names a field.
#include <cstddef>
#include <cstdint>

#include "model/check.h"
#include "reference/control/kubeconfig.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto access = plumbline::gateway::parse_kubeconfig({reinterpret_cast<const char*>(bytes), size});
  CHECK(!access || (!access->host.empty() && access->port != 0 && !access->ca_pem.empty()), "an access is complete");
  return 0;
}
