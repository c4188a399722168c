// A history in typed form, for checks: what was recorded in JSON Lines (wire/history.h), each with its line number.
// Value types; read-only once loaded, then safe to share between threads.
#pragma once

#include <cstdint>
#include <istream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/checks/truth.h"
#include "model/error.h"
#include "wire/history.h"

namespace plumbline::conformance {

inline constexpr std::size_t kHistoryLineBytesMax = std::size_t{64} * 1024 * 1024;
inline constexpr int kHistoryNestingMax = 256;  ///< more than any message or Kubernetes object may have

/// A step of the plan as it went. Times are microseconds since the world's start.
struct StepRecord {
  int line = 0;
  std::int64_t t = 0, t1 = 0;
  int index = -1;
  std::string verb, as, error;
  bool ok = false;
  bool refused = false;
  bool skipped = false;  ///< the candidate lacks the feature, or an earlier refusal left nothing to act on
  std::optional<bool> settled;
  std::int64_t probes = 0;
};

/// One contract call.
struct ControlRecord {
  int line = 0;
  std::int64_t t = 0, t1 = 0;
  int step = -1;
  std::string as, method;
  nlohmann::json params;
  std::optional<nlohmann::json> result;
  std::optional<nlohmann::json> error;  ///< {code, message, data}
  std::string silent;                   ///< "timeout", "exit", "invalid"; "" when it was answered
  std::string detail;                   ///< of the silence: what was wrong with the answer
};

/// A span of user requests.
struct Window {
  int line = 0;
  std::int64_t t = 0, t1 = 0;
  int index = -1;
  std::string as, kind, api, tunnel, method, path;
  std::int64_t requests = 0;
  int connections = 0;
  bool fresh = false;
  bool cut = false;  ///< the scenario's time was up meanwhile: requests are missing
};

template <class Value>
struct Recorded {
  int line = 0;
  Value value;
};
using HitRecord = Recorded<wire::Hit>;
using ResultRecord = Recorded<wire::ClientResult>;
using SynRecord = Recorded<wire::Syn>;

/// One Kubernetes API request.
struct AuditRecord {
  int line = 0;
  std::int64_t t = 0;
  std::string cluster, user, verb, path, from;
  int code = 0;
};

/// Something else that is looked at as JSON: world, event, exchange, candidate, stall.
struct OtherRecord {
  int line = 0;
  std::int64_t t = 0;
  nlohmann::json json;
};

struct Stall {
  int line = 0;
  std::int64_t t = 0, t1 = 0;  ///< the host did not run us between them
};

struct History {
  nlohmann::json header;
  std::vector<StepRecord> steps;
  std::vector<ControlRecord> controls;
  std::vector<Window> windows;
  std::vector<HitRecord> hits;        ///< ordered by time
  std::vector<ResultRecord> results;  ///< ordered by time
  std::vector<SynRecord> syns;        ///< ordered by time
  std::vector<AuditRecord> audits;
  std::vector<OtherRecord> world, events, exchanges, candidate;
  std::vector<Stall> stalls;
  std::int64_t flow_log_lost = 0;  ///< connection attempts that `syns` misses; then it proves no absence
  Truth truth;
  std::int64_t end = 0;         ///< time of the last record
  bool complete = false;        ///< the end record says so
  bool mistake = false;         ///< the scenario asked for what its world does not have
  bool cut = false;             ///< its time was up
  std::int64_t awaited_ms = 0;  ///< when cut: time spent waiting for the candidate's answers
  std::string end_error;        ///< why not

  const StepRecord* step(std::string_view as) const;
  const Window* window(std::string_view as) const;
};

/// Reads JSON Lines. kInvalidValue names the line: not JSON, no header first, another schema, a field of another type,
/// or no `end` record (truncated). Unknown record types are skipped, because later versions add some.
Result<History> load_history(std::istream& in);

}  // namespace plumbline::conformance
