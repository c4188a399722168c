#include "simulator/kube/transport/payload.h"

#include <zlib.h>

#include <array>
#include <ctime>
#include <stdexcept>

#include "simulator/kube/http/negotiation.h"

namespace plumbline::kube {
namespace {

constexpr int kGzipLevel = 1;         // as real servers: it must not cost more than it saves
constexpr int kGzipWindow = 15 + 16;  // with the frame of gzip
constexpr std::size_t kGzipRoom = std::size_t{32} * 1024;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

bool takes_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::size_t comma = accept_encoding.find(',');
    std::string_view part = accept_encoding.substr(0, comma);
    const std::size_t semicolon = part.find(';');
    if (trimmed(part.substr(0, semicolon)) == "gzip") return true;
    if (comma == std::string_view::npos) break;
    accept_encoding.remove_prefix(comma + 1);
  }
  return false;
}

std::string http_date() {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[parts.tm_wday], parts.tm_mday,
                kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

struct Payload::Deflate {
  Deflate() {
    if (deflateInit2(&state, kGzipLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~Deflate() { deflateEnd(&state); }
  Deflate(const Deflate&) = delete;
  Deflate& operator=(const Deflate&) = delete;

  z_stream state{};
  bool done = false;
};

Payload::Payload(Reply reply, Wish wish, TimePoint now) : wish_(wish) {
  if (auto* watch = std::get_if<std::unique_ptr<WatchStream>>(&reply)) {
    watch_ = std::move(*watch);
    response_.content_type = "application/json";
    end_ = now + watch_->timeout();
    next_bookmark_ = now + kBookmarkPeriod;
    return;
  }
  response_ = std::move(std::get<HttpResponse>(reply));
  if (wish.gzip && !wish.head && response_.body.size() >= kGzipFrom) deflate_ = std::make_unique<Deflate>();
}

Payload::~Payload() = default;

int Payload::code() const { return response_.code; }

std::optional<std::size_t> Payload::size() const {
  if (watch_ || deflate_) return std::nullopt;
  return response_.body.size();
}

std::vector<std::pair<std::string, std::string>> Payload::headers() const {
  std::vector<std::pair<std::string, std::string>> headers;
  headers.reserve(response_.headers.size() + 6);
  headers.emplace_back("Cache-Control", "no-cache, private");
  if (deflate_) headers.emplace_back("Content-Encoding", "gzip");
  headers.emplace_back("Content-Type", response_.content_type);
  headers.emplace_back("Date", http_date());
  if (deflate_) headers.emplace_back("Vary", "Accept-Encoding");
  headers.insert(headers.end(), response_.headers.begin(), response_.headers.end());
  if (const auto known = size()) headers.emplace_back("Content-Length", std::to_string(*known));
  return headers;
}

void Payload::take(std::string& out, std::size_t size_max) {
  if (wish_.head) return;
  if (watch_) return watch_->take(out, size_max);
  const std::string& body = response_.body;
  if (!deflate_) {
    if (out.size() >= size_max) return;
    const std::size_t more = std::min(size_max - out.size(), body.size() - taken_);
    out.append(body, taken_, more);
    taken_ += more;
    return;
  }
  z_stream& state = deflate_->state;
  while (!deflate_->done && out.size() < size_max) {
    const std::size_t before = out.size();
    out.resize(before + kGzipRoom);
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data() + taken_));
    state.avail_in = static_cast<uInt>(std::min<std::size_t>(body.size() - taken_, 1U << 30U));
    state.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    state.avail_out = kGzipRoom;
    const std::size_t offered = state.avail_in;
    const bool last = taken_ + offered == body.size();
    const int result = deflate(&state, last ? Z_FINISH : Z_NO_FLUSH);
    taken_ += offered - state.avail_in;
    out.resize(before + kGzipRoom - state.avail_out);
    deflate_->done = result == Z_STREAM_END || result == Z_STREAM_ERROR;
  }
}

bool Payload::ended() const {
  if (wish_.head) return true;
  if (watch_) return watch_->ended() && watch_->empty();
  return deflate_ ? deflate_->done : taken_ == response_.body.size();
}

void Payload::on_ready(std::function<void()> ready) {
  if (watch_) watch_->on_ready(std::move(ready));
}

void Payload::tick(TimePoint now) {
  if (!watch_ || watch_->ended()) return;
  if (now >= end_) {
    watch_->finish();
  } else if (now >= next_bookmark_) {
    next_bookmark_ = now + kBookmarkPeriod;
    if (watch_->wants_bookmarks()) watch_->bookmark();
  }
}

}  // namespace plumbline::kube
