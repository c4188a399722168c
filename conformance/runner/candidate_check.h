// Walks through the contract with a candidate, step by step, and says what is wrong at the first step that fails:
// the first thing that the author of an adapter runs.
#pragma once

#include "conformance/runner/worker.h"

namespace plumbline::conformance {

/// Requires to be called in a process made by network::spawn_isolated. Uses the world of `order.plan`, in which
/// cluster cls-1 has the Service default/httpbin with port 8000 and Pods behind it, and the candidate's instance is
/// attached. Prints a line a step on standard output, advice on standard error. Returns an ExitCode.
int run_candidate_check(const WorkerOrder& order);

}  // namespace plumbline::conformance
