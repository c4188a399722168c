#include "conformance/runner/pod_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/counted.h"
#include "model/nearest.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

constexpr std::size_t kNamedMax = 8;  ///< names and labels in a message; more are counted

/// A Pod that is there and not terminating.
struct PresentPod {
  ChosenPod pod;
  Labels labels;
};

Labels labels_at(const json& object, const json::json_pointer& where) {
  Labels labels;
  if (!object.contains(where) || !object.at(where).is_object()) return labels;
  for (const auto& [key, value] : object.at(where).items()) {
    if (value.is_string()) labels[key] = value.get<std::string>();
  }
  return labels;
}

bool has_name(std::string_view name, std::string_view pattern) {
  if (!pattern.ends_with('*')) return name == pattern;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::vector<PresentPod> present_pods(const Stage& stage, const ObjectName& scope) {
  std::vector<PresentPod> present;
  for (const json& object : stage.list(scope.cluster, "Pod")) {
    const json& metadata = object.at("metadata");
    if (metadata.value("namespace", "") != scope.space || metadata.contains("deletionTimestamp")) continue;
    const ObjectName full{scope.cluster, scope.space, metadata.value("name", "")};
    present.push_back(
        {{full, full.str() + "#" + metadata.value("uid", "")}, labels_at(metadata, "/labels"_json_pointer)});
  }
  std::sort(present.begin(), present.end(), [](const auto& a, const auto& b) { return a.pod.name < b.pod.name; });
  return present;
}

/// "a, b, c and 4 more".
std::string some(const std::set<std::string>& texts) {
  std::vector<std::string> first(texts.begin(), texts.end());
  const std::size_t more = first.size() > kNamedMax ? first.size() - kNamedMax : 0;
  first.resize(first.size() - more);
  return fmt::format("{}{}", fmt::join(first, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

std::string names_of(const std::vector<PresentPod>& pods) {
  std::set<std::string> names;
  for (const PresentPod& each : pods) names.insert(each.pod.name.name);
  return some(names);
}

std::string pairs_of(const Labels& labels) {
  std::set<std::string> pairs;
  for (const auto& [key, value] : labels) pairs.insert(fmt::format("{}={}", key, value));
  return some(pairs);
}

std::string pairs_of(const std::vector<PresentPod>& pods) {
  std::set<std::string> pairs;
  for (const PresentPod& each : pods) {
    for (const auto& [key, value] : each.labels) pairs.insert(fmt::format("{}={}", key, value));
  }
  return pairs.empty() ? "no label" : some(pairs);
}

std::string how_many(std::size_t pods) { return counted(pods, "Pod"); }

Error not_found(std::string text, const ObjectName& scope) {
  return {Reason::kNotFound, std::move(text), "pods", scope.str()};
}

Error no_such_service(const ObjectName& service, const Stage& stage) {
  std::vector<std::string> known;
  for (const json& object : stage.list(service.cluster, "Service")) {
    const json& metadata = object.at("metadata");
    known.push_back(service.cluster.str() + "/" + metadata.value("namespace", "") + "/" + metadata.value("name", ""));
  }
  return not_found(fmt::format("there is no Service {}{}", service.str(), suggestion(service.str(), known)), service);
}

/// The Pods among `present` that the Service's selector, or the name's pattern, means.
Result<std::vector<PresentPod>> base_of(const PodSet& set, const std::vector<PresentPod>& present, const Stage& stage) {
  Labels selector;
  if (set.service) {
    const auto service = stage.get(*set.service, "Service");
    if (!service) return no_such_service(*set.service, stage);
    selector = labels_at(*service, "/spec/selector"_json_pointer);
    if (selector.empty()) {
      return not_found(fmt::format("Service {} has no selector: it chooses no Pods", set.service->str()), *set.service);
    }
  }
  std::vector<PresentPod> base;
  for (const PresentPod& each : present) {
    const bool meant = set.service ? carries_all(each.labels, selector)
                                   : !set.pattern || has_name(each.pod.name.name, set.pattern->name);
    if (meant) base.push_back(each);
  }
  return base;
}

}  // namespace

Result<std::vector<ChosenPod>> choose_pods(const PodSet& set, const Stage& stage) {
  const ObjectName& scope = set.service ? *set.service : set.pattern.value_or(ObjectName{});
  const std::vector<PresentPod> present = present_pods(stage, scope);
  const auto base = base_of(set, present, stage);
  if (!base) return base.error();
  const std::string whose = set.service ? "of Service " + scope.str() : "named " + scope.str();
  if (base->empty()) {
    const std::string there = fmt::format("{}/{} has {}", scope.cluster.str(), scope.space, how_many(present.size()));
    return not_found(
        fmt::format("there is no Pod {}; {}{}", whose, there, present.empty() ? "" : ": " + names_of(present)), scope);
  }
  std::vector<ChosenPod> chosen;
  for (const PresentPod& each : *base) {
    if (carries_all(each.labels, set.labels)) chosen.push_back(each.pod);
  }
  const std::string carrying = set.labels.empty() ? "" : " with the labels " + pairs_of(set.labels);
  if (chosen.empty()) {
    return not_found(fmt::format("there is no Pod {}{}; the {} there carr{} {}", whose, carrying,
                                 how_many(base->size()), base->size() == 1 ? "ies" : "y", pairs_of(*base)),
                     scope);
  }
  const auto wanted = static_cast<std::size_t>(set.count);
  if (chosen.size() < wanted) {
    return not_found(fmt::format("count: {} asks for more than there are: {} {}{}", set.count, how_many(chosen.size()),
                                 whose, carrying),
                     scope);
  }
  if (wanted > 0) chosen.resize(wanted);
  return chosen;
}

}  // namespace plumbline::conformance
