// The nouns that scenarios expect things with: each is a check of a history with the arguments that it takes.
// One table; the language validates arguments by it, the judge calls the checks. A new noun needs a decision record, a
// mutant and two golden histories.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::conformance {

/// `every-pod of CLUSTER/NAMESPACE/SERVICE`: in noConnections, and in steps.
inline constexpr std::string_view kEveryPodOf = "every-pod of ";

struct Finding;
class CheckContext;

/// What an argument holds. The language checks the form and writes it into the plan as said here.
enum class ArgumentKind {
  kOutcome,   ///< name of a step that asks the candidate something -> string
  kOutcomes,  ///< one or several of them -> list of strings
  kWindow,    ///< name of a `send` or `exchange` step -> string
  kStep,      ///< name of any step -> string
  kTunnel,    ///< a tunnel that a step creates -> string
  kTunnels,   ///< any number of them, none too -> list of strings
  kCluster,   ///< a cluster of the world -> string
  kClusters,  ///< one or several -> list of strings
  kReasons,   ///< refusal reasons of the contract -> list of strings
  kTargets,   ///< where connections must not go -> list of strings, see noConnections
  kText,      ///< -> string
  kTexts,     ///< some of `choices` when there are any -> list of strings
  kChoice,    ///< one of `choices` -> string; absent: the first
  kPercent,   ///< "20%" -> 0.2
  kWithin,    ///< "propagation", "failover", "control" or a time -> string or milliseconds
  kStatuses,  ///< 200, 2xx, or several -> list of strings
  kFlag,      ///< true or false
};

struct Argument {
  std::string_view name;
  ArgumentKind kind = ArgumentKind::kText;
  bool required = false;
  std::vector<std::string_view> choices = {};
  std::string_view of = "";  ///< the verb of the step that it names; "" for any that the kind allows
};

using Check = Finding (*)(const CheckContext& context, const nlohmann::json& arguments);

struct Noun {
  std::string_view name;
  std::string_view meaning;  ///< one line for `plumbline lint --list` and the guide
  std::string_view primary;  ///< `noun: word` stands for `noun: {primary: word}`; "" when there is none
  std::vector<Argument> arguments;
  /// It judges whether a step was accepted or refused, so that a refusal of that step does not end the scenario.
  bool judges_outcome = false;
  Check check = nullptr;
  bool wants_refusal = false;  ///< the refusal of a step is what it expects
};

/// Ordered by name.
const std::vector<Noun>& nouns();
/// nullptr when there is no such noun.
const Noun* find_noun(std::string_view name);

}  // namespace plumbline::conformance
