#include "simulator/yaml/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "simulator/yaml/fields.h"

namespace plumbline::yaml {
namespace {

constexpr std::string_view kKinds[] = {"Scenario", "World", "Setup", "Candidate"};

}  // namespace

Value one_document(std::vector<Value> documents, const std::string& file, const std::string& kind, Problems& problems) {
  if (documents.size() != 1) {
    if (problems.empty()) problems.add({file, 0, 0}, fmt::format("one document of kind {} expected", kind));
    return {};
  }
  Value document = std::move(documents.front());
  if (!document.is_map()) {
    problems.add(document.place.file.empty() ? Place{file, 0, 0} : document.place,
                 fmt::format("a map of apiVersion, kind, metadata and spec expected, not {}", document.kind_name()));
    return {};
  }
  Fields fields(document, kind, problems);
  const std::string found = fields.text("kind", true);
  if (!found.empty() && found != kind) {
    fields.problem(fields.find("kind"), fmt::format("kind is {} here, not '{}'", kind, found));
    // Another of the house's own: all else in it would be strange, too.
    if (std::find(std::begin(kKinds), std::end(kKinds), found) != std::end(kKinds)) return {};
  }
  const std::string version = fields.text("apiVersion", true);
  if (!version.empty() && version != kApiVersion) {
    fields.problem(fields.find("apiVersion"), fmt::format("apiVersion is {}, not '{}'", kApiVersion, version));
  }
  fields.find("metadata", true);
  fields.find("spec", true);
  fields.finish();
  return document;
}

}  // namespace plumbline::yaml
