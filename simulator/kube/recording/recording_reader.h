// Reads a recording, line after line, and says by name and line what is wrong with it. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>

#include "simulator/kube/recording/recording.h"

namespace plumbline::kube {

class RecordingReader {
 public:
  /// `in` must outlive this; `name` is for what it says.
  RecordingReader(std::istream& in, std::string name) : in_(in), name_(std::move(name)) {}

  /// The next line; nothing at the end. kInvalidValue: "NAME:LINE: what is wrong": the line itself, or its place.
  Result<std::optional<RecordingLine>> next();
  /// True when what was read last was cut off: the end is missing, or the last line has no newline (it is left out).
  bool cut_off() const { return cut_off_; }
  /// "NAME:LINE" of what was read last.
  std::string where() const;

 private:
  enum class Place { kHead, kState, kChanges, kEnd };
  /// Why it may not stand here; "" when it may.
  std::string misplaced(const RecordingLine& line);
  Error mistake(const std::string& text) const;

  std::istream& in_;
  std::string name_;
  std::uint64_t number_ = 0;
  Place place_ = Place::kHead;
  bool cut_off_ = false;
  std::uint64_t version_ = 0;  ///< highest so far
  std::chrono::microseconds at_{0};
  std::uint64_t changes_ = 0;
};

/// What is in a recording.
struct RecordingSummary {
  RecordingHead head;
  std::uint64_t objects = 0;  ///< that were there
  std::uint64_t changes = 0;
  std::chrono::microseconds changed{0};  ///< when the last change was
  std::chrono::microseconds lasts{0};
  bool cut_off = false;
};

/// Reads all of it. As RecordingReader::next; kInvalidValue for an empty one, too.
Result<RecordingSummary> check_recording(std::istream& in, const std::string& name);

}  // namespace plumbline::kube
