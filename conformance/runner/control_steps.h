// Carries out the steps that ask the candidate something: tunnels, authorisation, APIs.
#pragma once

#include <map>
#include <string>

#include "conformance/language/plan.h"
#include "conformance/runner/candidate_session.h"
#include "conformance/runner/step_outcome.h"
#include "conformance/runner/users.h"

namespace plumbline::conformance {

inline constexpr const char* kReleaseEnvironment = "release";

/// Where users reach an API of the scenario.
struct PublishedApi {
  std::string tunnel;  ///< the scenario's name of it
  std::string method;  ///< that the frontend takes; GET for ANY
  std::string path;    ///< of the frontend
  Destination to;
};

/// Keeps the names that the candidate gave to the scenario's things. Used by the executor's thread.
class ControlSteps {
 public:
  /// `plan` must outlive it: its `publish` steps say what an API looks like before, or without, being accepted.
  ControlSteps(const Plan& plan, CandidateSession& candidate, std::string instance_address);

  StepOutcome run(int index, const Step& step, const CreateTunnel& action);
  StepOutcome run(int index, const Step& step, const ModifyTunnel& action);
  StepOutcome run(int index, const Step& step, const DescribeTunnel& action);
  StepOutcome run(int index, const Step& step, const ListTunnels& action);
  StepOutcome run(int index, const Step& step, const DeleteTunnel& action);
  StepOutcome run(int index, const Step& step, const Authorize& action);
  StepOutcome run(int index, const Step& step, const DescribeCluster& action);
  StepOutcome run(int index, const Step& step, const Publish& action);
  StepOutcome run(int index, const Step& step, const Unpublish& action);

  /// The API as released; one that was never accepted is looked for where it would have been. kNotFound when no step
  /// of the plan publishes it.
  Result<PublishedApi> api(const std::string& name) const;

 private:
  StepOutcome ask(int index, const Step& step, const std::string& method, const nlohmann::json& params,
                  nlohmann::json* result = nullptr, const CandidateSession::Form& form = {});
  const std::string* tunnel_id(const std::string& tunnel) const;

  const Plan& plan_;
  CandidateSession& candidate_;
  std::string instance_address_;
  std::map<std::string, std::string> tunnels_;       ///< scenario's name -> candidate's id
  std::map<std::string, std::string> api_services_;  ///< instance -> candidate's id
  std::map<std::string, std::string> api_ids_;       ///< scenario's name -> candidate's id
  std::map<std::string, PublishedApi> apis_;
};

}  // namespace plumbline::conformance
