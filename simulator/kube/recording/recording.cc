#include "simulator/kube/recording/recording.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kClusterNameMax = 60;  // a certificate's name has 64 letters at most
constexpr std::array kOps{Op::kAdded, Op::kModified, Op::kDeleted};

Error mistake(std::string text) { return {Reason::kInvalidValue, std::move(text), "", ""}; }

/// What is not a line's shape: the first that is missing or of another type.
std::string misshapen(const Value& line, const char* field, Value::Type type) {
  static constexpr std::array kNames{"null",   "a boolean", "a whole number", "a number",
                                     "a text", "a list",    "an object"};
  const Value* found = line.find(field);
  if (found == nullptr) return fmt::format("`{}` is missing", field);
  if (found->type() != type) return fmt::format("`{}` is not {}", field, kNames[static_cast<std::size_t>(type)]);
  return {};
}

/// A count.
std::string misshapen_number(const Value& line, const char* field) {
  const std::string why = misshapen(line, field, Value::Type::kInteger);
  return why.empty() && line[field].integer() < 0 ? fmt::format("`{}` is negative", field) : why;
}

/// A time since the beginning.
std::string misshapen_time(const Value& line, const char* field) {
  const std::string why = misshapen_number(line, field);
  const bool far = why.empty() && std::chrono::microseconds(line[field].integer()) > kRecordingLongest;
  return far ? fmt::format("`{}` is more than {}", field, kRecordingLongest) : why;
}

std::string misshapen_object(const Value& line, const char* field) {
  if (std::string why = misshapen(line, field, Value::Type::kObject); !why.empty()) return why;
  const Value& object = line[field];
  for (const char* path : {"kind", "apiVersion", "metadata.name", "metadata.uid"})
    if (object.at(path).text().empty()) return fmt::format("`{}` has no {}", field, path);
  if (!resource_version_in(object)) return fmt::format("`{}` has no metadata.resourceVersion", field);
  return {};
}

std::optional<std::uint64_t> version_of(std::string_view text) {
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version == 0) return std::nullopt;
  return version;
}

/// Clusters give their name to files and certificates.
bool names_a_cluster(std::string_view name) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= kClusterNameMax && is_plain(name.front()) && is_plain(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_plain(c) || c == '-'; });
}

Result<RecordingLine> read_head(const Value& line) {
  if (line["recording"] != Value(kRecordingVersion))
    return mistake(
        fmt::format("this is a recording of version {}; {} is known", to_text(line["recording"]), kRecordingVersion));
  for (const char* field : {"cluster", "resourceVersion", "began"})
    if (std::string why = misshapen(line, field, Value::Type::kString); !why.empty()) return mistake(std::move(why));
  if (!names_a_cluster(line["cluster"].text()))
    return mistake(fmt::format("`cluster` is no name of a cluster: {}", to_text(line["cluster"])));
  const auto version = version_of(line["resourceVersion"].text());
  if (!version) return mistake("`resourceVersion` is no positive whole number as text");
  return RecordingHead{line["cluster"].string(), *version, line["began"].string()};
}

Result<RecordingLine> read_change(const Value& line) {
  std::string why = misshapen_time(line, "atUs");
  if (why.empty()) why = misshapen(line, "op", Value::Type::kString);
  if (why.empty()) why = misshapen_object(line, "object");
  if (!why.empty()) return mistake(std::move(why));
  for (const Op op : kOps)
    if (line["op"] == to_string(op))
      return RecordedChange{std::chrono::microseconds(line["atUs"].integer()), op, line["object"]};
  return mistake(fmt::format("`op` is {}, not ADDED, MODIFIED or DELETED", to_text(line["op"])));
}

}  // namespace

std::optional<std::uint64_t> resource_version_in(const Value& object) {
  return version_of(object.at("metadata.resourceVersion").text());
}

std::string to_line(const RecordingHead& head) {
  return to_text({{"recording", kRecordingVersion},
                  {"cluster", head.cluster},
                  {"resourceVersion", std::to_string(head.resource_version)},
                  {"began", head.began}});
}

std::string to_line(const std::string& state) { return fmt::format(R"({{"state":{}}})", state); }

std::string to_line(std::chrono::microseconds at, Op op, const std::string& object) {
  return fmt::format(R"({{"atUs":{},"op":"{}","object":{}}})", at.count(), to_string(op), object);
}

std::string to_line(const RecordingEnd& end) {
  return to_text(
      {{"endUs", static_cast<std::int64_t>(end.at.count())}, {"changes", static_cast<std::int64_t>(end.changes)}});
}

Result<RecordingLine> read_recording_line(std::string_view text) {
  const Reading read = read_text(text, kTextDepthMax + 1);  // the line is one more than its object
  if (!read.value) return mistake(read.mistake);
  if (!read.duplicates.empty()) return mistake(fmt::format("`{}` stands twice", read.duplicates.front()));
  const Value& line = *read.value;
  if (line.contains("recording")) return read_head(line);
  if (line.contains("atUs")) return read_change(line);
  if (line.contains("state")) {
    if (std::string why = misshapen_object(line, "state"); !why.empty()) return mistake(std::move(why));
    return RecordedState{line["state"]};
  }
  if (!line.contains("endUs")) return mistake("this is no line of a recording");
  std::string why = misshapen_time(line, "endUs");
  if (why.empty()) why = misshapen_number(line, "changes");
  if (!why.empty()) return mistake(std::move(why));
  return RecordingEnd{std::chrono::microseconds(line["endUs"].integer()),
                      static_cast<std::uint64_t>(line["changes"].integer())};
}

}  // namespace plumbline::kube
