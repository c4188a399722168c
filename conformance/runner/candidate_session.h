// One candidate in one world: starts it, asks it, and writes down every call and everything it says.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "conformance/contract/driver.h"
#include "wire/contract.h"
#include "wire/history.h"

namespace plumbline::conformance {

/// Most workers that a `hello` may declare; bounds and probes grow with the number.
inline constexpr int kWorkersMax = 256;

/// Called by one thread; its observer side is called by the driver's. `sink` must be thread-safe.
class CandidateSession : private CandidateObserver {
 public:
  using MakeDriver = std::function<std::unique_ptr<Driver>(CandidateObserver&)>;

  /// Says what is wrong with a result; "" when nothing is.
  using Form = std::function<std::string(const nlohmann::json& result)>;

  CandidateSession(const Descriptor& descriptor, std::function<std::int64_t()> now_us, wire::HistorySink& sink);
  ~CandidateSession() override;

  /// Starts the candidate and says hello, both within the start deadline. What went wrong is in the history, too: as
  /// the exit of a candidate that did not start, as an invalid answer to hello.
  /// kNotFound, kUnavailable: it did not start; kInvalidValue: its answer is none of the contract.
  Result<wire::HelloResult> introduce(const MakeDriver& make, const wire::Hello& hello);
  bool offers(const std::string& feature) const;
  /// Every feature that it declared, as it wrote them.
  const std::vector<std::string>& declared() const { return declared_; }

  /// One call of step `step` (-1: no step's), recorded as a `control` record under the name `as`.
  /// The deadline is the descriptor's for control calls. A result in which `form` finds something wrong is no answer:
  /// the outcome is silent as Silence::kInvalid.
  CallOutcome call(int step, const std::string& as, const std::string& method, const nlohmann::json& params,
                   const Form& form = {});
  StopOutcome stop();
  void kill();
  bool alive() const;
  /// A call had no answer in time.
  bool silent() const { return silent_; }

 private:
  void on_stderr(std::string_view line) override;
  void on_notification(const std::string& method, const nlohmann::json& params) override;
  void on_exit(const std::optional<ExitStatus>& status) override;
  /// The answer to hello, when it is one of the contract.
  Result<wire::HelloResult> accept(const nlohmann::json& result) const;
  void record_call(int step, const std::string& as, const std::string& method, const nlohmann::json& params,
                   std::int64_t begun, const CallOutcome& outcome);

  const Descriptor& descriptor_;
  std::function<std::int64_t()> now_us_;
  wire::HistorySink& sink_;
  wire::HelloResult self_;
  std::vector<std::string> declared_;
  std::set<std::string> features_;
  std::unique_ptr<Driver> driver_;
  bool silent_ = false;
};

/// "cls is not authorised [AuthorizationRequired]" of a JSON-RPC error, for people.
std::string describe_refusal(const nlohmann::json& error);

}  // namespace plumbline::conformance
