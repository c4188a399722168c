#include "conformance/runner/history_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace plumbline::conformance {
namespace {

Error unavailable(const std::string& what) {
  return {Reason::kUnavailable, fmt::format("{}: {}", what, std::strerror(errno)), "", what};
}

/// A file of the temporary folder's file system without a name, else one in memory.
int open_nameless(const std::string& name) {
  const char* folder = ::getenv("TMPDIR");
  const int fd = ::open(folder != nullptr ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
  return fd >= 0 ? fd : ::memfd_create(name.c_str(), MFD_CLOEXEC);
}

}  // namespace

std::string file_name_of(const std::string& scenario) {
  std::string name;
  for (const char c : scenario) {
    const bool safe = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
    name += safe ? c : '-';
  }
  return name.empty() || name.front() == '.' ? "_" + name : name;
}

HistoryFile::HistoryFile(int fd, std::string name, std::string path)
    : fd_(fd), name_(std::move(name)), path_(std::move(path)) {}

HistoryFile::HistoryFile(HistoryFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)), path_(std::move(other.path_)) {}

HistoryFile::~HistoryFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<HistoryFile> HistoryFile::open(const std::string& folder, const std::string& name) {
  const std::string file = file_name_of(name) + ".jsonl";
  if (folder.empty()) {
    const int fd = open_nameless(file);
    if (fd < 0) return unavailable("a file for the history");
    return HistoryFile(fd, file, "");
  }
  const std::string path = folder + "/" + file;
  const int fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0644);
  if (fd < 0) return unavailable(path);
  return HistoryFile(fd, file, path);
}

std::string HistoryFile::readable_path() const { return fmt::format("/proc/self/fd/{}", fd_); }

Result<void> HistoryFile::conclude(const nlohmann::json& end) {
  std::ifstream in(readable_path(), std::ios::binary);
  off_t whole = 0;
  std::string last_line;
  for (std::string line; std::getline(in, line) && !in.eof(); last_line.swap(line)) {
    whole += static_cast<off_t>(line.size()) + 1;
  }
  const nlohmann::json last_record = nlohmann::json::parse(last_line, nullptr, false);
  if (last_record.is_object() && last_record.value("type", nlohmann::json()) == "end") return {};
  const std::string last = end.dump() + "\n";
  const bool good = ::ftruncate(fd_, whole) == 0 &&
                    ::pwrite(fd_, last.data(), last.size(), whole) == static_cast<ssize_t>(last.size());
  return good ? Result<void>() : Result<void>(unavailable("the end of the history"));
}

Result<void> HistoryFile::keep(const std::string& folder) {
  if (!path_.empty()) return {};
  const std::string path = folder + "/" + name_;
  const int to = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  if (to < 0) return unavailable(path);
  std::array<char, std::size_t{64} * 1024> buffer;
  off_t at = 0;
  ssize_t got = 0;
  bool good = true;
  while (good && (got = ::pread(fd_, buffer.data(), buffer.size(), at)) > 0) {
    good = ::write(to, buffer.data(), static_cast<std::size_t>(got)) == got;
    at += got;
  }
  if (got < 0 || !good || ::close(to) != 0) return unavailable(path);
  path_ = path;
  return {};
}

}  // namespace plumbline::conformance
