// How a candidate is started, told, asked and stopped: the interface that every driver implements.
// One request at a time; call(), stop() and kill() belong to one thread. The observer is called from another one.
#pragma once

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/contract/child_process.h"
#include "conformance/contract/descriptor.h"
#include "model/error.h"

namespace plumbline::conformance {

/// Why a call has no answer. Each of them FAILs the rule under test.
enum class Silence {
  kTimeout,  ///< the deadline passed
  kExit,     ///< the process ended, or closed the connection
  kInvalid,  ///< it wrote something that is no message of the contract
};
/// "timeout", "exit", "invalid": the history's spelling.
std::string_view to_string(Silence silence);

/// How one call ended; exactly one of the three is set.
struct CallOutcome {
  std::optional<nlohmann::json> result;
  std::optional<nlohmann::json> error;  ///< the JSON-RPC error object as received
  std::optional<Silence> silent;
  std::string detail;  ///< for people: what was wrong when silent
};

/// What a candidate does on its own. Called at once, also between calls, from the driver's thread;
/// implementations must not call the driver.
class CandidateObserver {
 public:
  virtual ~CandidateObserver() = default;
  /// One line of its stderr.
  virtual void on_stderr(std::string_view line) = 0;
  /// `log` or `event`, or a notification that the contract does not know.
  virtual void on_notification(const std::string& method, const nlohmann::json& params) = 0;
  /// The process ended (with the status), or the attached connection closed (without).
  virtual void on_exit(const std::optional<ExitStatus>& status) = 0;
};

/// How a stop went (contract: `stop`, then exit within 5 s).
struct StopOutcome {
  CallOutcome answer;
  bool exited_in_time = false;
  std::optional<ExitStatus> status;  ///< unset when attached
};

inline constexpr std::chrono::milliseconds kStopGrace{5000};  ///< contract: from the answer to `stop` to the exit

class Driver {
 public:
  virtual ~Driver() = default;  ///< kills what still runs
  /// Starts or connects. kNotFound, kUnavailable.
  virtual Result<void> start() = 0;
  /// Sends one request and waits for its answer until `deadline` has passed. Requires a successful start().
  virtual CallOutcome call(const std::string& method, const nlohmann::json& params,
                           std::chrono::milliseconds deadline) = 0;
  /// `stop`, then `grace` to exit, then SIGKILL.
  virtual StopOutcome stop(std::chrono::milliseconds grace = kStopGrace) = 0;
  /// At once.
  virtual void kill() = 0;
  /// False when the candidate has ended or closed its connection.
  virtual bool alive() const = 0;
};

/// The driver that the descriptor names. `network_namespace`: where its command starts; -1 for the current one.
/// `programs`: folder where a bare program name is looked up before PATH. `observer` must outlive the driver.
std::unique_ptr<Driver> make_driver(const Descriptor& descriptor, int network_namespace, const std::string& programs,
                                    CandidateObserver& observer);

}  // namespace plumbline::conformance
