#include "conformance/runner/history_writer.h"

#include <unistd.h>

#include <cerrno>

#include "model/check.h"

namespace plumbline::conformance {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;

}  // namespace

HistoryWriter::~HistoryWriter() { flush(); }

void HistoryWriter::add_secret(const std::string& secret) {
  const std::lock_guard lock(mutex_);
  redaction_.add_secret(secret);
}

void HistoryWriter::append(const nlohmann::json& record, std::string& into) {
  nlohmann::json copy = record;
  redaction_.redact(copy);
  into += copy.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  into += '\n';
}

void HistoryWriter::write(const nlohmann::json& record) {
  CHECK(record.contains("type"), "every record says its type");
  const std::lock_guard lock(mutex_);
  append(record, has_header_ ? buffer_ : waiting_);
  // What happened is on the disk when a step ends: a worker that is killed later loses no more than a step.
  if (buffer_.size() >= kBufferBytes || record.at("type") == "step") flush_locked();
}

void HistoryWriter::write_header(const nlohmann::json& header) {
  const std::lock_guard lock(mutex_);
  CHECK(!has_header_, "a history has one header");
  has_header_ = true;
  append(header, buffer_);
  buffer_ += waiting_;
  waiting_.clear();
  flush_locked();
}

bool HistoryWriter::has_header() const {
  const std::lock_guard lock(mutex_);
  return has_header_;
}

void HistoryWriter::flush() {
  const std::lock_guard lock(mutex_);
  flush_locked();
}

void HistoryWriter::flush_locked() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      good_ = false;
      break;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

bool HistoryWriter::good() const {
  const std::lock_guard lock(mutex_);
  return good_;
}

}  // namespace plumbline::conformance
