// plumbline-mutant: the reference gateway with one decision swapped, by name.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>

#include "model/usage.h"
#include "model/version.h"
#include "reference/control/operations.h"
#include "reference/data_plane.h"
#include "reference/mutants/mutant.h"
#include "reference/mutants/renamed.h"

namespace {

using namespace plumbline;

ExitCode list(const std::vector<gateway::Mutant>& mutants) {
  for (const auto& mutant : mutants) {
    std::printf("%-26s %-10s %s\n", mutant.name.c_str(), mutant.rule.c_str(), mutant.decision.c_str());
  }
  return ExitCode::kGood;
}

ExitCode serve(const gateway::Mutant& mutant, unsigned workers) {
  gateway::StdoutNotifier notifier;
  const gateway::Reached reached(mutant.name, notifier);
  gateway::Assembly assembly{reached, notifier, workers};
  mutant.swap(assembly);
  const gateway::Policies policies{*assembly.admission, *assembly.authorisation, *assembly.selection,
                                   *assembly.publication, assembly.on_rights};
  const auto data_plane = gateway::served_by_net(assembly.shaping.get());
  const gateway::MakeContract make = [&](const boost::asio::any_io_executor& executor) {
    std::unique_ptr<gateway::Contract> gateway =
        assembly.contract
            ? assembly.contract(executor)
            : std::make_unique<gateway::Operations>(executor, assembly.workers, policies, data_plane, notifier);
    if (assembly.front) gateway = assembly.front(std::move(gateway));
    return std::make_unique<gateway::Renamed>("mutant:" + mutant.name, std::move(gateway));
  };
  return gateway::serve_stdio(make, notifier);
}

}  // namespace

int main(int argc, char** argv) {
  std::string name;
  bool stdio = false;
  bool listing = false;
  unsigned workers = 1;
  CLI::App app{"The reference gateway with one decision swapped, to show that the suite notices.", "plumbline-mutant"};
  app.failure_message(usage_failure<CLI::App, CLI::Error>);
  app.add_option("--mutant", name, "Which decision is swapped (see --list); needs --stdio")->type_name("NAME");
  app.add_flag("--stdio", stdio, "Speak the candidate contract (JSON-RPC 2.0) on stdin and stdout");
  app.add_flag("--list", listing, "Print each mutant with the rule that it breaks, and end");
  app.add_option("--workers", workers, "Threads of the data plane, 1 to 64, each with a balancer of its own")
      ->type_name("N")
      ->check(CLI::Range(1u, gateway::kWorkersMax).description(""))
      ->capture_default_str();
  app.set_version_flag("--version", "plumbline-mutant " + std::string(plumbline::kVersion),
                       "Print the version and end");
  app.footer(
      "Examples:\n"
      "  plumbline-mutant --list\n"
      "  plumbline-mutant --mutant drops-query --stdio\n\n"
      "The first time that the wrong decision is made, the notification `event`\n"
      "{\"type\":\"mutant.reached\",\"mutant\":NAME} is sent.\n\n"
      "Exit codes: 0 ended as asked; 2 command line, or no such mutant; 4 a failure of its own.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return static_cast<int>(app.exit(wrong) == 0 ? ExitCode::kGood : ExitCode::kUsage);
  }
  try {
    const auto mutants = gateway::all_mutants();
    if (listing) return static_cast<int>(list(mutants));
    const auto found =
        std::find_if(mutants.begin(), mutants.end(), [&](const auto& mutant) { return mutant.name == name; });
    if (found == mutants.end() || !stdio) {
      std::vector<std::string> names;
      names.reserve(mutants.size());
      for (const auto& mutant : mutants) names.push_back(mutant.name);
      const std::string near = nearest(name, names);
      const std::string wrong = name.empty()             ? "--list, or --mutant and --stdio, are required"
                                : found != mutants.end() ? "--mutant " + name + " needs --stdio"
                                : near.empty()           ? "no mutant '" + name + "'; --list prints them"
                                                         : "no mutant '" + name + "'; did you mean '" + near + "'?";
      std::fprintf(stderr, "%s\n", usage_line("plumbline-mutant", wrong, "plumbline-mutant").c_str());
      return static_cast<int>(ExitCode::kUsage);
    }
    return static_cast<int>(serve(*found, workers));
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "plumbline-mutant: %s\n", failure.what());
    return static_cast<int>(ExitCode::kOurFailure);
  }
}
