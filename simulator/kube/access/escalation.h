// Nobody gives rights that he has not: what Role, ClusterRole and their bindings are asked for before they are written.
#pragma once

#include <string_view>

#include "simulator/kube/access/authorizer.h"

namespace plumbline::kube {

/// Whether `user` may write `object`, a role or a binding (`current` is null when it is new): he has the rights
/// himself, or the verb `escalate` on the role, `bind` on what is bound. `name` is that of the request's path, "" for a
/// POST. 403 in the words of real servers; 404 when what is to be bound is not there.
Outcome<void> check_escalation(Authorizer& authorizer, const Store& store, const User& user, const Kind& kind,
                               std::string_view name, const Value& object, const Object* current);

}  // namespace plumbline::kube
