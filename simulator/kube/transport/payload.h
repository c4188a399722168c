// What answers one request, taken piece by piece as the client can take it: a response, compressed on the way when it
// is large and the client would have it so, or a watch as long as it lasts. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "simulator/kube/transport/session.h"

namespace plumbline::kube {

/// Smaller bodies are sent as they are, as real servers do.
inline constexpr std::size_t kGzipFrom = std::size_t{128} * 1024;
inline constexpr std::chrono::seconds kBookmarkPeriod{60};

class Payload {
 public:
  /// What of the request decides how the reply is sent.
  struct Wish {
    bool head = false;  ///< no body
    bool gzip = false;  ///< taken by the client
  };
  /// `now`: when a watch begins, from which its time is counted.
  Payload(Reply reply, Wish wish, TimePoint now);
  ~Payload();
  Payload(const Payload&) = delete;
  Payload& operator=(const Payload&) = delete;

  int code() const;
  /// Name and value of each header, with Date and Content-Length where that is known.
  std::vector<std::pair<std::string, std::string>> headers() const;
  /// Bytes of the body; nullopt: known at its end.
  std::optional<std::size_t> size() const;
  bool is_watch() const { return watch_ != nullptr; }

  /// Appends to `out`, until that has about `size_max` bytes or nothing is left for now.
  void take(std::string& out, std::size_t size_max);
  /// Nothing more comes.
  bool ended() const;
  /// Called when there is something to take after there was nothing.
  void on_ready(std::function<void()> ready);
  void tick(TimePoint now);

 private:
  struct Deflate;

  HttpResponse response_;
  Wish wish_;
  std::size_t taken_ = 0;
  std::unique_ptr<Deflate> deflate_;
  std::unique_ptr<WatchStream> watch_;
  TimePoint end_, next_bookmark_;
};

/// Whether an Accept-Encoding header takes gzip.
bool takes_gzip(std::string_view accept_encoding);
/// "Wed, 25 Nov 2026 21:33:08 GMT", now.
std::string http_date();

}  // namespace plumbline::kube
