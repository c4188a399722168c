// A candidate's descriptor: the YAML file that names a gateway and says how it is started and what it may take.
// Reading only; starting is driver.h. Value types.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "model/ids.h"
#include "simulator/yaml/value.h"

namespace plumbline::conformance {

enum class DriverKind { kJsonRpc, kTencentCloud };

/// How long a candidate may take. The report prints those that are not the defaults.
struct Deadlines {
  std::chrono::milliseconds control{10000};     ///< one control call
  std::chrono::milliseconds start{30000};       ///< from exec to the answer to `hello`
  std::chrono::milliseconds propagation{5000};  ///< any change, until traffic shows it
  std::chrono::milliseconds failover{3000};     ///< a backend that cannot be connected to
  friend bool operator==(const Deadlines&, const Deadlines&) = default;
};

/// A rule that the candidate's owner knows to be broken: reported as such, still not a pass.
struct KnownFailure {
  RuleId rule;
  std::string reason;
  yaml::Place place;  ///< of the rule's name
};

struct Descriptor {
  std::string file;    ///< as given; "" when made on the fly
  std::string folder;  ///< the command's working folder; relative programs are looked up here
  std::string name;
  DriverKind driver = DriverKind::kJsonRpc;
  std::vector<std::string> command;  ///< empty when `attach` is set
  std::string attach;                ///< path of a UNIX socket; empty when `command` is set
  std::string start_place;           ///< "file:line:column" of `command` or `attach`; "" when made on the fly
  Deadlines deadlines;
  std::optional<std::vector<std::string>> features;  ///< restricts what hello declares; unset: no restriction
  std::map<std::string, std::string> error_codes;    ///< tencentcloud only
  std::vector<KnownFailure> known_failures;
};

/// Every feature of the contract, in its order.
const std::vector<std::string>& contract_features();

/// Reads the one descriptor of `documents`; mistakes become problems. `path` is of the file, its folder the command's.
Descriptor read_descriptor(std::vector<yaml::Value> documents, const std::string& path, yaml::Problems& problems);
/// The same for text. On failure kInvalidValue: `text` has one line a mistake, all of them in one pass, each
/// `file:line:column: what is wrong; what to write instead`.
Result<Descriptor> parse_descriptor(const std::string& text, const std::string& path);
/// The same for a file; kNotFound when it cannot be read.
Result<Descriptor> load_descriptor(const std::string& path);

}  // namespace plumbline::conformance
