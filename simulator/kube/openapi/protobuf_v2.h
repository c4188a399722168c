// The second edition as protocol buffers: kubectl before 1.27 takes no other form of it. Field numbers are those of
// openapiv2/OpenAPIv2.proto of google/gnostic-models.
#pragma once

#include <string>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

/// `document` is what openapi_v2() makes. What its readers do not look at (responses, bodies) is left out.
std::string openapi_v2_protobuf(const Value& document);

}  // namespace plumbline::kube
