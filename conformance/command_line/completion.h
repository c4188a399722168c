// Shell completion scripts, made from the commands as they are. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace plumbline::conformance {

/// What may be typed in one place.
struct Offer {
  std::vector<std::string> words;
  std::string files;     ///< ending of the files that are offered, "yaml"; "*" for any; "" for none. Folders lead there
  bool folders = false;  ///< folders only
};

/// What may follow a command.
struct Completion {
  std::string command;                  ///< "" for the program itself, "candidate check" for an inner command
  std::vector<std::string> words;       ///< inner commands
  std::vector<std::string> options;     ///< "--seed"
  std::map<std::string, Offer> values;  ///< of options that take one
  Offer arguments;                      ///< what is no option
};

/// A script for `shell`, "bash" or "zsh".
std::string completion_script(const std::string& shell, const std::vector<Completion>& completions);

}  // namespace plumbline::conformance
