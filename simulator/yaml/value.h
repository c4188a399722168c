// YAML as a tree in which everything knows where it stands: what scenarios, worlds and set-ups are read from.
// Value type; no meaning attached yet.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/yaml/problems.h"

namespace plumbline::yaml {

inline constexpr int kYamlDepthMax = 64;
inline constexpr std::size_t kYamlNodesMax = 100'000;  ///< aliases counted as often as they are used
inline constexpr std::size_t kYamlBytesMax = std::size_t{4} * 1024 * 1024;

struct Entry;

struct Value {
  enum class Kind { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  Place place;
  std::string text;            ///< of a scalar
  bool quoted = false;         ///< then the scalar is a string, whatever it looks like
  std::vector<Value> items;    ///< of a list
  std::vector<Entry> entries;  ///< of a map, in the order of the file, keys unique

  bool is_null() const { return kind == Kind::kNull; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }
  /// The value of `key`; nullptr when this is no map or has no such key.
  const Value* find(std::string_view key) const;
  /// "a number", "a list" ... for messages.
  std::string_view kind_name() const;
};

struct Entry {
  Value key;
  Value value;
};

/// Every document of `text`. Mistakes of YAML itself, duplicate keys, and breaches of the limits above become problems;
/// what breaches a limit has no documents.
std::vector<Value> read_yaml(const std::string& text, const std::string& file, Problems& problems);
/// What a file holds; nullopt, with a problem at `from`, when it cannot be read. Larger ones than kYamlBytesMax are cut
/// off beyond that.
std::optional<std::string> read_yaml_text(const std::string& path, const Place& from, Problems& problems);
/// read_yaml() of a file; one that cannot be read is a problem at `from`.
std::vector<Value> read_yaml_file(const std::string& path, const Place& from, Problems& problems);

/// `over` put on `base`: maps key by key, lists of things with a `name` thing by thing, everything else replaced.
Value merged(const Value& base, const Value& over);

/// A map of this one entry, as if it stood where `value` does.
Value map_of(const std::string& key, const Value& value);

/// JSON with the types of YAML 1.2's core schema (10.3.2: plain null, true, numbers; quoted scalars are strings),
/// without octal and hexadecimal numbers.
nlohmann::json to_json(const Value& value);

}  // namespace plumbline::yaml
