// plumbline-gateway: the reference gateway as a program.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "model/usage.h"
#include "model/version.h"
#include "reference/control/operations.h"
#include "reference/control/stdio_loop.h"
#include "reference/data_plane.h"

int main(int argc, char** argv) {
  using namespace plumbline;
  unsigned workers = 1;
  bool stdio = false;
  CLI::App app{"The reference gateway: an API gateway that sends requests straight to the Pods of Kubernetes clusters.",
               "plumbline-gateway"};
  app.failure_message(usage_failure<CLI::App, CLI::Error>);
  app.add_flag("--stdio", stdio, "Speak the candidate contract (JSON-RPC 2.0) on stdin and stdout")->required();
  app.add_option("--workers", workers, "Threads of the data plane, 1 to 64, each with a balancer of its own")
      ->type_name("N")
      ->check(CLI::Range(1u, gateway::kWorkersMax).description(""))
      ->capture_default_str();
  app.set_version_flag("--version", "plumbline-gateway " + std::string(plumbline::kVersion),
                       "Print the version and end");
  app.footer(
      "Examples:\n"
      "  plumbline-gateway --stdio                 as a candidate's command in a descriptor\n"
      "  plumbline-gateway --stdio --workers 2\n\n"
      "Ends on the method `stop`, on end of input, on SIGINT and SIGTERM.\n\n"
      "Exit codes: 0 ended as asked; 2 command line; 4 a failure of its own.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? static_cast<int>(ExitCode::kGood) : static_cast<int>(ExitCode::kUsage);
  }
  try {
    const gateway::AdmissionPolicy admission;
    const gateway::AuthorisationPolicy authorisation;
    const gateway::SelectionPolicy selection;
    const gateway::PublicationPolicy publication;
    gateway::StdoutNotifier notifier;
    const gateway::Policies policies{admission, authorisation, selection, publication, nullptr};
    const auto make = [&](boost::asio::any_io_executor executor) {
      return std::make_unique<gateway::Operations>(std::move(executor), workers, policies, gateway::served_by_net(),
                                                   notifier);
    };
    return static_cast<int>(gateway::serve_stdio(make, notifier));
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "plumbline-gateway: %s\n", failure.what());
    return static_cast<int>(ExitCode::kOurFailure);
  }
}
