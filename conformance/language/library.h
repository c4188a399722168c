// Where worlds and set-ups of scenarios are found: files of the folders `worlds` and `setups` above the scenario, then
// of a library. Reads folders; keeps nothing.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::conformance {

inline constexpr std::size_t kNameBytesMax = 100;  ///< files of a run are called after scenarios and their cases

/// Letters, digits, '-', '_' and '.', a letter or digit first; kNameBytesMax at most.
bool is_name(std::string_view text);

class Library {
 public:
  /// `folder`: "worlds" or "setups". `scenario`: the file that names them. `root`: searched after all above.
  Library(std::string folder, const std::string& scenario, std::filesystem::path root);

  /// The file of a name, or of a path from the scenario on when `name` has a '/'. "" when there is none.
  std::string find(const std::string& name) const;
  /// Names that may have been meant, ordered.
  std::vector<std::string> names() const;

 private:
  std::string folder_;
  std::filesystem::path start_, root_;
};

}  // namespace plumbline::conformance
