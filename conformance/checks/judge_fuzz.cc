// Any text is judged, or refused with the line that is wrong; never a crash.
#include <sstream>
#include <string>

#include "conformance/checks/judge.h"

using namespace plumbline::conformance;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  const auto history = load_history(in);
  if (history) to_json(judge(*history)).dump();
  return 0;
}
