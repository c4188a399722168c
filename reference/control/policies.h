// The gateway's decisions as main() hands them down. plumbline-gateway has the right ones; plumbline-mutant swaps one.
// References: the policies outlive the gateway.
#pragma once

#include <functional>

#include "reference/control/kubeconfig.h"
#include "reference/core/admission/admission.h"
#include "reference/core/admission/authorisation.h"
#include "reference/core/routing/publication.h"
#include "reference/core/selection/selection.h"

namespace plumbline::gateway {

struct Policies {
  const AdmissionPolicy& admission;
  const AuthorisationPolicy& authorisation;
  const SelectionPolicy& selection;
  const PublicationPolicy& publication;
  /// Told the rights that the gateway got in a cluster; mutants that go through its API server need them.
  std::function<void(const ClusterId&, const KubeAccess&)> on_rights = nullptr;
};

}  // namespace plumbline::gateway
