#include "conformance/command_line/place.h"

#include "conformance/rules/rules.h"

namespace plumbline::conformance {

InstalledAt installed_at() {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  return {failed ? std::filesystem::current_path() : program.parent_path(), home()};
}

}  // namespace plumbline::conformance
