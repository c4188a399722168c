#include "simulator/program/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>

#include "model/usage.h"
#include "model/verdict.h"
#include "model/version.h"
#include "simulator/world/world_file.h"

namespace plumbline::program {
namespace {

constexpr const char* kProgram = "plumbline-sim";
constexpr const char* kExitCodes =
    "Exit codes:\n"
    "  0  good        2  command line or world file; no such world or place is up\n"
    "  4  our own failure, or an unsuitable host (run `plumbline doctor`)\n"
    "  exec gives the command's own exit code; 128 + N when signal N ended it, 127 when it was not found.";
constexpr std::string_view kMark = "--";

int number_of(ExitCode exit) { return static_cast<int>(exit); }

}  // namespace

CommandLine::CommandLine()
    : app_("Keeps a simulated cloud (VPCs, Kubernetes clusters, Pods that answer) for people to use.", kProgram) {
  app_.require_subcommand(1);
  app_.failure_message(usage_failure<CLI::App, CLI::Error>);
  app_.set_version_flag("--version", fmt::format("{} {}", kProgram, kVersion), "Print the version and end");
  app_.footer(std::string("Examples:\n"
                          "  plumbline-sim up scenarios/worlds/httpbin.yaml --kubeconfig-dir /tmp/kube\n"
                          "  KUBECONFIG=/tmp/kube/cls-1.kubeconfig kubectl get pods -w\n"
                          "  plumbline-sim exec vpc-1 curl -s http://10.0.255.10/get\n"
                          "  plumbline-sim exec instance-1 ip route\n\n") +
              kExitCodes);
  add_up();
  add_exec();
}

void CommandLine::add_up() {
  CLI::App* command = app_.add_subcommand("up", "Brings a world up and keeps it until SIGINT or SIGTERM.");
  command->footer(
      std::string("Prints `ready` on a line of its own when everything works. Takes all away at its end, the "
                  "files too; after\nSIGKILL only the files stay, and the next `up` writes over them.\n\n"
                  "Examples:\n"
                  "  plumbline-sim up scenarios/worlds/httpbin.yaml --kubeconfig-dir /tmp/kube\n\n") +
      kExitCodes);
  command->add_option("WORLD", world_file_, "World file (kind: World)")->required();
  command
      ->add_option("--kubeconfig-dir", kubeconfig_dir_,
                   "Folder for CLUSTER.kubeconfig files and hello.json; without it none are written")
      ->type_name("DIR");
  command->add_option("--seed", up_.seed, "Seed of everything that is drawn by chance, a whole number")
      ->type_name("N")
      ->capture_default_str();
}

void CommandLine::add_exec() {
  CLI::App* command =
      app_.add_subcommand("exec", "Runs a command inside a VPC or a dedicated instance of a world that is up.");
  command->footer(std::string("The command keeps its standard streams and ends with the world. `--` before it is not "
                              "needed.\n\n"
                              "Examples:\n"
                              "  plumbline-sim exec vpc-1 curl -s http://10.0.255.10/get\n"
                              "  plumbline-sim exec --world httpbin instance-1 ip route\n\n") +
                  kExitCodes);
  command->add_option("--world", world_, "Name of the world (its metadata.name); needed when several are up")
      ->type_name("NAME");
  command->add_option("PLACE", exec_.place, "VPC or dedicated instance")->required();
  command->add_option("COMMAND", exec_.command, "Command and its arguments")->required();
}

std::vector<std::string> with_mark(std::vector<std::string> arguments) {
  auto at = arguments.begin();
  const auto skip_options = [&] {
    while (at != arguments.end() && at->starts_with('-') && *at != kMark) {
      const bool takes_next = *at == "--world";
      ++at;
      if (takes_next && at != arguments.end()) ++at;
    }
  };
  skip_options();
  if (at == arguments.end() || *at == kMark) return arguments;
  ++at;  // the place
  if (at != arguments.end() && (*at == "--world" || at->starts_with("--world="))) skip_options();
  if (at != arguments.end() && *at != kMark) arguments.insert(at, std::string(kMark));
  return arguments;
}

int CommandLine::run(int argc, const char* const* argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (!arguments.empty() && arguments.front() == "exec") {
    arguments = with_mark({arguments.begin() + 1, arguments.end()});
    arguments.insert(arguments.begin(), "exec");
  }
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  try {
    app_.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return number_of(app_.exit(error) == 0 ? ExitCode::kGood : ExitCode::kUsage);
  }
  return app_.got_subcommand("up") ? up() : exec();
}

int CommandLine::up() {
  yaml::Problems problems;
  up_.spec = world::read_world_file(world_file_, problems);
  fmt::print(stderr, "{}", problems.text());
  if (!problems.empty()) return number_of(ExitCode::kUsage);
  if (!kubeconfig_dir_.empty()) up_.kubeconfig_dir = std::filesystem::absolute(kubeconfig_dir_);
  return number_of(keep_world_up(up_));
}

int CommandLine::exec() {
  if (!world_.empty()) exec_.world = world_;
  const auto done = run_inside(exec_);
  if (done) return *done;
  fmt::print(stderr, "{}: {}\n", kProgram, done.error().text);
  return number_of(done.error().reason == Reason::kNotFound ? ExitCode::kUsage : ExitCode::kOurFailure);
}

int run_command_line(int argc, char** argv) {
  try {
    return CommandLine().run(argc, argv);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}: {}\n", kProgram, failure.what());
    return number_of(ExitCode::kOurFailure);
  }
}

}  // namespace plumbline::program
