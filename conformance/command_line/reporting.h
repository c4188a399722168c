// Turns what a run gave into the report's input, and writes reports where the user wants them.
#pragma once

#include <string>

#include "conformance/command_line/options.h"
#include "conformance/contract/descriptor.h"
#include "conformance/report/report.h"
#include "conformance/runner/suite.h"

namespace plumbline::conformance {

/// `plans` are those that ran, in the order of `result.runs`.
ReportInput report_input(const RunOptions& options, const Descriptor& descriptor, const std::vector<Plan>& plans,
                         const SuiteResult& result, double seconds);

/// Terminal report on standard output; JSON and JUnit into the files of `options`. kUnavailable names a file that
/// could not be written.
Result<void> write_reports(const RunOptions& options, const Report& report);

}  // namespace plumbline::conformance
