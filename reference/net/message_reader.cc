#include "reference/net/message_reader.h"

#include <algorithm>
#include <cstring>

#include "model/check.h"

namespace plumbline::gateway {
namespace {

constexpr std::size_t kHeadersMax = 256;  ///< header lines of one message; more is kMalformed

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Calls `take` for each member of a comma-separated list.
template <class Take>
void for_each_member(std::string_view list, Take take) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view member = trimmed(list.substr(0, comma));
    if (!member.empty()) take(member);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

}  // namespace

bool same_token(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

struct MessageReader::Hooks {
  static MessageReader& self(llhttp_t* parser) { return *static_cast<MessageReader*>(parser->data); }

  static int method(llhttp_t* parser, const char* at, std::size_t size) {
    self(parser).head_.method = {at, size};
    return 0;
  }
  static int target(llhttp_t* parser, const char* at, std::size_t size) {
    self(parser).head_.target = {at, size};
    return 0;
  }
  static int reason(llhttp_t* parser, const char* at, std::size_t size) {
    self(parser).head_.reason = {at, size};
    return 0;
  }
  static int name(llhttp_t* parser, const char* at, std::size_t size) {
    MessageReader& reader = self(parser);
    if (reader.in_body_) return reader.trailer(size);
    if (reader.head_.headers.size() == kHeadersMax) return -1;
    reader.head_.headers.push_back({{at, size}, {}});
    return 0;
  }
  static int value(llhttp_t* parser, const char* at, std::size_t size) {
    MessageReader& reader = self(parser);
    if (reader.in_body_) return reader.trailer(size);
    reader.head_.headers.back().value = trimmed({at, size});
    return 0;
  }
  static int head_complete(llhttp_t*) { return HPE_PAUSED; }
  static int body(llhttp_t* parser, const char* at, std::size_t size) {
    MessageReader& reader = self(parser);
    if (reader.compact_end_ != at) std::memmove(reader.compact_end_, at, size);
    reader.compact_end_ += size;
    return 0;
  }
  static int message_complete(llhttp_t* parser) {
    self(parser).message_complete_ = true;
    return HPE_PAUSED;
  }

  static const llhttp_settings_t* settings() {
    static const llhttp_settings_t kSettings = [] {
      llhttp_settings_t made;
      llhttp_settings_init(&made);
      made.on_method = method;
      made.on_url = target;
      made.on_status = reason;
      made.on_header_field = name;
      made.on_header_value = value;
      made.on_headers_complete = head_complete;
      made.on_body = body;
      made.on_message_complete = message_complete;
      return made;
    }();
    return &kSettings;
  }
};

MessageReader::MessageReader(Side side) : side_(side) { restart(); }

void MessageReader::restart() {
  llhttp_init(&parser_, side_ == Side::kRequest ? HTTP_REQUEST : HTTP_RESPONSE, Hooks::settings());
  parser_.data = this;
  MessageHead blank;  // keeps the memory of the lists
  blank.headers.swap(head_.headers);
  blank.headers.clear();
  blank.named_by_connection.swap(head_.named_by_connection);
  blank.named_by_connection.clear();
  head_ = std::move(blank);
  scanned_ = line_begin_ = head_begin_ = head_bytes_ = 0;
  left_ = 0;
  in_body_ = false;
  trailer_bytes_ = 0;
}

HeadState MessageReader::read_head(std::string_view stream, std::size_t limit) {
  const HeadState state = scan(stream, limit);
  if (state != HeadState::kComplete) return state;
  if (!take_head(stream.substr(head_begin_, head_bytes_ - head_begin_)) || !judge_headers()) {
    return HeadState::kMalformed;
  }
  return HeadState::kComplete;
}

// Finds the head's end by itself so that llhttp sees the head in one piece and its views need no joining.
HeadState MessageReader::scan(std::string_view stream, std::size_t limit) {
  while (true) {
    const std::size_t newline = stream.find('\n', scanned_);
    if (newline == std::string_view::npos) {
      scanned_ = stream.size();
      return scanned_ >= limit ? HeadState::kTooLarge : HeadState::kIncomplete;
    }
    if (newline >= limit) return HeadState::kTooLarge;
    if (newline == line_begin_ || stream[newline - 1] != '\r') return HeadState::kMalformed;  // bare LF
    const std::string_view line = stream.substr(line_begin_, newline - 1 - line_begin_);
    scanned_ = newline + 1;
    if (line.empty()) {
      const bool before_start_line = line_begin_ == head_begin_;
      line_begin_ = scanned_;
      if (before_start_line) {
        head_begin_ = scanned_;
        continue;
      }
      head_bytes_ = scanned_;
      return HeadState::kComplete;
    }
    if (line.front() == ' ' || line.front() == '\t') return HeadState::kMalformed;  // obs-fold
    if (line.find('\r') != std::string_view::npos) return HeadState::kMalformed;    // bare CR
    line_begin_ = scanned_;
  }
}

bool MessageReader::take_head(std::string_view head) {
  const llhttp_errno_t error = llhttp_execute(&parser_, head.data(), head.size());
  if (error != HPE_PAUSED) return false;
  if (parser_.http_major != 1 || parser_.http_minor > 1) return false;
  head_.version_minor = parser_.http_minor;
  head_.status = parser_.status_code;
  if (side_ == Side::kRequest) {
    // llhttp reads RTSP's and ICE's start lines too, and spaces between the parts.
    constexpr std::string_view kVersion = " HTTP/1.1";
    const std::string_view line = head.substr(0, head.find('\r'));
    if (line.size() != head_.method.size() + 1 + head_.target.size() + kVersion.size()) return false;
    if (line.substr(line.size() - kVersion.size(), kVersion.size() - 1) != kVersion.substr(0, kVersion.size() - 1)) {
      return false;
    }
    const auto printable = [](char c) { return c > ' ' && c < 0x7f; };
    if (!std::all_of(head_.target.begin(), head_.target.end(), printable)) return false;
    if (head_.target.find('#') != std::string_view::npos) return false;
  } else if (head_.status < 100 || head_.status > 599) {
    return false;
  }
  return true;
}

bool MessageReader::judge_headers() {
  int hosts = 0;
  int codings = 0;
  int lengths = 0;
  bool chunked = false;
  bool close = false;
  bool keep_alive = false;
  for (const HeaderLine& line : head_.headers) {
    if (line.name.empty()) return false;
    switch (line.name.size()) {
      case 4:
        if (same_token(line.name, "host")) {
          ++hosts;
          head_.host = line.value;
        }
        break;
      case 6:
        if (same_token(line.name, "expect")) head_.expects_continue |= same_token(line.value, "100-continue");
        break;
      case 10:
        if (same_token(line.name, "connection")) {
          for_each_member(line.value, [&](std::string_view member) {
            close |= same_token(member, "close");
            keep_alive |= same_token(member, "keep-alive");
            head_.named_by_connection.push_back(member);
          });
        }
        break;
      case 14:
        if (same_token(line.name, "content-length")) ++lengths;
        break;
      case 17:
        if (same_token(line.name, "transfer-encoding")) {
          ++codings;
          chunked = same_token(line.value, "chunked");
        }
        break;
      default:
        break;
    }
  }
  if (codings > 0) {
    // RFC 9112 6.1: both lengths, a coding in HTTP/1.0, or one that we don't know make the end of the message doubtful.
    if (codings > 1 || lengths > 0 || !chunked || head_.version_minor == 0) return false;
    head_.framing = Framing::kChunked;
  } else if (lengths > 0) {
    if (lengths > 1) return false;
    head_.framing = Framing::kLength;
    head_.length = parser_.content_length;
  } else {
    head_.framing = side_ == Side::kRequest ? Framing::kNone : Framing::kUntilClose;
  }
  if (side_ == Side::kRequest) {
    if (hosts > 1 || (hosts == 0 && head_.version_minor == 1)) return false;  // RFC 9112 3.2
    if (head_.host.find_first_of(" \t,/@") != std::string_view::npos) return false;
  }
  head_.persistent = head_.version_minor == 1 ? !close : keep_alive && !close;
  left_ = head_.length;
  if (head_.status / 100 == 1 || head_.status == 204 || head_.status == 304) expect_no_body();
  return true;
}

void MessageReader::expect_no_body() {
  head_.framing = Framing::kNone;
  left_ = 0;
}

int MessageReader::trailer(std::size_t bytes) {
  trailer_bytes_ += bytes;
  return trailer_bytes_ > kTrailerBytesMax ? -1 : 0;
}

BodyPiece MessageReader::read_body(char* data, std::size_t size) {
  switch (head_.framing) {
    case Framing::kNone:
      return {.bytes = {}, .consumed = 0, .complete = true};
    case Framing::kUntilClose:
      return {.bytes = {data, size}, .consumed = size, .complete = false};
    case Framing::kLength: {
      const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size));
      left_ -= taken;
      return {.bytes = {data, taken}, .consumed = taken, .complete = left_ == 0};
    }
    case Framing::kChunked:
      break;
  }
  if (!in_body_) {
    in_body_ = true;
    parser_.upgrade = 0;  // upgrades are not offered, so the body is an ordinary one
    llhttp_resume(&parser_);
  }
  message_complete_ = false;
  compact_end_ = data;
  const llhttp_errno_t error = llhttp_execute(&parser_, data, size);
  BodyPiece piece{.bytes = {data, static_cast<std::size_t>(compact_end_ - data)}, .consumed = size};
  if (message_complete_) {
    piece.consumed = static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - data);
    piece.complete = true;
    const char before = piece.consumed > 1 ? data[piece.consumed - 2] : last_byte_;
    piece.malformed = before != '\r';
  } else {
    piece.malformed = error != HPE_OK;
  }
  if (size > 0) last_byte_ = data[size - 1];
  return piece;
}

}  // namespace plumbline::gateway
