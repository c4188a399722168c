// Typed reading of one JSON object of the contract, with errors that name the field by its path.
// Codec only. Thread-compatible.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/error.h"
#include "model/ids.h"

namespace plumbline::wire {

/// The error for a field of another type than `expected`.
inline Error wrong_type(const std::string& field, std::string_view expected, const nlohmann::json& got) {
  return Error{Reason::kInvalidValue, fmt::format("{}: expected {}, got {}", field, expected, got.type_name()), field,
               ""};
}

/// Reads typed fields of one object and keeps the first failure, so that call sites stay flat. The object must outlive
/// the reader. Absent and null fields leave `into` as it is; a required one that is absent is an error.
class FieldReader {
 public:
  FieldReader(const nlohmann::json& object, std::string path) : object_(object), path_(std::move(path)) {
    if (!object_.is_object()) fail(wrong_type(path_.empty() ? "params" : path_, "an object", object_));
  }

  std::string field(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
  }
  const nlohmann::json* find(std::string_view name) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  void text(std::string_view name, std::string& into, bool required = false) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return missing(name, required);
    if (!value->is_string()) return fail(wrong_type(field(name), "a string", *value));
    into = value->get<std::string>();
  }
  template <class Tag>
  void id(std::string_view name, Id<Tag>& into, bool required = false) {
    std::string text_value = into.str();
    text(name, text_value, required);
    into = Id<Tag>(text_value);
  }
  template <class Integer>
  void integer(std::string_view name, Integer& into, bool required = false) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return missing(name, required);
    if (!value->is_number_integer()) return fail(wrong_type(field(name), "an integer", *value));
    const bool fits = value->is_number_unsigned() ? std::in_range<Integer>(value->get<std::uint64_t>())
                                                  : std::in_range<Integer>(value->get<std::int64_t>());
    if (!fits)
      return fail(Error{Reason::kInvalidValue, fmt::format("{}: {} is out of range", field(name), value->dump()),
                        field(name), ""});
    into = value->get<Integer>();
  }
  void boolean(std::string_view name, bool& into) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_boolean()) return fail(wrong_type(field(name), "true or false", *value));
    into = value->get<bool>();
  }
  void text_map(std::string_view name, std::map<std::string, std::string, std::less<>>& into) { read_map(name, into); }
  void text_map(std::string_view name, std::map<std::string, std::string>& into) { read_map(name, into); }
  void text_list(std::string_view name, std::vector<std::string>& into) {
    each(name, [&](const nlohmann::json& entry, const std::string& path) {
      if (!entry.is_string()) return fail(wrong_type(path, "a string", entry));
      into.push_back(entry.get<std::string>());
    });
  }
  /// Calls `visit(entry, path)` for each entry of the list `name`; absent lists have none.
  template <class Visit>
  void each(std::string_view name, Visit visit) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_array()) return fail(wrong_type(field(name), "a list", *value));
    std::size_t index = 0;
    for (const nlohmann::json& entry : *value) visit(entry, fmt::format("{}[{}]", field(name), index++));
  }
  void fail(Error error) {
    if (!error_) error_ = std::move(error);
  }
  void merge(const FieldReader& inner) {
    if (inner.error_) fail(*inner.error_);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  void missing(std::string_view name, bool required) {
    if (required) fail(Error{Reason::kInvalidValue, fmt::format("{}: is required", field(name)), field(name), ""});
  }
  template <class Map>
  void read_map(std::string_view name, Map& into) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_object()) return fail(wrong_type(field(name), "an object of strings", *value));
    into.clear();
    for (const auto& [key, entry] : value->items()) {
      if (!entry.is_string()) return fail(wrong_type(fmt::format("{}.{}", field(name), key), "a string", entry));
      into[key] = entry.template get<std::string>();
    }
  }

  const nlohmann::json& object_;
  std::string path_;
  std::optional<Error> error_;
};

}  // namespace plumbline::wire
