#include "conformance/contract/startable.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace plumbline::conformance {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_executable(const fs::path& path) { return is_file(path) && ::access(path.c_str(), X_OK) == 0; }

bool is_socket(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode);
}

bool in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/bin:/usr/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (is_executable(fs::path(folder.empty() ? "." : folder) / program)) return true;
  }
  return false;
}

}  // namespace

std::string program_of(const Descriptor& descriptor, const std::string& programs) {
  const std::string& program = descriptor.command.front();
  if (program.find('/') != std::string::npos) return program;
  const fs::path sibling = fs::path(programs) / program;
  return is_executable(sibling) ? sibling.string() : program;
}

Result<void> check_startable(const Descriptor& descriptor, const std::string& programs) {
  const auto missing = [&](const std::string& text) {
    const std::string place = descriptor.start_place.empty() ? descriptor.name : descriptor.start_place;
    return Error{Reason::kNotFound, place + ": " + text, descriptor.attach.empty() ? "command" : "attach",
                 descriptor.name};
  };
  if (!descriptor.attach.empty()) {
    if (is_socket(descriptor.attach)) return {};
    return missing(
        fmt::format("attach: no socket is at {}; start the gateway that listens there first", descriptor.attach));
  }
  const std::string program = program_of(descriptor, programs);
  if (program.find('/') == std::string::npos) {
    if (in_path(program)) return {};
    return missing(
        fmt::format("command: '{}' is neither beside plumbline ({}) nor in PATH; a file is given with its path",
                    program, programs));
  }
  const fs::path path = fs::path(descriptor.folder) / program;
  if (is_executable(path)) return {};
  const std::string where = path.lexically_normal().string();
  if (!is_file(path)) return missing(fmt::format("command: there is no file {}", where));
  return missing(fmt::format("command: {} is not executable; chmod +x makes it so", where));
}

}  // namespace plumbline::conformance
