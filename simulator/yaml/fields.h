// Reads one map of a scenario field by field. Every mistake is reported at its place; a getter then returns a default,
// so that reading goes on and the author sees all mistakes at once.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/labels.h"
#include "simulator/yaml/value.h"

namespace plumbline::yaml {

class Fields {
 public:
  /// `what` names the map in messages: "createTunnel". A value that is no map is a problem and has no fields.
  Fields(const Value& map, std::string what, Problems& problems);
  /// Reports keys that no getter asked for, with a suggestion, and what is required and not there, unless such a key is
  /// its misspelling. Call last.
  void finish();

  const Place& place() const { return map_.place; }
  /// The raw value; nullptr when absent or null. `required` makes absence a problem.
  const Value* find(const std::string& name, bool required = false);
  /// Whether a key that no getter has asked for so far is rather a misspelling of `name` than of another field.
  bool misspelt(const std::string& name) const;
  /// One of the two is to be there: neither is a problem, unless a key is the misspelling of one; so are both.
  void one_of(const std::string& name, const std::string& other);
  /// The value and the place to blame for it.
  const Value* find_scalar(const std::string& name, bool required = false);

  std::string text(const std::string& name, bool required = false);
  std::optional<std::string> optional_text(const std::string& name);
  bool flag(const std::string& name, bool fallback = false);
  int count(const std::string& name, int fallback, bool required = false);
  std::optional<std::chrono::milliseconds> duration(const std::string& name, bool required = false);
  std::vector<const Value*> list(const std::string& name, bool required = false);
  std::vector<std::string> texts(const std::string& name);  ///< a word or a list of words
  Labels labels(const std::string& name);
  /// One of `choices`, "" (and a problem with a suggestion) otherwise; absent gives the first.
  std::string choice(const std::string& name, const std::vector<std::string>& choices);

  void problem(const Value* at, std::string text);
  Problems& problems() { return problems_; }
  const std::string& what() const { return what_; }
  /// Names of all fields that were asked for, ordered.
  std::vector<std::string> asked() const;

 private:
  bool knows(const std::string& name) const;

  const Value& map_;
  std::string what_;
  Problems& problems_;
  std::vector<std::string> known_, missing_;
  std::vector<std::pair<std::string, std::string>> alternatives_;  ///< of which neither is there
};

}  // namespace plumbline::yaml
