// Reads the steps of a scenario: one verb each, with its fields; names are checked against the world and the steps
// before. Not thread-safe; one per plan.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/language/plan.h"
#include "simulator/yaml/fields.h"

namespace plumbline::conformance {

/// A verb of the language, for `plumbline lint` and the guide.
struct Verb {
  std::string name;
  std::string meaning;
  std::string shorthand = "";            ///< `verb: word` stands for `verb: {shorthand: word}`; "" when there is none
  std::vector<std::string> fields = {};  ///< that it takes, ordered
};
/// Every verb, ordered by name. The fields are those that its reader asks for.
std::vector<Verb> verbs();

class StepReader {
 public:
  /// `world` and the others must outlive the reader.
  StepReader(const world::WorldSpec& world, yaml::Problems& problems, std::vector<std::string>& files);

  /// Reads the next step; nullopt (and problems) when it cannot be one. Without `as` its name is its number, counted
  /// from 1: setup-1, or step-1 after own_steps().
  std::optional<Step> read(const yaml::Value& value);
  /// The steps of the set-up are read; what comes now are the scenario's own.
  void own_steps();

  /// The world, or the set-up's steps or one of these, could not be had: names that may come from them are not called
  /// unknown.
  struct Missing {
    bool world = false, steps = false;
  };
  void miss(Missing missing) { missing_ = missing; }
  Missing missing() const { return missing_; }

  // What the steps so far made or named.
  std::vector<std::string> outcomes() const { return outcomes_; }  ///< `as` of steps that ask the candidate
  std::vector<std::string> windows() const { return windows_; }
  std::vector<std::string> all() const { return all_; }  ///< `as` of every step
  /// Those of steps of which nobody knows what they do: they may be anything.
  const std::vector<std::string>& unreadable() const { return unreadable_; }
  /// The verb of the step of that name; "" when nobody knows.
  std::string verb_of(const std::string& name) const;
  /// Windows that go on in the background, and that no step has stopped.
  const std::vector<std::string>& going_on() const { return going_on_; }
  std::vector<std::string> tunnels() const { return tunnels_; }
  std::vector<std::string> clusters() const;
  /// Features that a candidate needs for these steps to make sense.
  std::vector<std::string> features() const { return features_; }
  const std::vector<std::string>& touched() const { return touched_; }

 private:
  friend struct VerbTable;
  using Reader = Action (StepReader::*)(yaml::Fields& fields);

  // control_steps.cc
  Action create_tunnel(yaml::Fields& fields);
  Action modify_tunnel(yaml::Fields& fields);
  Action describe_tunnel(yaml::Fields& fields);
  Action list_tunnels(yaml::Fields& fields);
  Action delete_tunnel(yaml::Fields& fields);
  Action authorize(yaml::Fields& fields);
  Action describe_cluster(yaml::Fields& fields);
  Action publish(yaml::Fields& fields);
  Action unpublish(yaml::Fields& fields);
  Tunnel tunnel_definition(yaml::Fields& fields, std::vector<yaml::Place>& rows);
  ResponseResult response_result(const yaml::Value& value);
  std::string principal(yaml::Fields& fields);
  // traffic_steps.cc
  Action settle(yaml::Fields& fields);
  Action send(yaml::Fields& fields);
  Action stop(yaml::Fields& fields);
  Action exchange(yaml::Fields& fields);
  Action pause(yaml::Fields& fields);
  // world_steps.cc
  Action apply(yaml::Fields& fields);
  Action delete_object(yaml::Fields& fields);
  Action scale(yaml::Fields& fields);
  Action label(yaml::Fields& fields);
  Action delete_pods(yaml::Fields& fields);
  Action fault(yaml::Fields& fields);
  Action heal(yaml::Fields& fields);
  Action fault_api(yaml::Fields& fields);
  Action heal_api(yaml::Fields& fields);
  Action set_node(yaml::Fields& fields);
  Action tamper(yaml::Fields& fields);
  PodSet pod_set(yaml::Fields& fields);

  /// `cluster/namespace/name`, the cluster being one of the world's.
  ObjectName object_name(const yaml::Value* value, const std::string& what, bool may_be_pattern = false);
  std::string known_name(yaml::Fields& fields, const std::string& field, const std::vector<std::string>& known);
  std::vector<std::pair<std::string, std::string>> headers(yaml::Fields& fields);
  void needs(const std::string& feature);
  /// A step touches the feature of a candidate that has it, and does without in another.
  void touches(const std::string& feature);

  const world::WorldSpec& world_;
  yaml::Problems& problems_;
  std::vector<std::string>& files_;
  Missing missing_;
  std::string unnamed_ = "setup";
  int number_ = 0;
  std::map<std::string, std::string> verbs_;  ///< by the names of steps
  std::vector<std::string> outcomes_, windows_, going_on_, all_, unreadable_, tunnels_, apis_, features_, touched_;
};

}  // namespace plumbline::conformance
