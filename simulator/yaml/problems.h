// Mistakes in YAML files, each with its place, collected in one pass so that an author sees all of them at once.
// Not thread-safe; one per reading.
#pragma once

#include <string>
#include <vector>

#include "model/nearest.h"

namespace plumbline::yaml {

/// Where something stands in a YAML file; 1-based, line 0 for the file as a whole.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  friend bool operator==(const Place&, const Place&) = default;
};

/// "file:line:column"; "file" alone when there is no line.
std::string to_string(const Place& place);

struct Problem {
  Place place;
  std::string text;
};

class Problems {
 public:
  static constexpr std::size_t kMax = 200;  ///< further ones are counted, not kept

  /// The same twice is one.
  void add(const Place& place, std::string text);
  /// Adds it, and takes no further one at this place: what would follow comes of this one.
  void add_and_close(const Place& place, std::string text);
  /// Adds those of another reading.
  void merge(const Problems& others);
  bool empty() const { return list_.empty(); }
  const std::vector<Problem>& list() const { return list_; }
  /// How many were too many to keep.
  std::size_t dropped() const { return dropped_; }
  /// By file, line and column.
  std::vector<Problem> ordered() const;
  /// One line a problem, ordered: "file:line:column: text".
  std::string text() const;

 private:
  bool is_closed(const Place& place) const;

  std::vector<Problem> list_;
  std::vector<Place> closed_;
  std::size_t dropped_ = 0;
};

}  // namespace plumbline::yaml
