// What each command does. Results go to standard output, progress and mistakes to standard error.
// Each returns an exit code of model/verdict.h. Used by main's one thread.
#pragma once

#include "conformance/command_line/options.h"
#include "conformance/command_line/place.h"
#include "model/verdict.h"

namespace plumbline::conformance {

/// Judges a candidate by the suite, or by `options.files`.
ExitCode conform(const RunOptions& options, const InstalledAt& at);
/// Reads scenarios and says every mistake with its place; or lists the language that they are written in.
ExitCode lint(const LintOptions& options, const InstalledAt& at);
/// Judges histories again.
ExitCode judge_histories(const JudgeOptions& options, const InstalledAt& at);
/// Lists the rule register with what judges each rule.
ExitCode list_rules(const RulesOptions& options, const InstalledAt& at);
/// Runs every mutant against the scenarios of its own rule.
ExitCode run_mutants(const MutantsOptions& options, const InstalledAt& at);
/// Walks through the contract with a candidate.
ExitCode check_candidate(const CheckOptions& options, const InstalledAt& at);
/// Tries what a run needs from this host and this installation.
ExitCode doctor(const InstalledAt& at);

/// Prints `text` and what `doctor` finds missing on standard error; gives kOurFailure.
ExitCode fail_for_host(const std::string& text);
/// Prints "plumbline: TEXT" on standard error and returns `code`.
ExitCode fail(ExitCode code, const std::string& text);

}  // namespace plumbline::conformance
