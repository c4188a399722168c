#include "reference/core/balancing/balancer.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "model/check.h"

namespace plumbline::gateway {
namespace {

/// Most picks that a worker skips at its start; keeps the first update cheap with large weights.
constexpr std::int64_t kStaggerPicksMax = 1024;

bool contains(std::span<const std::string> keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

Balancer::Balancer(unsigned worker, unsigned workers) : worker_(worker), workers_(workers) {
  CHECK(worker < workers, "workers are numbered from 0");
}

Balancer::Round& Balancer::round_of(std::size_t service_index) {
  auto at = std::lower_bound(rounds_.begin(), rounds_.end(), service_index,
                             [](const Round& round, std::size_t index) { return round.service_index < index; });
  if (at == rounds_.end() || at->service_index != service_index) {
    at = rounds_.insert(at, Round{});
    at->service_index = service_index;
  }
  return *at;
}

void Balancer::set_service(const ServiceNodes& service, const Changed& changed) {
  CHECK(service.weight.value >= 0, "admission refuses negative weights");
  Round& round = round_of(service.service_index);
  round.weight = service.weight.value;
  fit(round, service, changed);
  settle();
  if (!started_ && weight_total_ > 0) stagger();
}

void Balancer::fit(Round& round, const ServiceNodes& service, const Changed& changed) {
  std::unordered_set<std::string_view> wanted;
  for (const Endpoint& endpoint : service.endpoints) wanted.insert(endpoint.key);
  for (std::size_t i = 0; i < round.slots.size();) {
    if (wanted.contains(round.slots[i].key)) {
      ++i;
      continue;
    }
    if (changed) changed(round.slots[i], false);
    round.place.erase(round.slots[i].key);
    if (i + 1 != round.slots.size()) {
      round.slots[i] = std::move(round.slots.back());
      round.place[round.slots[i].key] = i;
    }
    round.slots.pop_back();
  }
  const bool was_empty = round.slots.empty();
  for (const Endpoint& endpoint : service.endpoints) {
    const auto [found, is_new] = round.place.try_emplace(endpoint.key, round.slots.size());
    if (is_new) {
      round.slots.push_back(endpoint);
      if (changed) changed(endpoint, true);
    } else {
      round.slots[found->second] = endpoint;
    }
  }
  if (was_empty) round.cursor = round.slots.size() * worker_ / workers_;
  if (round.cursor >= round.slots.size()) round.cursor = 0;
}

void Balancer::drop_service(std::size_t service_index, const Changed& changed) {
  const auto at = std::find_if(rounds_.begin(), rounds_.end(),
                               [&](const Round& round) { return round.service_index == service_index; });
  if (at == rounds_.end()) return;
  fit(*at, ServiceNodes{service_index, Weight{0}, {}}, changed);
  settle();
  rounds_.erase(at);
}

/// Scales every lag to the new total and hands the lag of services that cannot be picked to those that can.
void Balancer::settle() {
  std::int64_t total = 0;
  std::int64_t active = 0;
  for (const Round& round : rounds_) {
    total += round.total();
    if (round.total() > 0) ++active;
  }
  std::int64_t sum = 0;
  for (Round& round : rounds_) {
    if (round.total() == 0 || weight_total_ == 0) {
      round.credit = 0;
      continue;
    }
    __extension__ using Wide = __int128;
    round.credit = static_cast<std::int64_t>(Wide{round.credit} * total / weight_total_);
    sum += round.credit;
  }
  for (Round& round : rounds_) {
    if (round.total() == 0) continue;
    CHECK(active > 0, "counted above");
    const std::int64_t share = sum / active--;
    round.credit -= share;
    sum -= share;
  }
  weight_total_ = total;
}

void Balancer::stagger() {
  started_ = true;
  std::int64_t divisor = 0;
  for (const Round& round : rounds_) divisor = std::gcd(divisor, round.total());
  CHECK(divisor > 0, "there is something to pick");
  const std::int64_t cycle = weight_total_ / divisor;
  const std::int64_t skipped = std::min(cycle * worker_ / workers_, kStaggerPicksMax);
  for (std::int64_t i = 0; i < skipped; ++i) richest();
}

/// One step of smooth weighted round robin; nullptr when nothing can be picked.
Balancer::Round* Balancer::richest() {
  Round* best = nullptr;
  for (Round& round : rounds_) {
    const std::int64_t total = round.total();
    if (total == 0) continue;
    round.credit += total * kUnit;
    if (best == nullptr || round.credit > best->credit) best = &round;
  }
  if (best != nullptr) best->credit -= weight_total_ * kUnit;
  return best;
}

const Endpoint* Balancer::take(Round& round, std::span<const std::string> tried) {
  const std::size_t count = round.slots.size();
  for (std::size_t offset = 0; offset < count; ++offset) {
    const std::size_t at = (round.cursor + offset) % count;
    if (!tried.empty() && contains(tried, round.slots[at].key)) continue;
    const std::size_t turn = round.cursor;
    if (at != turn) {
      // The one that was passed over keeps its turn; the one that is served now has had its own.
      std::swap(round.slots[at], round.slots[turn]);
      round.place[round.slots[at].key] = at;
      round.place[round.slots[turn].key] = turn;
    }
    round.cursor = turn + 1 == count ? 0 : turn + 1;
    return &round.slots[turn];
  }
  return nullptr;
}

const Endpoint* Balancer::pick(std::span<const std::string> tried) {
  Round* round = richest();
  if (round == nullptr) return nullptr;
  if (tried.empty()) [[likely]] {
    return take(*round, tried);
  }
  for (Round& each : rounds_) each.exhausted = each.total() == 0;
  while (true) {
    if (const Endpoint* endpoint = take(*round, tried)) return endpoint;
    round->exhausted = true;
    round->credit += weight_total_ * kUnit;  // it was not served after all
    Round* next = nullptr;
    for (Round& each : rounds_) {
      if (!each.exhausted && (next == nullptr || each.credit > next->credit)) next = &each;
    }
    if (next == nullptr) {
      for (Round& each : rounds_) each.credit -= each.total() * kUnit;  // nobody was
      return nullptr;
    }
    next->credit -= weight_total_ * kUnit;
    round = next;
  }
}

std::vector<std::size_t> Balancer::services() const {
  std::vector<std::size_t> indices;
  for (const Round& round : rounds_) indices.push_back(round.service_index);
  return indices;
}

std::size_t Balancer::size() const {
  std::size_t count = 0;
  for (const Round& round : rounds_) count += round.slots.size();
  return count;
}

const Endpoint& Balancer::at(std::size_t i) const {
  for (const Round& round : rounds_) {
    if (i < round.slots.size()) return round.slots[i];
    i -= round.slots.size();
  }
  CHECK(false, "i < size()");
  std::abort();
}

std::int64_t Balancer::credit_total() const {
  std::int64_t sum = 0;
  for (const Round& round : rounds_) sum += round.credit;
  return sum;
}

}  // namespace plumbline::gateway
