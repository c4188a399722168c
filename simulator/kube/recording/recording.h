// The lines of a recording, JSON each. In this order: one head; what was there when it began, definitions of custom
// kinds first; what changed since, in the order in which it was committed; one end, unless it was cut off.
//   {"recording":1,"cluster":"cls-1","resourceVersion":"812","began":"2026-11-26T01:02:03Z"}
//   {"state":{...object...}}
//   {"atUs":1500,"op":"MODIFIED","object":{...object...}}
//   {"endUs":60000000,"changes":1}
// Objects are whole, Secrets and all; they say their own resourceVersion, which grows from change to change.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "model/error.h"
#include "simulator/kube/store/store.h"

namespace plumbline::kube {

inline constexpr std::int64_t kRecordingVersion = 1;
inline constexpr std::chrono::hours kRecordingLongest{366 * 24};

struct RecordingHead {
  std::string cluster;
  std::uint64_t resource_version = 0;  ///< of the cluster when it began; no object that was there has a higher one
  std::string began;                   ///< wall-clock time, for people
};

struct RecordedState {
  Value object;
};

struct RecordedChange {
  std::chrono::microseconds at{0};  ///< since the beginning
  Op op = Op::kAdded;
  Value object;
};

struct RecordingEnd {
  std::chrono::microseconds at{0};
  std::uint64_t changes = 0;
};

using RecordingLine = std::variant<RecordingHead, RecordedState, RecordedChange, RecordingEnd>;

// Each without the newline; objects as JSON text.
std::string to_line(const RecordingHead& head);
std::string to_line(const std::string& state);
std::string to_line(std::chrono::microseconds at, Op op, const std::string& object);
std::string to_line(const RecordingEnd& end);

/// metadata.resourceVersion of an object; nothing when there is none that is a positive whole number.
std::optional<std::uint64_t> resource_version_in(const Value& object);

/// kInvalidValue says what is wrong with the line.
Result<RecordingLine> read_recording_line(std::string_view text);

}  // namespace plumbline::kube
