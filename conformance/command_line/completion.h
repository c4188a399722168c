// Shell completion scripts, made from the commands as they are. Pure.
#pragma once

#include <string>
#include <vector>

#include "model/completion.h"

namespace plumbline::conformance {

/// A script for `shell`, "bash" or "zsh".
std::string completion_script(const std::string& shell, const std::vector<Completion>& completions);

}  // namespace plumbline::conformance
