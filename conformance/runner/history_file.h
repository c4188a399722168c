// Where one history is kept while it is written. Without a folder of the user's it has no name in the file system, so
// that nothing is left of it however the run ends.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "model/error.h"

namespace plumbline::conformance {

/// Owns a descriptor. Not thread-safe.
class HistoryFile {
 public:
  /// A file `folder`/`name`.jsonl, replaced when it exists; or, with an empty folder, one without a name.
  /// kUnavailable.
  static Result<HistoryFile> open(const std::string& folder, const std::string& name);
  HistoryFile(HistoryFile&& other) noexcept;
  HistoryFile& operator=(HistoryFile&&) = delete;
  ~HistoryFile();

  int fd() const { return fd_; }
  /// A path that opens the same bytes from their beginning while this object lives.
  std::string readable_path() const;
  /// Its name in the file system; "" when it has none.
  const std::string& path() const { return path_; }
  /// Gives a history that its worker could not end a last record: what was written half goes, `end` comes, unless there
  /// is an end already. Nobody else writes any more. kUnavailable.
  Result<void> conclude(const nlohmann::json& end);
  /// Gives a nameless file the name `folder`/`name`.jsonl. Harmless when it has one. kUnavailable.
  Result<void> keep(const std::string& folder);

 private:
  HistoryFile(int fd, std::string name, std::string path);
  int fd_ = -1;
  std::string name_;
  std::string path_;
};

/// "weights/one connection" -> "weights-one-connection": safe as a file name.
std::string file_name_of(const std::string& scenario);

}  // namespace plumbline::conformance
