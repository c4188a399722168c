// Any text: reading a World never crashes, and what has no problems can be checked again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "model/check.h"
#include "simulator/world/spec_check.h"
#include "simulator/world/world_file.h"
#include "simulator/yaml/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace plumbline;
  const std::string file = "/nowhere/fuzz.yaml";
  yaml::Problems problems;
  std::vector<std::string> files;
  auto documents = yaml::read_yaml(std::string(reinterpret_cast<const char*>(bytes), size), file, problems);
  const auto spec =
      world::read_world(yaml::one_document(std::move(documents), file, "World", problems), problems, files);
  if (problems.empty()) CHECK(world::check(spec).empty(), "read_world checks");
  return 0;
}
