#include "simulator/yaml/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/yaml/units.h"

namespace plumbline::yaml {

Fields::Fields(const Value& map, std::string what, Problems& problems)
    : map_(map), what_(std::move(what)), problems_(problems) {
  if (!map_.is_map() && !map_.is_null()) {
    problems_.add(map_.place, fmt::format("{} takes a map of fields, not {}", what_, map_.kind_name()));
  }
}

void Fields::finish() {
  for (const Entry& entry : map_.entries) {
    const std::string& key = entry.key.text;
    if (!knows(key))
      problems_.add(entry.key.place, fmt::format("{} has no field '{}'{}", what_, key, suggestion(key, known_)));
  }
  for (const auto& [name, other] : alternatives_)
    if (!misspelt(name) && !misspelt(other)) problem(nullptr, fmt::format("{} needs '{}' or '{}'", what_, name, other));
  for (const std::string& name : missing_)
    if (!misspelt(name)) problem(nullptr, fmt::format("{} needs '{}'", what_, name));
}

bool Fields::knows(const std::string& name) const {
  return std::find(known_.begin(), known_.end(), name) != known_.end();
}

bool Fields::misspelt(const std::string& name) const {
  return std::any_of(map_.entries.begin(), map_.entries.end(), [&](const Entry& entry) {
    return !knows(entry.key.text) && nearest(entry.key.text, known_) == name;
  });
}

std::vector<std::string> Fields::asked() const {
  std::vector<std::string> names = known_;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

const Value* Fields::find(const std::string& name, bool required) {
  known_.push_back(name);
  const Value* value = map_.find(name);
  if (value != nullptr && !value->is_null()) return value;
  if (required && (map_.is_map() || map_.is_null())) missing_.push_back(name);
  return nullptr;
}

void Fields::one_of(const std::string& name, const std::string& other) {
  const Value *here = find(name), *there = find(other);
  if (here != nullptr && there != nullptr)
    problem(there, fmt::format("{} has '{}' or '{}', not both", what_, name, other));
  if (here == nullptr && there == nullptr && (map_.is_map() || map_.is_null())) alternatives_.emplace_back(name, other);
}

const Value* Fields::find_scalar(const std::string& name, bool required) {
  const Value* value = find(name, required);
  if (value == nullptr || value->is_scalar()) return value;
  problem(value, fmt::format("'{}' takes a word, not {}", name, value->kind_name()));
  return nullptr;
}

std::string Fields::text(const std::string& name, bool required) {
  const Value* value = find_scalar(name, required);
  return value == nullptr ? std::string() : value->text;
}

std::optional<std::string> Fields::optional_text(const std::string& name) {
  const Value* value = find_scalar(name);
  return value == nullptr ? std::nullopt : std::optional(value->text);
}

bool Fields::flag(const std::string& name, bool fallback) {
  const Value* value = find_scalar(name);
  if (value == nullptr) return fallback;
  if (value->text == "true" || value->text == "false") return value->text == "true";
  problem(value, fmt::format("'{}' is true or false, not '{}'", name, value->text));
  return fallback;
}

int Fields::count(const std::string& name, int fallback, bool required) {
  const Value* value = find_scalar(name, required);
  if (value == nullptr) return fallback;
  if (const auto count = count_of(value->text)) return *count;
  problem(value, fmt::format("'{}' {}", name, why_no_count(value->text)));
  return fallback;
}

std::optional<std::chrono::milliseconds> Fields::duration(const std::string& name, bool required) {
  const Value* value = find_scalar(name, required);
  if (value == nullptr) return std::nullopt;
  if (const auto duration = duration_of(value->text)) return duration;
  problem(value, fmt::format("'{}' {}", name, why_no_duration(value->text)));
  return std::nullopt;
}

std::vector<const Value*> Fields::list(const std::string& name, bool required) {
  std::vector<const Value*> items;
  const Value* value = find(name, required);
  if (value == nullptr) return items;
  if (!value->is_list()) {
    problem(value, fmt::format("'{}' takes a list, not {}", name, value->kind_name()));
    return items;
  }
  for (const Value& item : value->items) items.push_back(&item);
  return items;
}

std::vector<std::string> Fields::texts(const std::string& name) {
  std::vector<std::string> words;
  const Value* value = find(name);
  if (value == nullptr) return words;
  if (value->is_scalar()) return {value->text};
  if (value->is_map()) problem(value, fmt::format("'{}' takes words, not a map", name));
  for (const Value& item : value->items) {
    if (item.is_scalar()) {
      words.push_back(item.text);
    } else {
      problem(&item, fmt::format("'{}' takes words, not {}", name, item.kind_name()));
    }
  }
  return words;
}

Labels Fields::labels(const std::string& name) {
  Labels labels;
  const Value* value = find(name);
  if (value == nullptr) return labels;
  if (!value->is_map()) problem(value, fmt::format("'{}' takes a map of words, not {}", name, value->kind_name()));
  for (const Entry& entry : value->entries) {
    if (entry.value.is_scalar() || entry.value.is_null()) {
      labels[entry.key.text] = entry.value.text;
    } else {
      problem(&entry.value, fmt::format("'{}' takes words, not {}", name, entry.value.kind_name()));
    }
  }
  return labels;
}

std::string Fields::choice(const std::string& name, const std::vector<std::string>& choices) {
  const Value* value = find_scalar(name);
  if (value == nullptr) return choices.front();
  if (std::find(choices.begin(), choices.end(), value->text) != choices.end()) return value->text;
  problem(value, fmt::format("'{}' cannot be '{}'{}", name, value->text, suggestion(value->text, choices)));
  return "";
}

void Fields::problem(const Value* at, std::string text) {
  problems_.add(at == nullptr ? map_.place : at->place, std::move(text));
}

}  // namespace plumbline::yaml
