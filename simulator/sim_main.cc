// plumbline-sim: a simulated cloud for people. Reads the command line; the work is in simulator/program.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "model/version.h"
#include "simulator/program/exec.h"
#include "simulator/program/up.h"
#include "simulator/world/world_file.h"

namespace {

using plumbline::ExitCode;

constexpr const char* kFooter = R"(Examples:
  plumbline-sim up scenarios/worlds/httpbin.yaml --kubeconfig-dir /tmp/kube
  KUBECONFIG=/tmp/kube/cls-1.kubeconfig kubectl get pods -w
  plumbline-sim exec vpc-1 -- curl -s http://10.0.255.10/get
  plumbline-sim exec instance-1 -- ip route

Exit codes:
  0  good        2  command line or world file
  4  our own failure, or an unsuitable host (run `plumbline doctor`)
  exec gives the command's own exit code; 128 + N when signal N ended it, 127 when it was not found.)";

int code(ExitCode exit) { return static_cast<int>(exit); }

int up(const std::string& file, plumbline::program::UpOrder order) {
  plumbline::world::WorldReading reading = plumbline::world::read_world_file(file);
  for (const auto& problem : reading.problems) fmt::print(stderr, "{}\n", problem.str());
  if (!reading.problems.empty()) return code(ExitCode::kUsage);
  order.spec = std::move(reading.spec);
  return code(plumbline::program::keep_world_up(order));
}

int exec(const plumbline::program::ExecOrder& order) {
  const auto done = plumbline::program::run_inside(order);
  if (done) return *done;
  fmt::print(stderr, "plumbline-sim: {}\n", done.error().text);
  return code(done.error().reason == plumbline::Reason::kNotFound ? ExitCode::kUsage : ExitCode::kOurFailure);
}

int run(int argc, char** argv) {
  CLI::App app("Keeps a simulated cloud (VPCs, Kubernetes clusters, Pods that answer) for people to use.",
               "plumbline-sim");
  app.require_subcommand(1);
  app.footer(kFooter);
  app.set_version_flag("--version", "plumbline-sim " + std::string(plumbline::kVersion));

  std::string file;
  plumbline::program::UpOrder order;
  std::string dir;
  CLI::App* up_command = app.add_subcommand("up", "Brings a world up and keeps it until SIGINT or SIGTERM.");
  up_command->footer(
      "Prints `ready` on a line of its own when everything works. Takes all away at its end, the files\n"
      "too; after SIGKILL only the files stay, and the next `up` writes over them.");
  up_command->add_option("WORLD", file, "World file (kind: World)")->required();
  up_command->add_option("--kubeconfig-dir", dir,
                         "Folder for CLUSTER.kubeconfig files and hello.json; without it none are written");
  up_command->add_option("--seed", order.seed, "Seed of everything that is drawn")->capture_default_str();

  plumbline::program::ExecOrder exec_order;
  std::string world;
  CLI::App* exec_command =
      app.add_subcommand("exec", "Runs a command inside a VPC or a dedicated instance of a world that is up.");
  exec_command->footer("The command keeps its standard streams and ends with the world.");
  exec_command->add_option("--world", world, "Name of the world; needed when several are up");
  exec_command->add_option("PLACE", exec_order.place, "VPC or dedicated instance")->required();
  exec_command->add_option("COMMAND", exec_order.command, "Command and its arguments, after `--`")->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? code(ExitCode::kGood) : code(ExitCode::kUsage);
  }
  if (up_command->parsed()) {
    if (!dir.empty()) order.kubeconfig_dir = std::filesystem::absolute(dir);
    return up(file, std::move(order));
  }
  if (!world.empty()) exec_order.world = world;
  return exec(exec_order);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "plumbline-sim: {}\n", failure.what());
    return code(ExitCode::kOurFailure);
  }
}
