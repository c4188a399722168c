#include "conformance/language/setup.h"

#include "conformance/language/step_reader.h"
#include "simulator/yaml/document.h"
#include "simulator/yaml/fields.h"

namespace plumbline::conformance {

namespace {

std::optional<std::vector<yaml::Value>> steps_of(std::vector<yaml::Value> documents, const std::string& file,
                                                 yaml::Problems& problems) {
  const yaml::Value document = yaml::one_document(std::move(documents), file, "Setup", problems);
  const yaml::Value* spec = document.find("spec");
  if (spec == nullptr) return std::nullopt;
  yaml::Fields fields(*spec, "spec", problems);
  std::vector<yaml::Value> steps;
  for (const yaml::Value* step : fields.list("steps", true)) steps.push_back(*step);
  fields.finish();
  return steps;
}

}  // namespace

std::optional<std::vector<yaml::Value>> read_setup(const std::string& file, const yaml::Place& from,
                                                   yaml::Problems& problems) {
  return steps_of(yaml::read_yaml_file(file, from, problems), file, problems);
}

std::size_t check_setup(std::vector<yaml::Value> documents, const std::string& file, yaml::Problems& problems) {
  const auto steps = steps_of(std::move(documents), file, problems);
  if (!steps) return 0;
  const world::WorldSpec nowhere;
  std::vector<std::string> files;
  StepReader reader(nowhere, problems, files);
  reader.miss({.world = true, .steps = false});
  for (const yaml::Value& step : *steps) (void)reader.read(step);
  return steps->size();
}

}  // namespace plumbline::conformance
