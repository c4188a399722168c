// What a shell may offer in each place of a command line: read from the commands themselves, so that it cannot be out
// of date, and from what there is to name.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "conformance/command_line/completion.h"

namespace plumbline::conformance {

/// Names that stand for something in this installation.
struct Known {
  std::vector<std::string> candidates;  ///< "reference", "mutant:random-pick"
  std::vector<std::string> rules;       ///< "WRR-02"
};

/// Every command of `app`, itself first, with what may follow it. `name` is what is typed before the app's commands: ""
/// for plumbline itself, "sim" for its sibling.
std::vector<Completion> completions_of(const CLI::App& app, const std::string& name, const Known& known);

}  // namespace plumbline::conformance
