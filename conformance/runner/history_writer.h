// Writes a history as JSON Lines into a descriptor that was opened before the worker left the host.
// Records that come before the header wait for it, so that the header is always the first line.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "conformance/runner/redaction.h"
#include "wire/history.h"

namespace plumbline::conformance {

/// Thread-safe.
class HistoryWriter : public wire::HistorySink {
 public:
  /// `fd` stays the caller's; it must outlive the writer.
  explicit HistoryWriter(int fd) : fd_(fd) {}
  ~HistoryWriter() override;  ///< flushes

  void add_secret(const std::string& secret);
  void write(const nlohmann::json& record) override;
  /// Writes `header`, then what waited for it. Requires that it was not written before.
  void write_header(const nlohmann::json& header);
  bool has_header() const;
  /// Hands everything to the kernel. Without a header, what waits stays waiting.
  void flush();
  /// False when the disk did not take everything.
  bool good() const;

 private:
  void append(const nlohmann::json& record, std::string& into);
  void flush_locked();

  mutable std::mutex mutex_;
  int fd_;
  bool has_header_ = false;
  bool good_ = true;
  std::string buffer_;
  std::string waiting_;
  Redaction redaction_;
};

}  // namespace plumbline::conformance
