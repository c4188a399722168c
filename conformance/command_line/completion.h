// Shell completion scripts, made from the commands as they are. Pure.
#pragma once

#include <string>
#include <vector>

namespace plumbline::conformance {

/// What may follow a command.
struct Completion {
  std::string command;             ///< "" for the program itself, "candidate check" for an inner command
  std::vector<std::string> words;  ///< inner commands and options
};

/// A script for `shell`, "bash" or "zsh"; files are offered where no word fits.
std::string completion_script(const std::string& shell, const std::vector<Completion>& completions);

}  // namespace plumbline::conformance
