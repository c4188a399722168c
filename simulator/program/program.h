// plumbline-sim as a function.
#pragma once

namespace plumbline::program {

/// Parses and runs. Never throws; returns the process's exit code.
int run_command_line(int argc, char** argv);

}  // namespace plumbline::program
