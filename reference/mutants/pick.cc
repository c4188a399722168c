// The balancer's pick, swapped by the linker: this definition of pick_endpoint stands in place of core/pick.cc because
// add_pick_mutants, which main needs, is in the same object. State is set once, before the data plane starts.
#include "reference/core/balancing/pick.h"

#include <string>
#include <unordered_map>

#include "reference/mutants/mutant.h"
#include "reference/ports/random.h"

namespace plumbline::gateway {
namespace {

enum class Pick { kRight, kRandom, kPerConnection, kRandomStart };
Pick swapped = Pick::kRight;
const Reached* swapped_reached = nullptr;

std::function<void(Assembly&)> swap_pick(Pick pick) {
  return [pick](Assembly& assembly) {
    swapped = pick;
    swapped_reached = &assembly.reached;
  };
}

/// Skips a random number of turns, so that shares stay right but the order is chance.
const Endpoint* random_pick(Balancer& balancer, std::span<const std::string> tried) {
  static thread_local Random random(1, "random-pick");
  constexpr std::uint64_t kRoundsSkipped = 4;
  const std::uint64_t rounds = kRoundsSkipped * std::max<std::size_t>(balancer.size(), 1);
  for (std::uint64_t skip = random.below(rounds); skip > 0; --skip) balancer.pick();
  (*swapped_reached)();
  return balancer.pick(tried);
}

/// Every request of a connection goes where its first one went.
const Endpoint* pick_per_connection(Balancer& balancer, std::span<const std::string> tried, std::uint64_t connection) {
  static thread_local std::unordered_map<std::uint64_t, std::string> homes;
  auto& home = homes[connection];
  if (!home.empty() && tried.empty()) {
    for (std::size_t i = 0; i < balancer.size(); ++i) {
      if (balancer.at(i).key != home) continue;
      (*swapped_reached)();
      return &balancer.at(i);
    }
  }
  const Endpoint* endpoint = balancer.pick(tried);
  home = endpoint == nullptr ? "" : endpoint->key;
  return endpoint;
}

/// Begins each round at a place that chance decides, then goes on in turn.
const Endpoint* pick_from_random_start(Balancer& balancer, std::span<const std::string> tried) {
  static thread_local Random random(1, "random-start");
  static thread_local std::unordered_map<const Balancer*, bool> begun;
  if (bool& known = begun[&balancer]; !known && balancer.size() > 1) {
    known = true;
    (*swapped_reached)();
    for (std::uint64_t skip = random.below(balancer.size()); skip > 0; --skip) balancer.pick();
  }
  return balancer.pick(tried);
}

}  // namespace

const Endpoint* pick_endpoint(Balancer& balancer, std::span<const std::string> tried, std::uint64_t connection) {
  switch (swapped) {
    case Pick::kRandom:
      return random_pick(balancer, tried);
    case Pick::kPerConnection:
      return pick_per_connection(balancer, tried, connection);
    case Pick::kRandomStart:
      return pick_from_random_start(balancer, tried);
    case Pick::kRight:
      break;
  }
  return balancer.pick(tried);
}

void add_pick_mutants(std::vector<Mutant>& mutants) {
  mutants.push_back({"random-pick", "WRR-04", "picks by chance, with the right shares", swap_pick(Pick::kRandom)});
  mutants.push_back(
      {"balances-per-connection", "WRR-04", "keeps each connection at its first Pod", swap_pick(Pick::kPerConnection)});
  mutants.push_back(
      {"harmless-random-start", kHarmless, "begins the round at a random Pod", swap_pick(Pick::kRandomStart)});
}

}  // namespace plumbline::gateway
