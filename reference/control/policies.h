// The gateway's decisions as main() hands them down. plumbline-gateway has the right ones; plumbline-mutant swaps one.
// References: the policies outlive the gateway.
#pragma once

#include "reference/core/admission.h"
#include "reference/core/authorisation.h"
#include "reference/core/publication.h"
#include "reference/core/selection.h"

namespace plumbline::gateway {

class RequestShaping;

struct Policies {
  const AdmissionPolicy& admission;
  const AuthorisationPolicy& authorisation;
  const SelectionPolicy& selection;
  const PublicationPolicy& publication;
  const RequestShaping* shaping = nullptr;  ///< of the data plane; nullptr changes nothing
};

}  // namespace plumbline::gateway
