// What can be typed after `plumbline-sim`: commands, options, defaults, examples, exit codes.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "simulator/program/exec.h"
#include "simulator/program/record.h"
#include "simulator/program/replay.h"
#include "simulator/program/status.h"
#include "simulator/program/trouble.h"
#include "simulator/program/up.h"

namespace plumbline::program {

/// The application and where its options land. Used by main's one thread.
class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// Parses and runs; returns the process's exit code.
  int run(int argc, const char* const* argv);

 private:
  void add_up();
  void add_world(CLI::App* command);
  void add_exec();
  void add_fault();
  void add_heal();
  void add_node();
  void add_record();
  void add_replay();
  void add_status();
  int up();
  int exec();
  int make_trouble(TroubleOrder::Verb verb);
  int record();
  int replay();
  int status();

  CLI::App app_;
  std::string world_file_, kubeconfig_dir_, world_;
  UpOrder up_;
  ExecOrder exec_;
  TroubleOrder trouble_;
  RecordOrder record_;
  ReplayOrder replay_;
  StatusOrder status_;
  std::string speed_ = "1x";
  std::string is_, tls_ = "unknown-authority", deletes_;
  std::string delay_, behind_, retry_after_, lasts_, share_ = "100%";
};

/// The arguments of `exec` with `--` between the place and the command, which users may leave out: what follows the
/// place is the command, options and all.
std::vector<std::string> with_mark(std::vector<std::string> arguments);

}  // namespace plumbline::program
