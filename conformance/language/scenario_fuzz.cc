// Any text is either plans or problems with a place; never a crash.
#include <cstdlib>
#include <string>

#include "conformance/language/scenario.h"

using namespace plumbline::conformance;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const Register kRules = [] {
    auto rules = Register::read(home() / "conformance/rules");
    return rules ? *rules : Register();
  }();
  plumbline::yaml::Problems problems;
  const auto plans =
      read_scenario_text(std::string(reinterpret_cast<const char*>(data), size), "fuzz.yaml", kRules, problems);
  if (plans.empty() == problems.empty()) std::abort();
  for (const Plan& plan : plans) to_json(plan).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return 0;
}
