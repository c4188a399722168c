#include "simulator/kube/store/patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "simulator/kube/store/object.h"

namespace plumbline::kube {
namespace {

// Lists that merge by a key, by the name of the field (as the patchMergeKey tags of the Kubernetes API have them).
struct MergeList {
  std::string_view field;
  std::string_view key;
};
constexpr std::array<MergeList, 14> kMergeLists{{
    {"containers", "name"},
    {"initContainers", "name"},
    {"ephemeralContainers", "name"},
    {"volumes", "name"},
    {"env", "name"},
    {"volumeMounts", "mountPath"},
    {"volumeDevices", "devicePath"},
    {"imagePullSecrets", "name"},
    {"hostAliases", "ip"},
    {"topologySpreadConstraints", "topologyKey"},
    {"conditions", "type"},
    {"ownerReferences", "uid"},
    {"secrets", "name"},
    {"addresses", "type"},
}};

bool any_has(const Json& list, std::string_view key) {
  return std::any_of(list.begin(), list.end(),
                     [key](const Json& item) { return item.is_object() && item.contains(key); });
}

// The merge key of the list `field`, or "" when lists of that name are replaced. `ports` of containers merge by
// containerPort, those of Services by port.
std::string_view merge_key(std::string_view field, const Json& patch, const Json& target) {
  if (field == "ports")
    return any_has(patch, "containerPort") || any_has(target, "containerPort") ? "containerPort" : "port";
  for (const MergeList& list : kMergeLists)
    if (list.field == field) return list.key;
  return {};
}

class StrategicMerge {
 public:
  // False when the patch is malformed.
  bool merge(Json& target, const Json& patch, std::size_t depth = 0);

 private:
  bool merge_list(Json& target, const Json& patch, std::string_view key, std::size_t depth);
  static void order(Json& list, const Json& wanted, std::string_view key);
};

Json::iterator find_item(Json& list, std::string_view key, const Json& item) {
  return std::find_if(list.begin(), list.end(),
                      [&](const Json& candidate) { return at(candidate, key) == at(item, key); });
}

bool StrategicMerge::merge_list(Json& target, const Json& patch, std::string_view key, std::size_t depth) {
  for (const Json& item : patch)
    if (item.is_object() && text_at(item, "$patch") == "replace") {
      target = Json::array();
      for (const Json& kept : patch)
        if (!kept.contains("$patch")) target.push_back(kept);
      return true;
    }
  for (const Json& item : patch) {
    if (!item.is_object() || !item.contains(key)) return false;
    const auto found = find_item(target, key, item);
    if (text_at(item, "$patch") == "delete") {
      if (found != target.end()) target.erase(found);
    } else if (found != target.end()) {
      if (!merge(*found, item, depth + 1)) return false;
    } else {
      Json fresh = Json::object();
      if (!merge(fresh, item, depth + 1)) return false;
      target.push_back(std::move(fresh));
    }
  }
  return true;
}

// Items that `wanted` names come in its order; the others follow as they were.
void StrategicMerge::order(Json& list, const Json& wanted, std::string_view key) {
  Json sorted = Json::array();
  for (const Json& next : wanted) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const Json& item) {
      return key.empty() ? item == next : !item.is_null() && at(item, key) == at(next, key);
    });
    if (found == list.end()) continue;
    sorted.push_back(std::move(*found));
    list.erase(found);
  }
  for (Json& rest : list) sorted.push_back(std::move(rest));
  list = std::move(sorted);
}

bool StrategicMerge::merge(Json& target, const Json& patch, std::size_t depth) {
  constexpr std::string_view kOrder = "$setElementOrder/", kDeletePrimitive = "$deleteFromPrimitiveList/";
  if (depth > kPatchDepthMax || !patch.is_object()) return false;
  if (!target.is_object()) target = Json::object();
  if (text_at(patch, "$patch") == "replace") {
    target = patch;
    target.erase("$patch");
    return true;
  }
  if (text_at(patch, "$patch") == "delete") {
    target = Json::object();
    return true;
  }
  if (patch.contains("$retainKeys")) {
    const Json& retained = patch.at("$retainKeys");
    if (!retained.is_array()) return false;
    Json kept = Json::object();
    for (const auto& [name, value] : target.items())
      if (std::find(retained.begin(), retained.end(), name) != retained.end()) kept[name] = value;
    target = std::move(kept);
  }
  for (const auto& [name, value] : patch.items()) {
    if (name.starts_with(kDeletePrimitive)) {
      const std::string field = name.substr(kDeletePrimitive.size());
      if (!value.is_array()) return false;
      if (!target.contains(field) || !target[field].is_array()) continue;
      Json kept = Json::array();
      for (const Json& item : target[field])
        if (std::find(value.begin(), value.end(), item) == value.end()) kept.push_back(item);
      target[field] = std::move(kept);
    }
    if (name.starts_with('$')) continue;
    if (value.is_null()) {
      target.erase(name);
    } else if (value.is_object()) {
      if (!merge(target[name], value, depth + 1)) return false;
    } else if (value.is_array()) {
      Json& list = target[name];
      if (!list.is_array()) list = Json::array();
      const std::string_view key = merge_key(name, value, list);
      if (name == "finalizers") {
        for (const Json& item : value)
          if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
      } else if (!key.empty()) {
        if (!merge_list(list, value, key, depth + 1)) return false;
      } else {
        list = value;
      }
    } else {
      target[name] = value;
    }
  }
  for (const auto& [name, value] : patch.items()) {
    if (!name.starts_with(kOrder)) continue;
    const std::string field = name.substr(kOrder.size());
    if (!value.is_array()) return false;
    if (!target.contains(field) || !target[field].is_array()) continue;
    order(target[field], value, merge_key(field, value, target[field]));
  }
  return true;
}

bool too_deep(const Json& json, std::size_t depth_max) {
  if (!json.is_structured()) return false;
  if (depth_max == 0) return !json.empty();
  return std::any_of(json.begin(), json.end(), [&](const Json& child) { return too_deep(child, depth_max - 1); });
}

Outcome<Json> apply(Json target, PatchType type, const Json& patch) {
  switch (type) {
    case PatchType::kMerge:
      if (!patch.is_object()) return bad_request("a merge patch must be a JSON object");
      target.merge_patch(patch);
      return Outcome<Json>(boost::system::in_place_value, std::move(target));
    case PatchType::kStrategic:
      if (!StrategicMerge().merge(target, patch)) return bad_request("the strategic merge patch is malformed");
      return Outcome<Json>(boost::system::in_place_value, std::move(target));
    case PatchType::kJson:
      if (!patch.is_array()) return bad_request("a JSON patch must be a JSON array");
      try {
        return Outcome<Json>(boost::system::in_place_value, target.patch(patch));
      } catch (const Json::exception& error) {
        return Failure{422, "Invalid", fmt::format("the JSON patch can't be applied: {}", error.what()), nullptr};
      }
  }
  return bad_request("unknown patch type");
}

}  // namespace

Outcome<Json> patched(Json target, PatchType type, const Json& patch) {
  if (too_deep(patch, kPatchDepthMax)) return bad_request("the patch is nested too deeply");
  auto result = apply(std::move(target), type, patch);
  // A JSON patch that is flat itself can go deeper with each application.
  if (result && too_deep(*result, kObjectDepthMax))
    return Failure{422, "Invalid", "the patched object is nested too deeply", nullptr};
  return result;
}

}  // namespace plumbline::kube
