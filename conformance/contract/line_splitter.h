// Cuts a byte stream into lines of bounded length. Pure; thread-compatible.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plumbline::conformance {

class LineSplitter {
 public:
  explicit LineSplitter(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

  /// Calls `on_line(std::string_view line, bool too_long)` for each line that `bytes` completes, without its "\n" or
  /// "\r\n". A line longer than the limit is given once, cut at the limit, with `too_long`; its rest is dropped.
  template <class OnLine>
  void feed(std::string_view bytes, OnLine on_line) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      take(bytes.substr(0, end));
      if (end == std::string_view::npos) return;
      finish(on_line);
      bytes.remove_prefix(end + 1);
    }
  }
  /// Gives the last line when the stream ended without a newline.
  template <class OnLine>
  void end(OnLine on_line) {
    if (!line_.empty()) finish(on_line);
  }

 private:
  void take(std::string_view part) {
    const std::size_t room = line_bytes_max_ - line_.size();
    if (part.size() > room) too_long_ = true;
    line_.append(part.substr(0, room));
  }
  template <class OnLine>
  void finish(OnLine on_line) {
    if (!too_long_ && !line_.empty() && line_.back() == '\r') line_.pop_back();
    on_line(std::string_view(line_), too_long_);
    line_.clear();
    too_long_ = false;
  }

  std::size_t line_bytes_max_;
  std::string line_;
  bool too_long_ = false;
};

}  // namespace plumbline::conformance
