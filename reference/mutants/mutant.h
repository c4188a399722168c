// A mutant: a name, the rule that it breaks, and the one seam that it swaps.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reference/control/contract.h"
#include "reference/control/policies.h"
#include "reference/control/stdio_loop.h"
#include "reference/mutants/reached.h"
#include "reference/net/request_shaping.h"

namespace plumbline::gateway {

/// The gateway's parts before it is put together: all right, until a mutant swaps one.
struct Assembly {
  const Reached& reached;
  Notifier& notifier;
  unsigned workers = 1;
  std::unique_ptr<AdmissionPolicy> admission = std::make_unique<AdmissionPolicy>();
  std::unique_ptr<AuthorisationPolicy> authorisation = std::make_unique<AuthorisationPolicy>();
  std::unique_ptr<SelectionPolicy> selection = std::make_unique<SelectionPolicy>();
  std::unique_ptr<PublicationPolicy> publication = std::make_unique<PublicationPolicy>();
  std::unique_ptr<RequestShaping> shaping = std::make_unique<RequestShaping>();
  std::function<void(const ClusterId&, const KubeAccess&)> on_rights = nullptr;
  MakeContract contract = nullptr;  ///< instead of the whole gateway; controls only
  /// Puts something between the whole gateway and whoever asks it.
  std::function<std::unique_ptr<Contract>(std::unique_ptr<Contract>)> front = nullptr;
};

struct Mutant {
  std::string name;
  std::string rule;      ///< the rule that it breaks; "control" or "harmless" when it breaks none in particular
  std::string decision;  ///< what it decides wrongly, in a few words
  std::function<void(Assembly&)> swap;
};

/// Rule column of variants that must pass everything, and of the suite's own controls.
inline constexpr const char* kHarmless = "harmless";
inline constexpr const char* kControl = "control";

void add_admission_mutants(std::vector<Mutant>& mutants);
void add_authorisation_mutants(std::vector<Mutant>& mutants);
void add_selection_mutants(std::vector<Mutant>& mutants);
void add_indirect_mutants(std::vector<Mutant>& mutants);
void add_publication_mutants(std::vector<Mutant>& mutants);
void add_shaping_mutants(std::vector<Mutant>& mutants);
void add_answer_mutants(std::vector<Mutant>& mutants);
void add_pick_mutants(std::vector<Mutant>& mutants);
void add_controls(std::vector<Mutant>& mutants);

/// All of them, by rule as listed.
std::vector<Mutant> all_mutants();

}  // namespace plumbline::gateway
