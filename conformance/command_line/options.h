// What a user asked for: the options of every command, with their defaults. Value types.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/verdict.h"

namespace plumbline::conformance {

struct RunOptions {
  std::string candidate = "reference";
  std::string rules;  ///< glob over rule ids; "" for all
  unsigned jobs = 0;  ///< scenarios side by side; 0: as many as there are cores
  std::uint64_t seed = 1;
  std::string require = "K";  ///< levels up to this one count for the exit code
  bool keep_on_fail = false;
  std::string history_dir;
  std::string shard;  ///< "i/n", 1-based; "" for everything
  std::string json_file, junit_file;
  std::string profile = "document";
  unsigned cap_seconds = 120;      ///< of one scenario
  std::vector<std::string> files;  ///< scenario files; empty: the suite
};

struct LintOptions {
  std::vector<std::string> files;
  bool json = false;
  bool list = false;  ///< verbs and nouns instead of files
};

struct JudgeOptions {
  std::vector<std::string> histories;
  bool json = false;
  std::string require = "K";
};

struct RulesOptions {
  bool json = false;
  std::string rules;
};

struct MutantsOptions {
  std::string rules;
  std::string json_file;
  unsigned jobs = 0;
  std::uint64_t seed = 1;
};

struct CheckOptions {
  std::string descriptor;
  std::uint64_t seed = 1;
};

}  // namespace plumbline::conformance
