// Request bodies in Kubernetes' protobuf encoding, as JSON. Clients of client-go 1.32 (`kubectl create`, `kubectl
// auth`) send some kinds in no other form. Only what those commands send is known; responses are always JSON. Pure.
#pragma once

#include <string_view>

#include "simulator/kube/store/failure.h"

namespace plumbline::kube {

inline constexpr std::string_view kProtobufType = "application/vnd.kubernetes.protobuf";

/// `body` is the magic "k8s\0" and a runtime.Unknown. 400 when it is malformed, 415 when it has a kind or a field that
/// isn't known here: nothing is ever dropped silently.
Outcome<Value> decode_protobuf(std::string_view body);

}  // namespace plumbline::kube
