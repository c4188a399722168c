// Mutants of how the gateway comes to its rights in a cluster.
#include <algorithm>

#include "reference/mutants/policy_mutant.h"

namespace plumbline::gateway {
namespace {

using AuthorisationMutant = PolicyMutant<AuthorisationPolicy>;

struct UsesUnauthorised : AuthorisationMutant {
  using AuthorisationMutant::AuthorisationMutant;
  bool may_use(const ClusterId&, Access) const override { return true; }
  bool borrows_rights(const ClusterId&) const override {
    reached();
    return true;
  }
};

struct NeverAsks : AuthorisationMutant {
  using AuthorisationMutant::AuthorisationMutant;
  bool asks(const ClusterId&) const override {
    reached();
    return false;
  }
};

struct GrantIgnored : AuthorisationMutant {
  using AuthorisationMutant::AuthorisationMutant;
  bool may_use(const ClusterId&, Access access) const override {
    if (access != Access::kRequired) reached();
    return false;
  }
};

struct AdminRoleUnchecked : AuthorisationMutant {
  using AuthorisationMutant::AuthorisationMutant;
  std::vector<PrincipalId> on_behalf_of(const PrincipalId& requester,
                                        const std::vector<PrincipalId>& everybody) const override {
    std::vector<PrincipalId> tried{requester};
    for (const PrincipalId& each : everybody) {
      if (each != requester) tried.push_back(each);
    }
    if (tried.size() > 1) reached();
    return tried;
  }
};

}  // namespace

void add_authorisation_mutants(std::vector<Mutant>& mutants) {
  const auto part = &Assembly::authorisation;
  mutants.push_back({"uses-unauthorised-cluster", "AUTH-01", "reads a cluster with the requester's rights, ungranted",
                     swap_in<UsesUnauthorised>(part)});
  mutants.push_back(
      {"never-asks", "AUTH-01", "refuses an unauthorised cluster without asking for it", swap_in<NeverAsks>(part)});
  mutants.push_back(
      {"grant-ignored", "AUTH-02", "refuses the cluster after the grant too", swap_in<GrantIgnored>(part)});
  mutants.push_back({"admin-role-unchecked", "AUTH-03", "authorises with the rights of whoever has them",
                     swap_in<AdminRoleUnchecked>(part)});
}

}  // namespace plumbline::gateway
