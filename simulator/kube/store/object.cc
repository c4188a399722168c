#include "simulator/kube/store/object.h"

#include <utility>

namespace plumbline::kube {

Object::Object(KindId kind, Json json, std::uint64_t resource_version, std::uint64_t created)
    : key_{kind, text_at(json, "metadata.namespace"), text_at(json, "metadata.name")},
      uid_(text_at(json, "metadata.uid")),
      resource_version_(resource_version),
      created_(created),
      labels_(labels_of(at(json, "metadata.labels"))),
      json_(std::move(json)),
      deleting_(at(json_, "metadata.deletionTimestamp").is_string()) {
  const Json& owners = at(json_, "metadata.ownerReferences");
  if (!owners.is_array()) return;
  for (const Json& owner : owners) {
    owners_.push_back(text_at(owner, "uid"));
    if (at(owner, "controller") == true) controller_ = owners_.back();
  }
}

const std::string& Object::bytes() const {
  if (bytes_.empty()) bytes_ = json_.dump(-1, ' ', false, Json::error_handler_t::replace);
  return bytes_;
}

const Json& at(const Json& json, std::string_view path) {
  static const Json kNothing;
  const Json* current = &json;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view step = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    if (!current->is_object()) return kNothing;
    const auto found = current->find(step);
    if (found == current->end()) return kNothing;
    current = &*found;
  }
  return *current;
}

std::string text_at(const Json& json, std::string_view path) {
  const Json& found = at(json, path);
  return found.is_string() ? found.get<std::string>() : std::string();
}

std::int64_t number_at(const Json& json, std::string_view path, std::int64_t fallback) {
  const Json& found = at(json, path);
  if (found.is_number_unsigned() && !std::in_range<std::int64_t>(found.get<std::uint64_t>())) return fallback;
  return found.is_number_integer() ? found.get<std::int64_t>() : fallback;
}

Labels labels_of(const Json& json) {
  Labels labels;
  if (!json.is_object()) return labels;
  for (const auto& [key, value] : json.items())
    if (value.is_string()) labels.emplace(key, value.get<std::string>());
  return labels;
}

}  // namespace plumbline::kube
