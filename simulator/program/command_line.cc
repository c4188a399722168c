#include "simulator/program/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <exception>
#include <filesystem>

#include "model/usage.h"
#include "model/verdict.h"
#include "model/version.h"
#include "simulator/kernel/standard_output.h"
#include "simulator/program/program.h"
#include "simulator/world/world_file.h"
#include "simulator/yaml/units.h"
#include "wire/completion.h"

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

Offer offer_for(const std::string& name) {
  if (name == "--kubeconfig-dir") return {{}, "", true};
  if (name == "WORLD") return {{}, "yaml", false};
  if (name == "FILE") return {{}, "jsonl", false};
  return {};
}

}  // namespace

CommandLine::CommandLine()
    : app_("Keeps a simulated cloud (VPCs, Kubernetes clusters, Pods that answer) for people to use.", kProgram) {
  app_.require_subcommand(1);
  app_.failure_message(usage_failure<CLI::App, CLI::Error>);
  app_.set_version_flag("--version", fmt::format("{} {}", kProgram, kVersion), "Print the version and end");
  app_.footer(std::string("Examples:\n"
                          "  plumbline-sim up scenarios/worlds/httpbin.yaml --kubeconfig-dir /tmp/kube\n"
                          "  KUBECONFIG=/tmp/kube/cls-1.kubeconfig kubectl get pods -w\n"
                          "  plumbline-sim exec vpc-1 curl -s http://10.0.16.1/get\n"
                          "  plumbline-sim exec instance-1 ip route\n\n") +
              kExitCodes);
  add_up();
  add_exec();
  add_fault();
  add_heal();
  add_node();
  add_record();
  add_replay();
  add_status();
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
      ->check(mistake_in_count)
      ->capture_default_str();
}

void CommandLine::add_world(CLI::App* command) {
  command->add_option("--world", world_, "Name of the world (its metadata.name); needed when several are up")
      ->type_name("NAME");
}

void CommandLine::add_exec() {
  CLI::App* command =
      app_.add_subcommand("exec", "Runs a command inside a VPC or a dedicated instance of a world that is up.");
  command->footer(std::string("The command keeps its standard streams and ends with the world. `--` before it is not "
                              "needed.\n\n"
                              "Examples:\n"
                              "  plumbline-sim exec vpc-1 curl -s http://10.0.16.1/get\n"
                              "  plumbline-sim exec --world httpbin instance-1 ip route\n\n") +
                  kExitCodes);
  add_world(command);
  command->add_option("PLACE", exec_.place, "VPC or dedicated instance")->required();
  command->add_option("COMMAND", exec_.command, "Command and its arguments")->required();
}

