#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "reference/core/balancing/pick.h"
#include "reference/mutants/mutant.h"

namespace plumbline::gateway {
namespace {

class Told : public Notifier {
 public:
  void write(LogLevel, std::string_view) override {}
  void event(const nlohmann::json& event) override { events.push_back(event); }
  std::vector<nlohmann::json> events;
};

TEST(Mutants, NamesAreUniqueAndEveryJudgedRuleHasOne) {
  std::set<std::string> names;
  std::set<std::string> rules;
  for (const Mutant& mutant : all_mutants()) {
    EXPECT_TRUE(names.insert(mutant.name).second) << mutant.name;
    EXPECT_FALSE(mutant.decision.empty()) << mutant.name;
    rules.insert(mutant.rule);
  }
  for (const char* rule :
       {"INST-01",  "INST-02",   "INST-04",   "INST-05", "INST-07", "AUTH-01", "AUTH-02",  "AUTH-03",
        "TUN-01",   "TUN-04",    "TUN-05",    "TUN-08",  "BIND-01", "BIND-02", "SEL-01",   "SEL-02",
        "SEL-05",   "SEL-08",    "WRR-01",    "WRR-02",  "WRR-03",  "WRR-04",  "MULTI-01", "CHURN-01",
        "CHURN-02", "DIRECT-01", "DIRECT-02", "HTTP-01", "control", "harmless"}) {
    EXPECT_TRUE(rules.contains(rule)) << rule;
  }
}

TEST(Mutants, EachSwapsAtMostOneSeam) {
  for (const Mutant& mutant : all_mutants()) {
    Told told;
    const Reached reached(mutant.name, told);
    Assembly assembly{reached, told};
    const std::array<const void*, 5> before{assembly.admission.get(), assembly.authorisation.get(),
                                            assembly.selection.get(), assembly.publication.get(),
                                            assembly.shaping.get()};
    mutant.swap(assembly);
    const std::array<const void*, 5> after{assembly.admission.get(), assembly.authorisation.get(),
                                           assembly.selection.get(), assembly.publication.get(),
                                           assembly.shaping.get()};
    int swapped = 0;
    for (std::size_t i = 0; i < before.size(); ++i) swapped += before[i] != after[i] ? 1 : 0;
    EXPECT_LE(swapped, 1) << mutant.name;
    EXPECT_TRUE(told.events.empty()) << mutant.name << " is reached before it decided anything";
  }
}

TEST(Mutants, ReachedIsToldOnce) {
  Told told;
  const Reached reached("x", told);
  reached();
  reached();
  ASSERT_EQ(told.events.size(), 1u);
  EXPECT_EQ(told.events[0], (nlohmann::json{{"type", "mutant.reached"}, {"mutant", "x"}}));
}

/// Twelve picks of one connection under the pick seam of `name`.
std::vector<std::string> picks_under(const std::string& name, Told& told) {
  const Reached reached(name, told);
  Assembly assembly{reached, told};
  for (const Mutant& mutant : all_mutants()) {
    if (mutant.name == name) mutant.swap(assembly);
  }
  Balancer balancer(0, 1);
  ServiceNodes service{0, Weight{1}, {}};
  for (const char* key : {"a", "b", "c"}) service.endpoints.push_back({key, "10.0.0.1", 80, {}});
  balancer.set_service(service);
  std::vector<std::string> picks;
  picks.reserve(12);
  for (int i = 0; i < 12; ++i) picks.push_back(pick_endpoint(balancer, {}, 7)->key);
  return picks;
}

TEST(Mutants, ThePickIsTheLinkedOne) {
  Told told;
  const auto sticky = picks_under("balances-per-connection", told);
  EXPECT_EQ(std::set<std::string>(sticky.begin(), sticky.end()).size(), 1u);
  EXPECT_EQ(told.events.size(), 1u);
  const auto random = picks_under("random-pick", told);
  bool in_turn = true;
  for (std::size_t i = 3; i < random.size(); ++i) in_turn = in_turn && random[i] == random[i - 3];
  EXPECT_FALSE(in_turn);
  EXPECT_EQ(told.events.size(), 2u);
}

}  // namespace
}  // namespace plumbline::gateway
