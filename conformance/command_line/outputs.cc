#include "conformance/command_line/outputs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

namespace plumbline::conformance {
namespace {

Error unwritable(const std::string& option, const std::string& path, const std::string& why) {
  return {Reason::kInvalidValue, fmt::format("{} {}: {}; nothing was run", option, path, why), option, path};
}

/// "" when the file can be written, else why not.
std::string why_not(const std::string& path) {
  if (path == "-") return "is no file; name one, /dev/stdout perhaps";
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return "is a folder";
    return ::access(path.c_str(), W_OK) == 0 ? "" : std::strerror(errno);
  }
  const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  if (fd < 0) return std::strerror(errno);
  ::close(fd);
  ::unlink(path.c_str());
  return "";
}

}  // namespace

Result<void> check_output_files(const std::vector<OutputFile>& files) {
  std::map<std::filesystem::path, std::string> taken;
  for (const auto& [option, path] : files) {
    if (path.empty()) continue;
    if (const std::string why = why_not(path); !why.empty()) return unwritable(option, path, why);
    std::error_code ignored;
    const bool device = std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored);
    if (device) continue;  // /dev/null, /dev/stdout: takes any number
    const auto [other, fresh] = taken.try_emplace(std::filesystem::weakly_canonical(path, ignored), option);
    if (!fresh) return unwritable(option, path, "is the file of " + other->second + " too");
  }
  return {};
}

Result<void> check_output_folder(const std::string& option, const std::string& folder) {
  if (folder.empty()) return {};
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return unwritable(option, folder, failed.message());
  const std::string probe = fmt::format("{}/.plumbline-{}", folder, ::getpid());
  if (const std::string why = why_not(probe); !why.empty()) return unwritable(option, folder, why);
  return {};
}

}  // namespace plumbline::conformance