namespace {

std::vector<std::string> words(const std::vector<std::string_view>& names) { return {names.begin(), names.end()}; }

/// A time with its unit, "" for none.
std::string mistake_in_time(const std::string& text) {
  return text.empty() || yaml::duration_of(text) ? "" : "it " + yaml::why_no_duration(text);
}

/// "retryAfter", as scenarios write it, is "--retry-after" here.
std::string option_of(const std::string& setting) {
  std::string option = "--";
  for (const char c : setting) {
    if (c >= 'A' && c <= 'Z') option += '-';
    option += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return option;
}

/// The settings of a fault that were typed, as scenarios write them.
std::vector<std::string> settings_given(const CLI::App& command) {
  std::vector<std::string> given;
  for (const char* setting :
       {"for", "delay", "behind", "retryAfter", "code", "tls", "deletes", "share", "verbs", "resources", "user"})
    if (command.get_option(option_of(setting))->count() > 0) given.emplace_back(setting);
  return given;
}

std::chrono::milliseconds time_of(const std::string& text) {
  return yaml::duration_of(text).value_or(std::chrono::milliseconds(0));
}

}  // namespace

void CommandLine::add_fault() {
  CLI::App* command = app_.add_subcommand("fault", "Makes trouble for the clients of a cluster's API server.");
  command->footer(
      std::string("What can be wrong:\n"
                  "  down               every connection is reset\n"
                  "  no-intranet        the VPC's way to it is switched off; that of people, from the host, stays\n"
                  "  tls                the handshake fails, as --tls says\n"
                  "  slow, hang         answers come --delay later, or never\n"
                  "  refuse             answers are --code, with Retry-After when --retry-after is given\n"
                  "  tokens             bearer tokens are no longer good; client certificates stay good\n"
                  "  clock-skew         the cluster's clock is --delay ahead, or --behind\n"
                  "  stale              reads that may be old show what there is now\n"
                  "  gone               watches end with 410, and nothing can be resumed from\n"
                  "  compact            once: resourceVersions up to now get 410\n"
                  "  watch-cut          once: open watches end\n"
                  "  watch-mute         watches stay open and say nothing\n"
                  "  watch-delay        events come --delay later\n"
                  "  watch-duplicate    events come twice\n"
                  "  delete-after-list  once: --deletes goes after the next list of its resource\n\n"
                  "Examples:\n"
                  "  plumbline-sim fault cls-1 refuse --code 429 --retry-after 2s --verbs list --share 50%\n"
                  "  plumbline-sim fault cls-1 watch-mute --resources pods --for 30s\n\n") +
      kExitCodes);
  command->add_option("CLUSTER", trouble_.cluster, "Cluster of the world")->required();
  command->add_option("WHAT", is_, "What is wrong (below)")
      ->required()
      ->check(CLI::IsMember(words(kube::fault_kinds())));
  const auto time = [&](const char* name, std::string& text, const char* meaning) {
    command->add_option(name, text, meaning)->type_name("TIME")->check(mistake_in_time);
  };
  time("--for", lasts_, "How long; until `heal` without it");
  time("--delay", delay_, "Of slow, watch-delay and clock-skew");
  time("--behind", behind_, "Of clock-skew: how far the clock is behind");
  time("--retry-after", retry_after_, "Of refuse: when to come back, rounded up to whole seconds");
  command->add_option("--code", trouble_.fault.code, "Of refuse: HTTP status")->type_name("N")->capture_default_str();
  command->add_option("--tls", tls_, "Of tls: why the handshake fails")
      ->check(CLI::IsMember(words(kube::tls_faults())))
      ->capture_default_str();
  command->add_option("--deletes", deletes_, "Of delete-after-list: RESOURCE/NAMESPACE/NAME")->type_name("OBJECT");
  command->add_option("--share", share_, "Share of the requests or events")
      ->type_name("PERCENT")
      ->capture_default_str()
      ->check([](const std::string& text) {
        return yaml::percent_of(text) ? "" : fmt::format("'{}' is no share with its unit: 20%", text);
      });
  command->add_option("--verbs", trouble_.fault.verbs, "Only these: get, list, watch, create ...")
      ->type_name("VERB")
      ->check(CLI::IsMember(words(kube::fault_verbs())))
      ->delimiter(',');
  command->add_option("--resources", trouble_.fault.resources, "Only these: pods, endpoints ...")
      ->type_name("RESOURCE")
      ->delimiter(',');
  command->add_option("--user", trouble_.fault.user, "Only requests of this user")->type_name("NAME");
  add_world(command);
}

void CommandLine::add_heal() {
  CLI::App* command = app_.add_subcommand("heal", "Ends the trouble of an API server: one kind, or all.");
  command->footer(std::string("Examples:\n"
                              "  plumbline-sim heal cls-1\n"
                              "  plumbline-sim heal cls-1 watch-mute\n\n") +
                  kExitCodes);
  command->add_option("CLUSTER", trouble_.cluster, "Cluster of the world")->required();
  command->add_option("WHAT", is_, "What ends; all without it")->check(CLI::IsMember(words(kube::fault_kinds())));
  add_world(command);
}

void CommandLine::add_node() {
  CLI::App* command = app_.add_subcommand("node", "Says what a node's kubelet says: ready, notReady, or lost.");
  command->footer(std::string("Pods of a lost node are not ready, and leave when their toleration ends.\n\n"
                              "Examples:\n"
                              "  plumbline-sim node cls-1 node-1 lost\n\n") +
                  kExitCodes);
  command->add_option("CLUSTER", trouble_.cluster, "Cluster of the world")->required();
  command->add_option("NODE", trouble_.node, "Name of the node")->required();
  command->add_option("WHAT", is_, "ready, notReady or lost")
      ->required()
      ->check(CLI::IsMember({"ready", "notReady", "lost"}));
  add_world(command);
}

void CommandLine::add_record() {
  CLI::App* command = app_.add_subcommand("record", "Writes all that happens in a cluster into a file, for `replay`.");
  command->footer(
      std::string(
          "Prints `recording` on a line of its own when it has begun. Ends with SIGINT or SIGTERM, after --for, "
          "or with the world.\nThe file holds whole objects, Secrets too.\n\n"
          "Examples:\n"
          "  plumbline-sim record cls-1 rollout.jsonl --for 1m\n\n") +
      kExitCodes);
  command->add_option("CLUSTER", record_.cluster, "Cluster of the world")->required();
  command->add_option("FILE", record_.file, "JSON lines; - is standard output")->required();
  command->add_option("--for", lasts_, "How long; until a signal without it")
      ->type_name("TIME")
      ->check(mistake_in_time);
  command->add_flag("--overwrite", record_.overwrites, "Replaces a file that is there");
  add_world(command);
}

void CommandLine::add_replay() {
  CLI::App* command =
      app_.add_subcommand("replay", "Lets a recording happen again in a cluster that can only be read.");
  command->footer(
      std::string("Prints `ready` on a line of its own when clients can connect, and `replayed N changes` after the "
                  "last one; then the\ncluster stays as it is until SIGINT or SIGTERM. Every object has the uid and "
                  "resourceVersion that it had. No Pod answers.\n\n"
                  "Examples:\n"
                  "  plumbline-sim replay rollout.jsonl --speed 10x --kubeconfig-dir /tmp/kube\n"
                  "  KUBECONFIG=/tmp/kube/cls-1.kubeconfig kubectl get pods -w\n\n") +
      kExitCodes);
  command->add_option("FILE", replay_.file, "What `record` wrote")->required();
  command->add_option("--speed", speed_, "How many times as fast as it was, from 0.01x; max for as fast as can be")
      ->type_name("FACTOR")
      ->capture_default_str()
      ->check([](const std::string& text) {
        std::optional<double> speed;
        return parse_speed(text, speed) ? "" : fmt::format("'{}' is no speed: 10x, 0.5x, max", text);
      });
  command->add_flag("--when-watched", replay_.when_watched, "Begins when the first client watches");
  command->add_flag("--once", replay_.once, "Ends after the last change, once watchers have it; 5 s at most");
  command->add_option("--kubeconfig-dir", kubeconfig_dir_, "Folder for CLUSTER.kubeconfig; without it none is written")
      ->type_name("DIR");
}

void CommandLine::add_status() {
  CLI::App* command = app_.add_subcommand("status", "Says which worlds are up, what is in them, and their faults.");
  command->footer(std::string("Examples:\n"
                              "  plumbline-sim status\n"
                              "  plumbline-sim status --world httpbin --json\n\n") +
                  kExitCodes);
  command->add_option("--world", world_, "Name of the world; all that are up without it")->type_name("NAME");
  command->add_flag("--json", status_.json, "As JSON");
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
  if (arguments == std::vector<std::string>{wire::kCompletionsOption}) {
    std::vector<Completion> completions;
    add_completions<CLI::App>(app_, "", offer_for, completions);
    fmt::print("{}\n", wire::completions_text(completions));
    return number_of(ExitCode::kGood);
  }
  // Before CLI11 sees it: `bogus --help` would show the help of the whole.
  if (!arguments.empty() && !arguments.front().starts_with('-')) {
    const std::vector<std::string> known = commands_of(app_);
    const std::string& word = arguments.front();
    if (std::find(known.begin(), known.end(), word) == known.end()) {
      fmt::print(stderr, "{}\n", usage_line(kProgram, no_command(word, known), kProgram));
      return number_of(ExitCode::kUsage);
    }
  }
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  try {
    app_.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return number_of(app_.exit(error) == 0 ? ExitCode::kGood : ExitCode::kUsage);
  }
  if (app_.got_subcommand("up")) return up();
  if (app_.got_subcommand("fault")) return make_trouble(TroubleOrder::Verb::kFault);
  if (app_.got_subcommand("heal")) return make_trouble(TroubleOrder::Verb::kHeal);
  if (app_.got_subcommand("node")) return make_trouble(TroubleOrder::Verb::kNode);
  if (app_.got_subcommand("record")) return record();
  if (app_.got_subcommand("replay")) return replay();
  if (app_.got_subcommand("status")) return status();
  return exec();
}

int CommandLine::record() {
  if (!world_.empty()) record_.world = world_;
  if (!lasts_.empty()) record_.lasts = time_of(lasts_);
  return number_of(program::record(record_));
}

int CommandLine::status() {
  if (!world_.empty()) status_.world = world_;
  return number_of(program::show_status(status_));
}

int CommandLine::replay() {
  parse_speed(speed_, replay_.speed);
  if (!kubeconfig_dir_.empty()) replay_.kubeconfig_dir = std::filesystem::absolute(kubeconfig_dir_);
  return number_of(program::replay(replay_));
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

int CommandLine::make_trouble(TroubleOrder::Verb verb) {
  trouble_.verb = verb;
  if (!world_.empty()) trouble_.world = world_;
  trouble_.kind = kube::fault_kind(is_);
  trouble_.status = is_ == "ready" ? "True" : is_ == "notReady" ? "False" : "Unknown";
  world::ApiFault& fault = trouble_.fault;
  fault.kind = trouble_.kind.value_or(world::FaultKind::kDown);
  fault.tls = kube::tls_fault(tls_).value_or(fault.tls);
  fault.delay = behind_.empty() ? time_of(delay_) : -time_of(behind_);
  fault.retry_after = std::chrono::ceil<std::chrono::seconds>(time_of(retry_after_));
  if (!lasts_.empty()) fault.lasts = time_of(lasts_);
  fault.share = yaml::percent_of(share_).value_or(1);
  std::vector<kube::FaultMistake> mistakes;
  if (verb == TroubleOrder::Verb::kFault) {
    mistakes = kube::mistakes_in(fault, settings_given(*app_.get_subcommand("fault")));
  }
  if (!deletes_.empty() && !kube::set_deleted(fault, deletes_)) {
    std::erase_if(mistakes, [](const auto& mistake) { return mistake.setting == "deletes"; });
    mistakes.push_back({"deletes", "takes RESOURCE/NAMESPACE/NAME"});
  }
  for (const auto& [setting, text] : mistakes) fmt::print(stderr, "{}: {} {}\n", kProgram, option_of(setting), text);
  if (!mistakes.empty()) return number_of(ExitCode::kUsage);
  const auto done = program::make_trouble(trouble_);
  if (done) {
    if (!done->empty()) fmt::print("{}\n", *done);
    return number_of(ExitCode::kGood);
  }
  fmt::print(stderr, "{}: {}\n", kProgram, done.error().text);
  const bool ours = done.error().reason == Reason::kUnavailable || done.error().reason == Reason::kInternal;
  return number_of(ours ? ExitCode::kOurFailure : ExitCode::kUsage);
}

int run_command_line(int argc, char** argv) {
  try {
    const std::vector<const char*> words = with_help_option(argc, argv);
    return once_written(CommandLine().run(argc, words.data()), kProgram);
  } catch (const std::exception& failure) {
    // Standard error may be what failed: this does not throw.
    std::fputs(fmt::format("{}: {}\n", kProgram, failure.what()).c_str(), stderr);
    return number_of(ExitCode::kOurFailure);
  }
}

}  // namespace plumbline::program
