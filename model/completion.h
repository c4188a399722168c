// What may follow a command, for completion in shells. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline {

/// What may be typed in one place.
struct Offer {
  std::vector<std::string> words;
  std::string files;     ///< ending of the files that are offered, "yaml"; "*" for any; "" for none. Folders lead there
  bool folders = false;  ///< folders only
  bool operator==(const Offer&) const = default;
};

/// What may follow a command.
struct Completion {
  std::string command;                  ///< "" for the program itself, "candidate check" for an inner command
  std::vector<std::string> words;       ///< inner commands
  std::vector<std::string> options;     ///< "--seed"
  std::map<std::string, Offer> values;  ///< of options that take one
  Offer arguments;                      ///< what is no option
  bool operator==(const Completion&) const = default;
};

/// The words between braces of "TEXT:{a,b}", as CLI11 names the type of what takes one of some words.
std::vector<std::string> choices_in(std::string_view type_name);

/// What may be typed for an option ("--json") or an argument ("FILE"), by the name that `--help` shows.
using OfferFor = std::function<Offer(const std::string& name)>;

/// Every command of `app`, itself first, with what may follow it: read from the commands themselves, so that it cannot
/// be out of date. `name` is what is typed before the app's commands, "" for the program itself. A template over
/// CLI11's App, which this folder does not know.
template <class App>
void add_completions(const App& app, const std::string& name, const OfferFor& offer_for,
                     std::vector<Completion>& list) {
  const auto offer_of = [&](const auto& option, const std::string& typed) {
    Offer offer = offer_for(typed);
    if (offer.words.empty()) offer.words = choices_in(option.get_type_name());
    return offer;
  };
  const auto inner = app.get_subcommands([](const App*) { return true; });
  Completion completion{name, {}, {}, {}, {}};
  for (const App* each : inner) completion.words.push_back(each->get_name());
  for (const auto* option : app.get_options()) {
    for (const std::string& word : option->get_lnames()) {
      completion.options.push_back("--" + word);
      if (option->get_items_expected_max() > 0) completion.values["--" + word] = offer_of(*option, "--" + word);
    }
    if (option->get_positional()) completion.arguments = offer_of(*option, option->get_name(true));
  }
  list.push_back(std::move(completion));
  for (const App* each : inner)
    add_completions(*each, name.empty() ? each->get_name() : name + " " + each->get_name(), offer_for, list);
}

}  // namespace plumbline
