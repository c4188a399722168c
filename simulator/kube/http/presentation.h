// Objects in the form that a client asked for: another version of their kind, only their metadata, or as they are, with
// the bytes that everybody shares.
#pragma once

#include <string>

#include "simulator/kube/http/negotiation.h"
#include "simulator/kube/store/store.h"

namespace plumbline::kube {

/// Requires a form other than a Table.
Value presented(const Object& object, const Kind& kind, const KindVersion& version, Accepted form);

/// The same as JSON text, appended to `out`. What is only the stored object is encoded once for all readers.
void write_presented(const Store& store, const ObjectPtr& object, const Kind& kind, const KindVersion& version,
                     Accepted form, std::string& out);

}  // namespace plumbline::kube
