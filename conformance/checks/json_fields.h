// Lenient reading of history records: a field that is missing or of another type is simply absent.
// Checks decide what absence means; a malformed record never crashes the judge.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "model/labels.h"

namespace plumbline::conformance {

/// The member `name` of `object`; nullptr when `object` is not an object or has no such member (or it is null).
inline const nlohmann::json* member(const nlohmann::json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// The member at the end of `path`, for example {"spec", "selector"}.
inline const nlohmann::json* member(const nlohmann::json& object, std::initializer_list<std::string_view> path) {
  const nlohmann::json* at = &object;
  for (const auto name : path) {
    at = member(*at, name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

/// `text` with ASCII letters in lower case.
inline std::string lower(std::string text) {
  for (char& byte : text) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  }
  return text;
}

inline std::string text_of(const nlohmann::json& object, std::string_view name) {
  const auto* value = member(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

/// `fallback` also for numbers that are no integer or do not fit.
inline std::int64_t integer_of(const nlohmann::json& object, std::string_view name, std::int64_t fallback = 0) {
  const auto* value = member(object, name);
  if (value == nullptr) return fallback;
  if (value->is_number_unsigned()) {
    const auto number = value->get<std::uint64_t>();
    return number <= static_cast<std::uint64_t>(INT64_MAX) ? static_cast<std::int64_t>(number) : fallback;
  }
  return value->is_number_integer() ? value->get<std::int64_t>() : fallback;
}

inline bool truth_of(const nlohmann::json& object, std::string_view name, bool fallback = false) {
  const auto* value = member(object, name);
  return value != nullptr && value->is_boolean() ? value->get<bool>() : fallback;
}

/// String members of the object `name`; others are left out.
inline Labels labels_of(const nlohmann::json& object, std::string_view name) {
  Labels labels;
  if (const auto* value = member(object, name); value != nullptr && value->is_object()) {
    for (const auto& [key, entry] : value->items()) {
      if (entry.is_string()) labels[key] = entry.get<std::string>();
    }
  }
  return labels;
}

/// A string, or the strings of a list.
inline std::vector<std::string> texts_of(const nlohmann::json& object, std::string_view name) {
  std::vector<std::string> texts;
  const auto* value = member(object, name);
  if (value == nullptr) return texts;
  if (value->is_string()) texts.push_back(value->get<std::string>());
  if (value->is_array()) {
    for (const auto& entry : *value) {
      if (entry.is_string()) texts.push_back(entry.get<std::string>());
    }
  }
  return texts;
}

}  // namespace plumbline::conformance
