// Any text: reading a World never crashes, and what has no problems can be checked again.
#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/check.h"
#include "simulator/world/spec_check.h"
#include "simulator/world/world_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  YAML::Node document;
  try {
    document = YAML::Load(std::string(reinterpret_cast<const char*>(bytes), size));
  } catch (const YAML::Exception&) {
    return 0;
  }
  const auto reading = plumbline::world::read_world(document, "/nowhere/fuzz.yaml");
  if (reading.problems.empty()) CHECK(plumbline::world::check(reading.spec).empty(), "read_world checks");
  return 0;
}
