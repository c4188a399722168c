#include "reference/mutants/mutant.h"

namespace plumbline::gateway {

std::vector<Mutant> all_mutants() {
  std::vector<Mutant> mutants;
  add_controls(mutants);
  add_admission_mutants(mutants);
  add_authorisation_mutants(mutants);
  add_selection_mutants(mutants);
  add_indirect_mutants(mutants);
  add_publication_mutants(mutants);
  add_shaping_mutants(mutants);
  add_answer_mutants(mutants);
  add_pick_mutants(mutants);
  return mutants;
}

}  // namespace plumbline::gateway
