#include "conformance/runner/pod_set.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumbline::conformance {
namespace {

using nlohmann::json;

Labels labels_at(const json& object, const json::json_pointer& where) {
  Labels labels;
  if (!object.contains(where) || !object.at(where).is_object()) return labels;
  for (const auto& [key, value] : object.at(where).items()) {
    if (value.is_string()) labels[key] = value.get<std::string>();
  }
  return labels;
}

bool matches(std::string_view name, std::string_view pattern) {
  if (!pattern.ends_with('*')) return name == pattern;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

Result<std::vector<ChosenPod>> choose_pods(const PodSet& set, const Stage& stage) {
  const ObjectName& scope = set.service ? *set.service : set.pattern.value_or(ObjectName{});
  std::optional<Labels> selector;
  if (set.service) {
    const auto service = stage.get(*set.service, "Service");
    if (!service) return service.error();
    selector = labels_at(*service, "/spec/selector"_json_pointer);
    if (selector->empty()) {
      return Error{Reason::kNotFound, fmt::format("service {} has no selector: it chooses no Pods", set.service->str()),
                   "", set.service->str()};
    }
  }
  std::vector<ChosenPod> chosen;
  for (const json& pod : stage.list(scope.cluster, "Pod")) {
    const json& metadata = pod.at("metadata");
    const std::string name = metadata.value("name", "");
    const Labels labels = labels_at(metadata, "/labels"_json_pointer);
    if (metadata.value("namespace", "") != scope.space || metadata.contains("deletionTimestamp")) continue;
    if (set.pattern && !matches(name, set.pattern->name)) continue;
    if ((selector && !carries_all(labels, *selector)) || !carries_all(labels, set.labels)) continue;
    const ObjectName full{scope.cluster, scope.space, name};
    chosen.push_back({full, full.str() + "#" + metadata.value("uid", "")});
  }
  std::sort(chosen.begin(), chosen.end(), [](const ChosenPod& a, const ChosenPod& b) { return a.name < b.name; });
  if (set.count > 0 && chosen.size() > static_cast<std::size_t>(set.count)) {
    chosen.resize(static_cast<std::size_t>(set.count));
  }
  if (chosen.empty()) return Error{Reason::kNotFound, fmt::format("no Pod is in {}", scope.str()), "", scope.str()};
  return chosen;
}

}  // namespace plumbline::conformance
