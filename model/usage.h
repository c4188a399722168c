// One line for a command line that cannot be understood: what is wrong, and where help is. The same words in every
// binary. Templates over CLI11's App, which this folder does not know. Pure.
#pragma once

#include <cctype>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "model/nearest.h"

namespace plumbline {

/// `help WORDS` asks for `WORDS --help`, as in many tools; other command lines are left as they are. The program's name
/// is among them; ends with a null pointer, which is not counted in argc, as main's argv does.
inline std::vector<const char*> with_help_option(int argc, const char* const* argv) {
  std::vector<const char*> words(argv, argv + argc);
  if (words.size() > 1 && std::string_view(words[1]) == "help") {
    words.erase(words.begin() + 1);
    words.push_back("--help");
  }
  words.push_back(nullptr);
  return words;
}

/// "plumbline: no command 'x'; did you mean 'y'? (see `plumbline --help`)"
inline std::string usage_line(std::string_view program, const std::string& what, const std::string& command) {
  return std::string(program) + ": " + what + " (see `" + command + " --help`)";
}

/// "no command 'conforn'; did you mean 'conform'?"
inline std::string no_command(const std::string& word, const std::vector<std::string>& known) {
  return "no command '" + word + "'" + suggestion(word, known);
}

/// Names of what may follow `app`.
template <class App>
std::vector<std::string> commands_of(const App& app) {
  std::vector<std::string> names;
  for (const App* inner : app.get_subcommands([](const App*) { return true; })) names.push_back(inner->get_name());
  return names;
}

/// The command that was reached when parsing `app` failed, with its programs' name: "plumbline candidate check".
template <class App>
const App& reached(const App& app, std::string& path) {
  const App* at = &app;
  path = app.get_name();
  for (auto inner = at->get_subcommands(); !inner.empty(); inner = at->get_subcommands()) {
    at = inner.back();
    path += " " + at->get_name();
  }
  return *at;
}

/// What is wrong with a command line that `app` could not parse; `problem` is the parser's own account of it.
template <class App>
std::string usage_problem(const App& at, std::string problem) {
  const std::vector<std::string> commands = commands_of(at);
  const std::vector<std::string> left = at.remaining();
  if (left.empty()) {
    if (!commands.empty()) return "a command is missing" + suggestion("", commands);
    // CLI11 says "Could not convert: --jobs = -1".
    constexpr std::string_view kNoValue = "Could not convert: ";
    const std::size_t equals = problem.find(" = ");
    if (problem.starts_with(kNoValue) && equals != std::string::npos)
      return problem.substr(kNoValue.size(), equals - kNoValue.size()) + " cannot be '" + problem.substr(equals + 3) +
             "'";
    // "WHAT: dwon not in {down,hang}".
    constexpr std::string_view kNotIn = " not in {";
    const std::size_t colon = problem.find(": ");
    const std::size_t list = problem.find(kNotIn);
    if (colon != std::string::npos && list != std::string::npos && colon < list && problem.ends_with('}')) {
      const std::string word = problem.substr(colon + 2, list - colon - 2);
      std::vector<std::string> known;
      for (std::size_t from = list + kNotIn.size(); from < problem.size();) {
        const std::size_t end = problem.find_first_of(",}", from);
        known.push_back(problem.substr(from, end - from));
        from = end + 1;
      }
      return problem.substr(0, colon) + " cannot be '" + word + "'" + suggestion(word, known);
    }
    const auto is_lower = [](char c) { return std::islower(static_cast<unsigned char>(c)) != 0; };
    if (problem.size() > 1 && is_lower(problem[1])) {  // a sentence; FILE stays what it is
      problem.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(problem.front())));
    }
    return problem;
  }
  const std::string word = left.front().substr(0, left.front().find('='));
  if (word.size() > 1 && word.front() == '-') {
    std::vector<std::string> options;
    for (const auto* option : at.get_options()) {
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
    }
    return "no option '" + word + "'" + suggestion(word, options);
  }
  if (!commands.empty()) return no_command(word, commands);
  return "'" + word + "' is one argument too many";
}

/// Why `text` is no number from 0 to 2^64 - 1; "" when it is one. For options: CLI11 takes -1 for the largest.
inline std::string mistake_in_count(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size() ? ""
                                                                    : "'" + text + "' is no whole number from 0 on";
}

/// The whole line, for CLI11's failure_message().
template <class App, class Failure>
std::string usage_failure(const App* app, const Failure& failure) {
  std::string path;
  const App& at = reached(*app, path);
  return usage_line(app->get_name(), usage_problem(at, failure.what()), path) + "\n";
}

}  // namespace plumbline
