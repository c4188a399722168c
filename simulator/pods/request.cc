#include "simulator/pods/request.h"

#include <algorithm>
#include <charconv>

#include "model/check.h"

namespace plumbline::pods {
namespace {

constexpr std::size_t kLineBytesMax = 4096;  // of a chunk's size or a trailer field
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_token(std::string_view text) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool is_target(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c != 0x7f; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || failure != std::errc{} || rest != end) return std::nullopt;
  return value;
}

bool list_has(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (equal_without_case(trimmed(list.substr(0, comma)), token)) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

}  // namespace

bool equal_without_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string Request::all(std::string_view name, std::string_view separator) const {
  std::string joined;
  bool first = true;
  for (const Header& header : headers) {
    if (!equal_without_case(header.name, name)) continue;
    if (!first) joined += separator;
    first = false;
    joined += header.value;
  }
  return joined;
}

std::size_t Request::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      headers.begin(), headers.end(), [&](const Header& header) { return equal_without_case(header.name, name); }));
}

bool Request::keeps_alive() const {
  const std::string connection = all("Connection");
  return minor == 0 ? list_has(connection, "keep-alive") : !list_has(connection, "close");
}

std::size_t RequestReader::feed(std::string_view input) {
  std::size_t taken = 0;
  while (taken < input.size() && (state_ == State::kHead || state_ == State::kBody)) {
    const std::string_view rest = input.substr(taken);
    taken += state_ == State::kHead ? feed_head(rest) : feed_body(rest);
  }
  return taken;
}

bool RequestReader::take_expectation() {
  const bool asked = expects_ && state_ == State::kBody && request_.body.empty() && pending_.empty();
  expects_ = false;
  return asked;
}

void RequestReader::next() {
  CHECK(state_ == State::kDone, "a request is read to its end before the next");
  *this = RequestReader();
}

void RequestReader::fail(int status, std::string problem) {
  state_ = State::kBad;
  status_ = status;
  problem_ = std::move(problem);
}

std::size_t RequestReader::feed_head(std::string_view input) {
  const std::size_t before = pending_.size();
  // The whole head in one read is the common case: it is parsed where it lies.
  if (before == 0) {
    if (const std::size_t end = input.find(kHeadEnd); end <= kHeadBytesMax) {
      read_head(input.substr(0, end));
      return end + kHeadEnd.size();
    }
  }
  pending_.append(input.substr(0, kHeadBytesMax + kHeadEnd.size()));
  const std::size_t end = pending_.find(kHeadEnd, before < kHeadEnd.size() ? 0 : before - kHeadEnd.size());
  if (end == std::string::npos) {
    if (pending_.size() >= kHeadBytesMax + kHeadEnd.size()) fail(431, "the head is too long");
    return input.size();
  }
  if (end > kHeadBytesMax) {
    fail(431, "the head is too long");
    return input.size();
  }
  const std::string head = pending_.substr(0, end);
  pending_.clear();
  read_head(head);
  return end + kHeadEnd.size() - before;
}

void RequestReader::read_head(std::string_view head) {
  bool first = true;
  for (;;) {
    const std::size_t end = head.find(kLineEnd);
    const std::string_view line = head.substr(0, end);
    if (first ? !read_request_line(line) : !read_field(line)) return;
    first = false;
    if (end == std::string_view::npos) break;
    head.remove_prefix(end + kLineEnd.size());
  }
  begin_body();
}

bool RequestReader::read_request_line(std::string_view line) {
  const std::size_t space = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (space == std::string_view::npos || last == space) return fail(400, "the request line has not three parts"), false;
  const std::string_view method = line.substr(0, space);
  const std::string_view target = line.substr(space + 1, last - space - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method)) return fail(400, "the method is no token"), false;
  if (!is_target(target)) return fail(400, "the target has characters that it may not have"), false;
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return fail(505, "the version is not HTTP/1.0 or HTTP/1.1"), false;
  request_.method = method;
  request_.target = target;
  request_.minor = version.back() - '0';
  return true;
}

bool RequestReader::read_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return fail(400, "a header field has no colon"), false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!is_token(name)) return fail(400, "the name of a header field is no token"), false;
  if (!is_field_value(value)) return fail(400, "a header field has control characters"), false;
  if (request_.headers.size() == kHeadersMax) return fail(431, "too many header fields"), false;
  request_.headers.push_back({std::string(name), std::string(value)});
  return true;
}

void RequestReader::begin_body() {
  std::optional<std::uint64_t> length;
  for (const Header& header : request_.headers) {
    if (equal_without_case(header.name, "Content-Length")) {
      const auto value = number(header.value, 10);
      if (!value || (length && *length != *value)) return fail(400, "Content-Length is not one number");
      length = value;
    } else if (equal_without_case(header.name, "Transfer-Encoding")) {
      if (request_.chunked || !equal_without_case(header.value, "chunked")) {
        return fail(501, "Transfer-Encoding is not just chunked");
      }
      request_.chunked = true;
    } else if (equal_without_case(header.name, "Expect")) {
      expects_ = equal_without_case(header.value, "100-continue");
    }
  }
  if (request_.chunked && length) return fail(400, "both Content-Length and Transfer-Encoding");
  if (request_.chunked && request_.minor == 0) return fail(400, "Transfer-Encoding in HTTP/1.0");
  if (length.value_or(0) > kBodyBytesMax) return fail(413, "the body is too long");
  left_ = length.value_or(0);
  part_ = request_.chunked ? Part::kChunkSize : Part::kFixed;
  state_ = request_.chunked || left_ > 0 ? State::kBody : State::kDone;
}

std::size_t RequestReader::feed_body(std::string_view input) {
  if (part_ != Part::kFixed && part_ != Part::kChunkBytes) return feed_line(input);
  const std::size_t count = std::min<std::size_t>(left_, input.size());
  request_.body.append(input.substr(0, count));
  left_ -= count;
  if (left_ == 0 && part_ == Part::kFixed) state_ = State::kDone;
  if (left_ == 0 && part_ == Part::kChunkBytes) part_ = Part::kChunkEnd;
  return count;
}

std::size_t RequestReader::feed_line(std::string_view input) {
  const std::size_t end = input.find('\n');
  const std::size_t count = end == std::string_view::npos ? input.size() : end + 1;
  pending_.append(input.substr(0, count));
  if (pending_.size() > kLineBytesMax) {
    fail(400, "a line of the chunked body is too long");
  } else if (end != std::string_view::npos) {
    if (!pending_.ends_with(kLineEnd)) {
      fail(400, "a line of the chunked body does not end in CRLF");
    } else {
      pending_.resize(pending_.size() - kLineEnd.size());
      end_line();
    }
    pending_.clear();
  }
  return count;
}

void RequestReader::end_line() {
  const std::string_view line = pending_;
  switch (part_) {
    case Part::kChunkSize: {
      const auto size = number(trimmed(line.substr(0, line.find(';'))), 16);
      if (!size) return fail(400, "the size of a chunk is no number");
      if (*size > kBodyBytesMax - request_.body.size()) return fail(413, "the body is too long");
      left_ = *size;
      part_ = left_ == 0 ? Part::kTrailer : Part::kChunkBytes;
      return;
    }
    case Part::kChunkEnd:
      if (!line.empty()) return fail(400, "a chunk is longer than its size");
      part_ = Part::kChunkSize;
      return;
    case Part::kTrailer:
      if (line.empty()) state_ = State::kDone;
      return;
    case Part::kFixed:
    case Part::kChunkBytes:
      CHECK(false, "these parts are not made of lines");
  }
}

}  // namespace plumbline::pods
