#include "conformance/command_line/offers.h"

#include <functional>

namespace plumbline::conformance {
namespace {

/// By the name of the option or argument, as `--help` shows it.
Offer offer_for(const std::string& name, const Known& known) {
  if (name == "--candidate" || name == "DESCRIPTOR") return {known.candidates, "yaml", false};
  if (name == "--rules") return {known.rules, "", false};
  if (name == "--require") return {{"D", "K", "E"}, "", false};
  if (name == "--profile") return {{"document", "data-plane"}, "", false};
  if (name == "SHELL") return {{"bash", "zsh"}, "", false};
  if (name == "--json" || name == "--junit") return {{}, "*", false};
  if (name == "--history-dir" || name == "--kubeconfig-dir") return {{}, "", true};
  if (name == "FILE" || name == "WORLD") return {{}, "yaml", false};
  if (name == "HISTORY") return {{}, "jsonl", false};
  return {};
}

/// CLI11 says "TEXT:{a,b}" of what takes one of some words.
std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find(":{"), end = type.find('}', begin);
  if (begin == std::string::npos || end == std::string::npos) return {};
  return CLI::detail::split(type.substr(begin + 2, end - begin - 2), ',');
}

Offer offer_of(const CLI::Option& option, const std::string& name, const Known& known) {
  Offer offer = offer_for(name, known);
  if (offer.words.empty()) offer.words = choices_of(option);
  return offer;
}

}  // namespace

std::vector<Completion> completions_of(const CLI::App& app, const std::string& name, const Known& known) {
  std::vector<Completion> list;
  const std::function<void(const CLI::App&, const std::string&)> visit = [&](const CLI::App& command,
                                                                             const std::string& path) {
    Completion completion;
    completion.command = path;
    const auto inner = command.get_subcommands([](const CLI::App*) { return true; });
    for (const CLI::App* each : inner) completion.words.push_back(each->get_name());
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& word : option->get_lnames()) {
        completion.options.push_back("--" + word);
        if (option->get_items_expected_max() > 0)
          completion.values["--" + word] = offer_of(*option, "--" + word, known);
      }
      if (option->get_positional()) completion.arguments = offer_of(*option, option->get_name(true), known);
    }
    list.push_back(std::move(completion));
    for (const CLI::App* each : inner) visit(*each, path.empty() ? each->get_name() : path + " " + each->get_name());
  };
  visit(app, name);
  return list;
}

}  // namespace plumbline::conformance
