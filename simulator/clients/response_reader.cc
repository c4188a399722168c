#include "simulator/clients/response_reader.h"

#include <algorithm>
#include <charconv>

namespace plumbline::clients {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || kOthers.find(c) != std::string_view::npos;
  });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool lists(std::string_view value, std::string_view member) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (same_name(trimmed(value.substr(0, comma)), member)) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

/// The whole of `text` as a number in `base`; false when it is none or too large.
bool number(std::string_view text, int base, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

void ResponseReader::begin(bool to_head, Keep keep) {
  part_ = Part::kHead;
  to_head_ = to_head;
  keep_ = keep;
  begun_ = malformed_ = persistent_ = line_complete_ = false;
  head_.clear();
  line_.clear();
  left_ = body_bytes_ = 0;
  status_ = 0;
  reason_.clear();
  headers_.clear();
  body_.clear();
  interim_.clear();
  rest_ = 0;
}

ResponseReader::Progress ResponseReader::feed(std::string_view bytes) {
  begun_ |= !bytes.empty();
  while (!malformed_ && part_ != Part::kComplete && !bytes.empty()) {
    switch (part_) {
      case Part::kHead: {
        // Looks for the end across the seam of what came before.
        const std::size_t seam = head_.size() < 3 ? 0 : head_.size() - 3;
        const std::size_t before = head_.size();
        head_.append(bytes.substr(0, kHeadBytesMax + 4 - std::min(before, kHeadBytesMax)));
        const std::size_t end = head_.find("\r\n\r\n", seam);
        if (end == std::string::npos) {
          malformed_ = head_.size() > kHeadBytesMax;
          return malformed_ ? Progress::kMalformed : Progress::kIncomplete;
        }
        if (end + 4 > kHeadBytesMax) {
          malformed_ = true;
          break;
        }
        head_.resize(end + 2);
        bytes.remove_prefix(end + 4 - before);
        malformed_ = !take_head(head_);
        head_.clear();
        break;
      }
      case Part::kLength:
      case Part::kUntilClose:
      case Part::kChunkData:
        bytes.remove_prefix(take_body(bytes));
        malformed_ = body_bytes_ > kBodyBytesMax;
        break;
      case Part::kChunkSize:
        if (take_line(bytes)) malformed_ |= !take_chunk_size(line_);
        break;
      case Part::kChunkEnd:
        if (take_line(bytes)) {
          malformed_ |= !line_.empty();
          part_ = Part::kChunkSize;
        }
        break;
      case Part::kTrailer:
        if (take_line(bytes) && line_.empty()) part_ = Part::kComplete;
        break;
      case Part::kComplete:
        break;
    }
  }
  if (malformed_) return Progress::kMalformed;
  rest_ = bytes.size();
  return part_ == Part::kComplete ? Progress::kComplete : Progress::kIncomplete;
}

ResponseReader::Progress ResponseReader::finish() {
  if (part_ == Part::kUntilClose) part_ = Part::kComplete;
  return part_ == Part::kComplete ? Progress::kComplete : Progress::kIncomplete;
}

bool ResponseReader::take_head(std::string_view head) {
  const std::size_t line_end = head.find("\r\n");
  const std::string_view line = head.substr(0, line_end);
  // "HTTP/1.1 200 OK"
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || (line[7] != '0' && line[7] != '1') || line[8] != ' ')
    return false;
  version_minor_ = line[7] - '0';
  std::uint64_t code = 0;
  if (!number(line.substr(9, 3), 10, code) || code < 100 || code > 599) return false;
  if (line.size() > 12 && line[12] != ' ') return false;
  headers_.clear();
  if (!take_headers(head.substr(line_end + 2))) return false;
  if (code / 100 == 1) {
    interim_.push_back(static_cast<int>(code));
    headers_.clear();
    return code != 101 && interim_.size() < 16;
  }
  status_ = static_cast<int>(code);
  reason_ = line.size() > 13 ? line.substr(13) : std::string_view();
  return choose_framing();
}

bool ResponseReader::take_headers(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) return false;
    headers_.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return true;
}

bool ResponseReader::choose_framing() {
  int lengths = 0;
  int codings = 0;
  bool chunked = false;
  bool close = version_minor_ == 0;
  for (const auto& [name, value] : headers_) {
    if (same_name(name, "Content-Length")) {
      ++lengths;
      if (!number(value, 10, left_)) return false;
    } else if (same_name(name, "Transfer-Encoding")) {
      ++codings;
      chunked = same_name(value, "chunked");
    } else if (same_name(name, "Connection")) {
      if (lists(value, "close")) close = true;
      if (lists(value, "keep-alive") && version_minor_ == 0) close = false;
    }
  }
  if (lengths > 1 || codings > 1 || (lengths > 0 && codings > 0)) return false;
  persistent_ = !close;
  if (to_head_ || status_ == 204 || status_ == 304) {
    part_ = Part::kComplete;
  } else if (codings > 0) {
    if (!chunked) return false;
    part_ = Part::kChunkSize;
  } else if (lengths > 0) {
    part_ = left_ == 0 ? Part::kComplete : Part::kLength;
    if (left_ > kBodyBytesMax) return false;
  } else {
    persistent_ = false;
    part_ = Part::kUntilClose;
  }
  return true;
}

bool ResponseReader::take_chunk_size(std::string_view line) {
  const std::string_view size = line.substr(0, line.find(';'));
  if (size.empty() || size.size() > 8 || !number(size, 16, left_)) return false;
  part_ = left_ == 0 ? Part::kTrailer : Part::kChunkData;
  return true;
}

std::size_t ResponseReader::take_body(std::string_view bytes) {
  const std::size_t taken = part_ == Part::kUntilClose
                                ? bytes.size()
                                : static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (keep_ == Keep::kEverything) body_.append(bytes.substr(0, taken));
  body_bytes_ += taken;
  if (part_ == Part::kUntilClose) return taken;
  left_ -= taken;
  if (left_ == 0) part_ = part_ == Part::kLength ? Part::kComplete : Part::kChunkEnd;
  return taken;
}

bool ResponseReader::take_line(std::string_view& bytes) {
  if (line_complete_) {
    line_.clear();
    line_complete_ = false;
  }
  const std::size_t newline = bytes.find('\n');
  const std::size_t taken = newline == std::string_view::npos ? bytes.size() : newline + 1;
  line_.append(bytes.substr(0, taken));
  bytes.remove_prefix(taken);
  malformed_ = line_.size() > kHeadBytesMax;
  if (newline == std::string_view::npos || malformed_) return false;
  malformed_ = line_.size() < 2 || line_[line_.size() - 2] != '\r';
  line_complete_ = true;
  line_.resize(line_.size() - std::min<std::size_t>(2, line_.size()));
  return !malformed_;
}

}  // namespace plumbline::clients
