// Scenarios for tests of the language: just the spec is written, the frame comes with it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "conformance/language/scenario.h"
#include "conformance/rules/house_register.h"

namespace plumbline::conformance {

struct Reading {
  std::vector<Plan> plans;
  std::string problems;
};

inline Reading read(const std::string& spec) {
  yaml::Problems problems;
  const std::string text = "apiVersion: plumbline/v1\nkind: Scenario\nmetadata: {name: test}\nspec:\n" + spec;
  auto plans = read_scenario_text(text, "test.yaml", house_register(), problems);
  return {std::move(plans), problems.text()};
}

}  // namespace plumbline::conformance
