// The rule register: every rule that a conforming gateway keeps, read from the YAML files beside this header.
// Not the judge: it only says what the rules are, where they come from and how binding they are.
// Value types, safe to share between threads once read.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "model/ids.h"
#include "model/verdict.h"

namespace plumbline::conformance {

struct Rule {
  RuleId id;
  Level level = Level::kExpected;
  std::string title;                  ///< one sentence that a gateway can break
  std::string source;                 ///< "doc: ..." (the source document), "api: ...", an RFC, or empty
  std::vector<std::string> features;  ///< a candidate that lacks one of them is not judged by the rule
  std::vector<std::string> mutants;   ///< variants of the reference that its scenarios must catch
};

/// A D or K rule that no scenario judges yet.
struct NotYet {
  RuleId rule;
  std::string reason;
};

/// Why a candidate may answer an ambiguity in more than one way; the default is what is judged unless it declares else.
struct Interpretation {
  std::string name;
  std::string default_value;
  std::vector<std::string> values;
  std::string question;
};

class Register {
 public:
  /// Reads every rule file of `folder`, not-yet.yaml and interpretations.yaml.
  /// kInvalidValue: `text` has one line a mistake, each with file:line:column. kNotFound: no such folder.
  static Result<Register> read(const std::filesystem::path& folder);
  /// The same from the texts of the files, by path. kInvalidValue as above.
  static Result<Register> parse(const std::map<std::filesystem::path, std::string>& files);

  /// In the order of the files' names, then of the entries.
  const std::vector<Rule>& rules() const { return rules_; }
  const std::vector<NotYet>& not_yet() const { return not_yet_; }
  /// Why no scenario judges the rule yet; nullptr when one does, or need not.
  const std::string* why_not_yet(const RuleId& id) const;
  const std::vector<Interpretation>& interpretations() const { return interpretations_; }
  /// nullptr when there is no such rule. Valid as long as the register.
  const Rule* find(const RuleId& id) const;
  /// Every feature that a rule needs, ordered.
  std::vector<std::string> features() const;

 private:
  std::vector<Rule> rules_;
  std::vector<NotYet> not_yet_;
  std::vector<Interpretation> interpretations_;
};

/// Whether `id` is one that `glob` means, as a shell has it: "WRR-*". "" means every rule.
bool matches(const RuleId& id, const std::string& glob);

/// Where the project's own files are (conformance/rules, scenarios): the environment variable PLUMBLINE_HOME, else the
/// folder that the binary was built from.
std::filesystem::path home();

}  // namespace plumbline::conformance
