// The history: everything that one scenario run observed, as JSON Lines, schema "plumbline.history/v1".
// The runner and the simulator write it, checks read it, nothing else is evidence.
// One JSON object a line; field "type" says which; times "t" are microseconds since the world's start (steady clock).
//
// clang-format off
//   header    schema, scenario, case, seed, plan, candidate (without features it never introduced itself), deadlines (ms),
//             interpretations, versions, started, world
//   step      {t, t1, index, verb, as, ok, refused?, error?, skipped?, settled?, probes?}  one executed step of the plan
//   control   {t, t1, step, as, method, params, result | error | silent: timeout|exit|invalid}  one contract call; secrets redacted
//   event     {t, event, ...}                                              a notification of the candidate, or a line of its stderr
//   candidate {t, state: started|exited, code?, signal?, error?}           its process
//   audit     {t, cluster, user, verb, resource, path, code, from}         one Kubernetes API request; code 0: never answered
//   object    {t, cluster, kind, op: ADDED|MODIFIED|DELETED, object}       one committed change (Pod, Service, Endpoints, Node)
//   world     {t, step?, as?, action, pods?, count?}                       what was done to the world; flow-log-lost counts SYNs
//                                                                          that the flow log missed so far
//   window    {t, t1, window, as, kind: traffic|probe|exchange, api, tunnel, requests, gave_up?, cut?, ...}  a span of user requests
//   hits      columns, see Hit                                             what Pods saw
//   results   columns, see ClientResult                                    what users got
//   syns      columns, see Syn                                             every connection attempt that left the instance
//   exchange  {t, window, n, sent, seen[], answered?, received}            one request in full, on all four edges
//   stall     {t, ms}                                                      the host did not run us for that long
//   end       {t, complete, error?, mistake?, cut?, awaited_ms?}           always last; without it a history is truncated
// clang-format on
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace plumbline::wire {

inline constexpr std::string_view kHistorySchema = "plumbline.history/v1";

/// Takes records. Implementations say whether they may be called from several threads.
class HistorySink {
 public:
  virtual ~HistorySink() = default;
  /// Appends one record; `record["type"]` is set.
  virtual void write(const nlohmann::json& record) = 0;
  /// False when nobody will read them, so that nobody need make them.
  virtual bool wanted() const { return true; }
};

/// Requests of users carry `X-Plumbline-Id: WINDOW-N`; these take it apart and put it together.
inline constexpr std::string_view kRequestIdHeader = "X-Plumbline-Id";
struct RequestId {
  int window = -1;  ///< index of the window; -1 when the header did not arrive
  int n = -1;       ///< number of the request inside its window
  friend bool operator==(const RequestId&, const RequestId&) = default;
};
std::string to_string(const RequestId& id);
/// {-1, -1} when `text` is not of that form.
RequestId parse_request_id(std::string_view text);

/// One request as a Pod saw it.
struct Hit {
  std::int64_t t = 0;
  std::string pod;              ///< "cluster/namespace/name#uid"; for traps "trap:KIND:address:port"
  int port = 0;                 ///< the port of the Pod that was connected to
  std::int64_t connection = 0;  ///< number of the connection inside the Pod's world
  RequestId id;
  std::string peer;  ///< source address of the connection
  std::string host;  ///< the Host header as received; "\n" joins several
  int status = 0;    ///< what the Pod answered; 0 when it did not
};

/// One request as its user saw it.
struct ClientResult {
  std::int64_t t = 0;   ///< sent
  std::int64_t t1 = 0;  ///< finished
  RequestId id;
  int connection = 0;  ///< number of the user's connection inside the window
  int status = 0;      ///< 0 when there was no response
  std::string pod;     ///< who the body says it is, "" when it does not say; a hint, hits are the truth
  std::string error;   ///< "refused", "timeout", "reset", "closed", "malformed" ...; "" when there was a response
};

/// One connection attempt that left the gateway's instance.
struct Syn {
  std::int64_t t = 0;
  std::string from;  ///< source address
  std::string to;    ///< destination address
  int port = 0;
};

/// Batches as one record each: columns of numbers, with strings listed once in "names".
nlohmann::json to_record(const std::vector<Hit>& hits);
nlohmann::json to_record(const std::vector<ClientResult>& results);
nlohmann::json to_record(const std::vector<Syn>& syns);
/// Inverse; throws nlohmann::json::exception or std::out_of_range when the record is not of that form.
std::vector<Hit> hits_from_record(const nlohmann::json& record);
std::vector<ClientResult> results_from_record(const nlohmann::json& record);
std::vector<Syn> syns_from_record(const nlohmann::json& record);

}  // namespace plumbline::wire
