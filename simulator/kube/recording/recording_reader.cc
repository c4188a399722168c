#include "simulator/kube/recording/recording_reader.h"

#include <fmt/format.h>

#include <variant>

namespace plumbline::kube {

Error RecordingReader::mistake(const std::string& text) const {
  return {Reason::kInvalidValue, where() + ": " + text, "", name_};
}

std::string RecordingReader::where() const { return fmt::format("{}:{}", name_, number_); }

Result<std::optional<RecordingLine>> RecordingReader::next() {
  using Next = std::optional<RecordingLine>;
  std::string text;
  std::getline(in_, text);
  // A line that has no newline was not finished when its writer ended.
  if (in_.eof()) {
    cut_off_ = !text.empty() || (place_ != Place::kEnd && place_ != Place::kHead);
    return Next();
  }
  ++number_;
  auto line = read_recording_line(text);
  if (!line) return mistake(place_ == Place::kHead ? "this is no recording: " + line.error().text : line.error().text);
  if (const std::string why = misplaced(*line); !why.empty()) return mistake(why);
  return Next(std::move(*line));
}

std::string RecordingReader::misplaced(const RecordingLine& line) {
  if (place_ == Place::kEnd) return "the recording has ended already";
  if (const auto* head = std::get_if<RecordingHead>(&line)) {
    if (place_ != Place::kHead) return "the recording has a head already";
    place_ = Place::kState;
    version_ = head->resource_version;
    return {};
  }
  if (place_ == Place::kHead) return "a recording begins with its head";
  if (const auto* state = std::get_if<RecordedState>(&line)) {
    if (place_ != Place::kState) return "what was there comes before what changed";
    if (resource_version_in(state->object) > version_) return "the object is newer than the recording";
    return {};
  }
  if (const auto* change = std::get_if<RecordedChange>(&line)) {
    place_ = Place::kChanges;
    if (change->at < at_) return "`atUs` is before that of the line above";
    const std::uint64_t version = resource_version_in(change->object).value_or(0);
    if (version <= version_) return fmt::format("resourceVersion {} does not come after {}", version, version_);
    at_ = change->at;
    version_ = version;
    ++changes_;
    return {};
  }
  const auto& end = std::get<RecordingEnd>(line);
  place_ = Place::kEnd;
  if (end.at < at_) return "the end is before the line above";
  if (end.changes != changes_) return fmt::format("{} changes were recorded, {} are here", end.changes, changes_);
  return {};
}

Result<RecordingSummary> check_recording(std::istream& in, const std::string& name) {
  RecordingReader reader(in, name);
  RecordingSummary summary;
  bool any = false;
  for (;;) {
    const auto line = reader.next();
    if (!line) return line.error();
    if (!*line) break;
    any = true;
    if (const auto* head = std::get_if<RecordingHead>(&**line)) summary.head = *head;
    if (std::holds_alternative<RecordedState>(**line)) ++summary.objects;
    if (const auto* change = std::get_if<RecordedChange>(&**line)) {
      ++summary.changes;
      summary.changed = summary.lasts = change->at;
    }
    if (const auto* end = std::get_if<RecordingEnd>(&**line)) summary.lasts = end->at;
  }
  summary.cut_off = reader.cut_off();
  if (!any) return Error{Reason::kInvalidValue, name + ": this is no recording: it has no line", "", name};
  return summary;
}

}  // namespace plumbline::kube
