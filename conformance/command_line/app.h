// What can be typed after `plumbline`: commands, options, defaults, examples, exit codes.
#pragma once

namespace plumbline::conformance {

/// Parses the command line and runs the command. Never throws; returns the process's exit code.
int run_command_line(int argc, char** argv);

}  // namespace plumbline::conformance
