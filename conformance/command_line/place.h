// Where this program and the project's own files are. Value type.
#pragma once

#include <filesystem>

namespace plumbline::conformance {

struct InstalledAt {
  std::filesystem::path programs;  ///< folder of this binary and its siblings
  std::filesystem::path home;      ///< folder with conformance/ and scenarios/
};

/// Of the running program.
InstalledAt installed_at();

}  // namespace plumbline::conformance
