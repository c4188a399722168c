#include "conformance/command_line/app.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>

#include "conformance/command_line/candidates.h"
#include "conformance/command_line/commands.h"
#include "conformance/command_line/completion.h"
#include "conformance/rules/rules.h"
#include "model/usage.h"
#include "model/version.h"
#include "simulator/kernel/standard_output.h"
#include "wire/completion.h"

namespace plumbline::conformance {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 good; 1 the candidate broke a rule; 2 command line or input file; 3 inconclusive, not judged or\n"
    "interrupted; 4 a failure of ours, or an unsuitable host (see `plumbline doctor`).";
constexpr const char* kReadingExitCodes = "Exit codes: 0 good; 2 command line or input file; 4 a failure of ours.";
constexpr const char* kDoctorExitCodes =
    "Exit codes: 0 this host can run simulated worlds; 2 command line; 4 it cannot, and the text says how to mend it.";
constexpr const char* kMutantsExitCodes =
    "Exit codes: 0 every wrong gateway was caught and every harmless one passed; 1 not so; 2 command line;\n"
    "3 interrupted; 4 a failure of ours, or an unsuitable host (see `plumbline doctor`).";
constexpr const char* kProgram = "plumbline";
constexpr const char* kJobs = "Scenarios side by side, a count; 0 means as many as there are cores";
constexpr const char* kSeed = "Seed of everything that is drawn by chance, a whole number";
constexpr const char* kRequire = "Levels that count for the exit code: D (documented), K (D and entailed), E (all)";
constexpr const char* kRules = "Only rules whose id matches, for example 'WRR-*'; all when it is left out";
constexpr unsigned kCapSecondsMax = 24 * 3600;
constexpr std::string_view kSiblingPrefix = "plumbline-";
constexpr std::array<std::string_view, 3> kSiblings{"gateway", "mutant", "sim"};  ///< that this house builds

/// Programs beside this one: `plumbline NAME` runs plumbline-NAME, as git does.
std::vector<std::string> siblings(const InstalledAt& at) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(at.programs, failed)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kSiblingPrefix) && ::access(entry.path().c_str(), X_OK) == 0) {
      names.push_back(name.substr(kSiblingPrefix.size()));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string footer(const std::string& examples, const std::string& exit_codes = kExitCodes) {
  return "Examples:\n" + examples + "\n\n" + exit_codes;
}

/// What may be typed for an option or argument, as `--help` names it.
Offer offer_for(const std::string& name, const std::vector<std::string>& candidates,
                const std::vector<std::string>& rules) {
  if (name == "--candidate" || name == "DESCRIPTOR") return {candidates, "yaml", false};
  if (name == "--rules") return {rules, "", false};
  if (name == "--require") return {{"D", "K", "E"}, "", false};
  if (name == "--profile") return {{"document", "data-plane"}, "", false};
  if (name == "SHELL") return {{"bash", "zsh"}, "", false};
  if (name == "--json" || name == "--junit") return {{}, "*", false};
  if (name == "--history-dir") return {{}, "", true};
  if (name == "FILE") return {{}, "yaml", false};
  if (name == "HISTORY") return {{}, "jsonl", false};
  return {};
}

/// Replaces this process by a sibling; returns only when that fails.
int run_sibling(const std::string& name, const char* const* arguments, const InstalledAt& at) {
  const std::string program = (at.programs / ("plumbline-" + name)).string();
  std::vector<char*> list{const_cast<char*>(program.c_str())};  // execv takes them so, and changes none
  for (const char* const* argument = arguments; *argument != nullptr; ++argument)
    list.push_back(const_cast<char*>(*argument));
  list.push_back(nullptr);
  ::execv(program.c_str(), list.data());
  return static_cast<int>(
      fail(ExitCode::kOurFailure, fmt::format("{}: {}; `make build` builds it", program, std::strerror(errno))));
}

/// The application and where its options land.
class CommandLine {
 public:
  explicit CommandLine(InstalledAt at) : at_(std::move(at)), siblings_(siblings(at_)) {
    app_.require_subcommand(1);
    app_.failure_message(usage_failure<CLI::App, CLI::Error>);
    app_.set_version_flag("--version", std::string(kVersion), "Print the version and end");
    app_.footer(fmt::format("Also: plumbline {} ... runs the program plumbline-NAME beside this one.\n\n",
                            fmt::join(siblings_, "|")) +
                footer("  plumbline conform --candidate reference\n"
                       "  plumbline run scenarios/suites/round-robin.yaml --candidate my-gateway.yaml"));
    app_.option_defaults()->always_capture_default();
    add_conform();
    add_run();
    add_reading();
    add_mutants();
    add_candidate();
    add_rest();
  }

  int run(int argc, const char* const* argv) {
    std::vector<std::string> known = siblings_;
    const std::vector<std::string> own = commands_of(app_);
    known.insert(known.end(), own.begin(), own.end());
    std::sort(known.begin(), known.end());
    if (argc < 2) return misunderstood("a command is missing" + suggestion("", known));
    if (argv[1][0] != '-') {
      const std::string word = argv[1];
      if (std::find(siblings_.begin(), siblings_.end(), word) != siblings_.end()) {
        return run_sibling(word, argv + 2, at_);
      }
      if (std::find(kSiblings.begin(), kSiblings.end(), word) != kSiblings.end()) {
        return static_cast<int>(
            fail(ExitCode::kUsage, fmt::format("{}{} is not built yet; `make build` builds it", kSiblingPrefix, word)));
      }
      if (std::find(known.begin(), known.end(), word) == known.end()) return misunderstood(no_command(word, known));
    }
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const int code = app_.exit(error);
      return code == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
    }
    return static_cast<int>(chosen_());
  }

 private:
  static int misunderstood(const std::string& what) {
    fmt::print(stderr, "{}\n", usage_line(kProgram, what, kProgram));
    return static_cast<int>(ExitCode::kUsage);
  }

  CLI::App* add(CLI::App& to, const std::string& name, const std::string& sentence, const std::string& examples,
                std::function<ExitCode()> command, const std::string& exit_codes = kExitCodes) {
    CLI::App* added = to.add_subcommand(name, sentence);
    added->footer(footer(examples, exit_codes));
    added->callback([this, command = std::move(command)] { chosen_ = command; });
    return added;
  }

  void add_run_options(CLI::App* command) {
    command
        ->add_option("--candidate", run_.candidate,
                     "Who is judged: a name of conformance/candidates, `mutant:NAME`, or a descriptor file (.yaml)")
        ->type_name("NAME|FILE");
    command->add_option("--rules", run_.rules, kRules)->type_name("GLOB");
    command->add_option("--jobs", run_.jobs, kJobs)->type_name("N");
    command->add_option("--seed", run_.seed, kSeed)->type_name("N")->check(mistake_in_count);
    command->add_option("--require", run_.require, kRequire)->type_name("LEVEL")->check(CLI::IsMember({"D", "K", "E"}));
    command->add_flag("--keep-on-fail", run_.keep_on_fail,
                      "Keep the histories of scenarios that do not pass, in a new folder of $TMPDIR, and say where");
    command
        ->add_option("--history-dir", run_.history_dir,
                     "Write every history there, as SCENARIO.jsonl; without it none is kept")
        ->type_name("DIR");
    command
        ->add_option("--json", run_.json_file,
                     "Write the report as JSON (plumbline.report/v1); without it none is written")
        ->type_name("FILE");
    command->add_option("--junit", run_.junit_file, "Write the report as JUnit XML; without it none is written")
        ->type_name("FILE");
    command
        ->add_option("--profile", run_.profile,
                     "What the verdict is about: document (whatever is declared) or data-plane (only how requests are "
                     "shared and passed on)")
        ->type_name("PROFILE")
        ->check(CLI::IsMember({"document", "data-plane"}));
    command
        ->add_option(
            "--cap", run_.cap_seconds,
            "Most that one scenario may take, 1 to 86400 seconds; then it is cut short and judged by what there is")
        ->type_name("SECONDS")
        ->check(CLI::Range(1u, kCapSecondsMax).description(""));
  }

  void add_conform() {
    CLI::App* command =
        add(app_, "conform", "Judge a gateway by every scenario that its features allow.",
            "  plumbline conform --candidate reference\n"
            "  plumbline conform --candidate my-gateway.yaml --rules 'WRR-*' --keep-on-fail\n"
            "  plumbline conform --candidate my-gateway.yaml --json report.json --junit report.xml --shard 1/4",
            [this] { return conform(run_, at_); });
    add_run_options(command);
    command
        ->add_option("--shard", run_.shard, "Only every N-th scenario, from the I-th on, for a run on several machines")
        ->type_name("I/N");
  }

  void add_run() {
    CLI::App* command = add(app_, "run", "Run scenario files against a gateway and judge them.",
                            "  plumbline run scenarios/suites/round-robin.yaml\n"
                            "  plumbline run mine.yaml --candidate mutant:random-pick --history-dir out",
                            [this] { return conform(run_, at_); });
    command->add_option("FILE", run_.files, "Scenario files")->required()->default_str("");
    add_run_options(command);
  }

  void add_reading() {
    CLI::App* lint_command = add(
        app_, "lint",
        "Read scenarios, worlds, set-ups and candidates' descriptors, and say every mistake with its place.",
        "  plumbline lint scenarios/suites/*.yaml\n  plumbline lint --json mine.yaml\n  plumbline lint --list",
        [this] { return lint(lint_, at_); }, kReadingExitCodes);
    auto* files = lint_command->add_option("FILE", lint_.files, "Files of scenarios, worlds, set-ups or candidates")
                      ->default_str("");
    lint_command->add_flag("--json", lint_.json,
                           "Print the plans of scenarios and the mistakes, or with --list the language, as JSON");
    lint_command->add_flag("--list", lint_.list, "List the verbs and nouns of the language instead")->excludes(files);

    CLI::App* judge_command = add(app_, "judge", "Judge histories again; nothing else is looked at.",
                                  "  plumbline judge out/*.jsonl\n  plumbline judge --json out/round-robin.jsonl",
                                  [this] { return judge_histories(judge_, at_); });
    judge_command->add_option("HISTORY", judge_.histories, "History files (JSON Lines)")->required()->default_str("");
    judge_command->add_flag("--json", judge_.json, "Print the judgements as JSON");
    judge_command->add_option("--require", judge_.require, kRequire)
        ->type_name("LEVEL")
        ->check(CLI::IsMember({"D", "K", "E"}));

    CLI::App* rules_command = add(
        app_, "rules", "List the rules, what judges each, and which mutants it must catch.",
        "  plumbline rules\n  plumbline rules WRR-04\n  plumbline rules 'SEL-*' --json",
        [this] { return list_rules(rules_, at_); }, kReadingExitCodes);
    rules_command->add_flag("--json", rules_.json, "Print the register as JSON");
    auto* rule = rules_command->add_option("RULE", rules_.rules, kRules)->type_name("GLOB")->default_str("");
    rules_command->add_option("--rules", rules_.rules, "The same, as other commands have it; all when it is left out")
        ->type_name("GLOB")
        ->excludes(rule);
  }

  void add_mutants() {
    CLI::App* command = add(
        app_, "mutants", "Run gateways that are wrong on purpose against the scenarios that must catch them.",
        "  plumbline mutants\n  plumbline mutants --rules 'WRR-*' --json mutants.json",
        [this] { return run_mutants(mutants_, at_); }, kMutantsExitCodes);
    command
        ->add_option("--rules", mutants_.rules,
                     "Only mutants of rules whose id matches, for example 'WRR-*'; all when it is left out")
        ->type_name("GLOB");
    command
        ->add_option("--json", mutants_.json_file,
                     "Write the result as JSON (plumbline.mutants/v1); without it none is written")
        ->type_name("FILE");
    command->add_option("--jobs", mutants_.jobs, kJobs)->type_name("N");
    command->add_option("--seed", mutants_.seed, kSeed)->type_name("N")->check(mistake_in_count);
  }

  void add_candidate() {
    CLI::App* group = app_.add_subcommand("candidate", "Work on a candidate's descriptor and adapter.");
    group->require_subcommand(1);
    group->footer(footer("  plumbline candidate check my-gateway.yaml"));
    CLI::App* check =
        add(*group, "check", "Walk through the contract with a candidate, up to the first step that fails.",
            "  plumbline candidate check my-gateway.yaml\n  plumbline candidate check reference",
            [this] { return check_candidate(check_, at_); });
    check
        ->add_option("DESCRIPTOR", check_.descriptor,
                     "Descriptor file (.yaml), a name of conformance/candidates, or `mutant:NAME`")
        ->required();
    check->add_option("--seed", check_.seed, kSeed)->type_name("N")->check(mistake_in_count);
  }

  void add_rest() {
    add(
        app_, "doctor", "Try what a run needs from this host, and say how to mend what is missing.",
        "  plumbline doctor", [this] { return doctor(at_); }, kDoctorExitCodes);
    CLI::App* command = add(
        app_, "completion", "Print a script that completes commands and options in a shell.",
        "  echo 'source <(plumbline completion bash)' >> ~/.bashrc\n"
        "  plumbline completion zsh > ~/.zfunc/_plumbline    with ~/.zfunc in fpath",
        [this] {
          fmt::print("{}", completion_script(shell_, completions()));
          return ExitCode::kGood;
        },
        kReadingExitCodes);
    command->add_option("SHELL", shell_, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}));
  }

  /// Every command with what may follow it; those of `plumbline sim` too, when that is built.
  std::vector<Completion> completions() {
    std::vector<std::string> candidates = candidate_names(at_), rules;
    if (const auto mutants = list_mutants(at_)) {
      for (const MutantName& mutant : *mutants) candidates.push_back("mutant:" + mutant.name);
    }
    if (const auto known = Register::read(at_.home / "conformance/rules")) {
      for (const Rule& rule : known->rules()) rules.push_back(rule.id.str());
    }
    std::vector<Completion> list;
    add_completions<CLI::App>(
        app_, "", [&](const std::string& name) { return offer_for(name, candidates, rules); }, list);
    list.front().words.insert(list.front().words.end(), siblings_.begin(), siblings_.end());
    if (std::find(siblings_.begin(), siblings_.end(), "sim") == siblings_.end()) return list;
    const auto said = output_of("plumbline-sim", wire::kCompletionsOption, at_);
    auto commands = said ? wire::parse_completions(*said) : said.error();
    if (!commands) {
      fmt::print(stderr, "plumbline: `plumbline sim` is not completed: {}\n",
                 said ? "plumbline-sim is of another version; `make build` builds it anew" : said.error().text);
      return list;
    }
    for (Completion& completion : *commands) {
      completion.command = completion.command.empty() ? "sim" : "sim " + completion.command;
      list.push_back(std::move(completion));
    }
    return list;
  }

  InstalledAt at_;
  std::vector<std::string> siblings_;
  CLI::App app_{
      "Judges whether an API gateway that talks straight to Kubernetes Pods does what its documentation promises.",
      kProgram};
  std::function<ExitCode()> chosen_;
  RunOptions run_;
  LintOptions lint_;
  JudgeOptions judge_;
  RulesOptions rules_;
  MutantsOptions mutants_;
  CheckOptions check_;
  std::string shell_;
};

}  // namespace

int run_command_line(int argc, char** argv) {
  try {
    const std::vector<const char*> words = with_help_option(argc, argv);
    return once_written(CommandLine(installed_at()).run(argc, words.data()), kProgram);
  } catch (const std::exception& failure) {
    return static_cast<int>(fail(ExitCode::kOurFailure, failure.what()));
  }
}

}  // namespace plumbline::conformance
