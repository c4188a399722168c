// In which form a client sends and takes objects: media types, and request bodies as values. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/http/request.h"
#include "simulator/kube/store/failure.h"

namespace plumbline::kube {

/// A Content-Type without its parameters.
std::string_view media_type(std::string_view header);

/// What the client would take: a Table, only the metadata, plain JSON, or nothing that we have.
enum class Accepted { kJson, kTable, kMetadata, kNothing };
/// Of an Accept header; the first range that we can serve counts.
Accepted accepted(std::string_view header);

struct Body {
  Value value;
  std::vector<std::string> duplicates;  ///< paths of fields that stand twice
};
/// The body in JSON, YAML or, from clients that send nothing else, protobuf. 400 when it is malformed or nested too
/// deeply. `kind` is named in the words.
Outcome<Body> read_body(const HttpRequest& request, std::string_view kind);

}  // namespace plumbline::kube
