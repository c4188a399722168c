// Clients that watch over TLS in a process of their own, and measure how late events come. Linux; one thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace plumbline::bench {

struct WatchersOrder {
  std::uint16_t port = 0;  ///< of an API server on 127.0.0.1
  std::string certificate_pem, key_pem;
  std::vector<std::string> targets;  ///< one watch each: "/api/v1/pods?watch=true"
};

struct WatchersReport {
  std::uint64_t events = 0;
  std::vector<double> latencies_ms;  ///< sorted; a sample of at most 200,000
  double cpu_s = 0;                  ///< what the watchers' process took since all were open
};

/// Starts the process, waits until every watch is open (nothing on failure).
class Watchers {
 public:
  explicit Watchers(const WatchersOrder& order);
  ~Watchers();
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

  /// To be asked now and then while the server runs: all watches are open.
  bool ready();
  /// Ends them; what they saw.
  WatchersReport stop();

 private:
  pid_t pid_ = -1;
  int from_ = -1, to_ = -1;
  bool ready_ = false;
};

/// Seconds of a core that this process has taken.
double cpu_seconds();

/// What a change carries so that watchers know when it was made: nanoseconds of the steady clock, as an annotation.
inline constexpr const char* kMadeAt = "bench/made-at";

}  // namespace plumbline::bench
