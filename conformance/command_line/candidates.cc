#include "conformance/command_line/candidates.h"

#include <fmt/format.h>
#include <stdio.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "conformance/contract/startable.h"
#include "model/nearest.h"
#include "model/shell_word.h"

namespace plumbline::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMutant = "mutant:";
constexpr std::chrono::milliseconds kStrictPropagation{250};

/// NAME.yaml, or NAME/NAME.yaml of a candidate with a folder of its own.
std::vector<fs::path> places_of(const std::string& name, const InstalledAt& at) {
  const fs::path folder = at.home / "conformance/candidates";
  return {folder / (name + ".yaml"), folder / name / (name + ".yaml")};
}

Descriptor mutant(const std::string& full_name, const InstalledAt& at) {
  Descriptor descriptor;
  descriptor.name = full_name;
  descriptor.folder = at.home.string();
  descriptor.command = {"plumbline-mutant", "--mutant", full_name.substr(kMutant.size()), "--stdio"};
  descriptor.deadlines.propagation = kStrictPropagation;
  return descriptor;
}

}  // namespace

Result<Descriptor> find_candidate(const std::string& name, const InstalledAt& at) {
  if (name.starts_with(kMutant)) {
    const auto mutants = list_mutants(at);
    if (!mutants) return mutants.error();
    std::vector<std::string> known;
    for (const auto& entry : *mutants) known.push_back(std::string(kMutant) + entry.name);
    if (std::find(known.begin(), known.end(), name) != known.end()) return mutant(name, at);
    return Error{Reason::kNotFound, fmt::format("no mutant '{}'{}", name, suggestion(name, known)), "candidate", name};
  }
  if (name.find('/') != std::string::npos || name.ends_with(".yaml") || name.ends_with(".yml"))
    return load_descriptor(name);
  for (const auto& place : places_of(name, at)) {
    if (fs::exists(place)) return load_descriptor(place.string());
  }
  return Error{
      Reason::kNotFound,
      fmt::format("no candidate '{}'{}; a file is given with its path", name, suggestion(name, candidate_names(at))),
      "candidate", name};
}

Result<Descriptor> find_startable(const std::string& name, const InstalledAt& at) {
  auto descriptor = find_candidate(name, at);
  if (!descriptor) return descriptor;
  if (const auto startable = check_startable(*descriptor, at.programs.string()); !startable) return startable.error();
  return descriptor;
}

void check_rules(const Descriptor& descriptor, const Register& rules, yaml::Problems& problems) {
  std::vector<std::string> known;
  for (const Rule& rule : rules.rules()) known.push_back(rule.id.str());
  for (const KnownFailure& failure : descriptor.known_failures)
    if (rules.find(failure.rule) == nullptr)
      problems.add(failure.place,
                   fmt::format("no rule '{}'{}", failure.rule.str(), suggestion(failure.rule.str(), known)));
}

std::vector<std::string> candidate_names(const InstalledAt& at) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(at.home / "conformance/candidates", failed)) {
    const std::string name = entry.path().stem().string();
    const auto places = places_of(name, at);
    if (std::any_of(places.begin(), places.end(), [](const fs::path& place) { return fs::is_regular_file(place); })) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<std::string> output_of(const std::string& name, const std::string& option, const InstalledAt& at) {
  const fs::path program = at.programs / name;
  const auto unavailable = [&](const std::string& why) {
    return Error{Reason::kUnavailable, fmt::format("{}: {}; `make build` builds it", program.string(), why), "",
                 program.string()};
  };
  if (!fs::exists(program)) return unavailable("does not exist");
  std::FILE* pipe = ::popen((shell_word(program.string()) + " " + option + " 2>/dev/null").c_str(), "re");
  if (pipe == nullptr) return unavailable("cannot be started");
  std::string text;
  std::array<char, 4096> buffer;
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    text.append(buffer.data(), got);
  if (const int status = ::pclose(pipe); status != 0) return unavailable(option + " failed");
  return text;
}

Result<std::vector<MutantName>> list_mutants(const InstalledAt& at) {
  const auto text = output_of("plumbline-mutant", "--list", at);
  if (!text) return text.error();
  std::vector<MutantName> mutants;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    MutantName mutant;
    if (words >> mutant.name >> mutant.rule) mutants.push_back(mutant);
  }
  return mutants;
}

}  // namespace plumbline::conformance
