// In which form a client sends and takes objects: media types, and request bodies as JSON. Pure.
#pragma once

#include <string_view>

#include "simulator/kube/http/request.h"
#include "simulator/kube/store/failure.h"

namespace plumbline::kube {

/// A Content-Type without its parameters.
std::string_view media_type(std::string_view header);

/// What the client would take: a Table, plain JSON, or nothing that we have.
enum class Accepted { kJson, kTable, kNothing };
/// Of an Accept header; the first range that we can serve counts.
Accepted accepted(std::string_view header);

/// The body in JSON or, from clients that send nothing else, protobuf. 400 when it is malformed or nested too deeply.
Outcome<Json> parse_body(const HttpRequest& request);

}  // namespace plumbline::kube
