// What the tests of sessions have in common: a handler that answers as it is told, and remembers what it was asked.
#pragma once

#include <zlib.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "simulator/kube/transport/session.h"

namespace plumbline::kube {

struct ScriptedHandler {
  /// Answers each request; when null, answers are kept until somebody takes them.
  std::function<Reply(const HttpRequest&)> answer = [](const HttpRequest& request) {
    return HttpResponse{200, "text/plain", request.method + " " + request.target + " " + request.body};
  };
  std::vector<HttpRequest> asked;
  std::vector<Respond> kept;
  int woken = 0, woken_for_events = 0;
  TimePoint now{std::chrono::hours(1)};

  SessionContext context() {
    SessionContext made;
    made.handler = [this](HttpRequest request, Respond respond) {
      asked.push_back(std::move(request));
      if (answer)
        respond(answer(asked.back()));
      else
        kept.push_back(std::move(respond));
    };
    made.from = "10.0.0.7";
    made.wake = [this] { ++woken; };
    made.wake_for_events = [this] { ++woken_for_events; };
    made.now = [this] { return now; };
    return made;
  }
};

/// All that `session` has to send now.
inline std::string sent(Session& session, std::size_t piece = 65'536) {
  std::string all;
  for (;;) {
    std::string out;
    session.send(out, piece);
    if (out.empty()) return all;
    all += out;
  }
}

/// `gzipped`, inflated; "" when it is not gzip.
inline std::string gunzip(const std::string& gzipped) {
  z_stream state{};
  if (inflateInit2(&state, 15 + 16) != Z_OK) return {};
  std::string text(std::size_t{64} * 1024 * 1024, '\0');
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzipped.data()));
  state.avail_in = static_cast<uInt>(gzipped.size());
  state.next_out = reinterpret_cast<Bytef*>(text.data());
  state.avail_out = static_cast<uInt>(text.size());
  const int result = inflate(&state, Z_FINISH);
  text.resize(result == Z_STREAM_END ? text.size() - state.avail_out : 0);
  inflateEnd(&state);
  return text;
}

inline Store::Options quiet_options() {
  Store::Options chosen;
  chosen.wall_clock = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000)); };
  return chosen;
}

/// A watch on all Pods of `store`.
inline std::unique_ptr<WatchStream> watch_pods(Store& store, bool bookmarks, std::chrono::seconds timeout) {
  WatchOptions options;
  options.kind = &store.kind(KindId::kPod);
  options.version = &options.kind->storage();
  options.bookmarks = bookmarks;
  options.timeout = timeout;
  return std::make_unique<WatchStream>(store, options);
}

}  // namespace plumbline::kube
