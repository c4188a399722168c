#include "conformance/checks/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "conformance/checks/json_fields.h"
#include "model/counted.h"
#include "wire/contract.h"
#include "wire/history.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

constexpr int kWorkersMax = 4096;
constexpr std::string_view kTimeout = "timeout";

std::map<std::string, TruthNode> by_pod(const std::vector<TruthNode>& nodes) {
  std::map<std::string, TruthNode> map;
  for (const TruthNode& node : nodes) {
    const auto [place, fresh] = map.try_emplace(node.pod, node);
    if (!fresh) place->second.weight += node.weight;
  }
  return map;
}

/// The refusal of `step` says that the candidate does not have such a thing at all.
bool unsupported(const History& history, const StepRecord& step) {
  constexpr int kMethodNotFound = -32601;
  return std::any_of(history.controls.begin(), history.controls.end(), [&](const ControlRecord& control) {
    if (control.step != step.index || !control.error) return false;
    return integer_of(*control.error, "code") == kMethodNotFound ||
           wire::error_from_json(*control.error).reason == Reason::kUnsupported;
  });
}

}  // namespace

bool is_trap(const std::string& pod) { return pod.rfind("trap:", 0) == 0; }

std::string host_of(const std::string& address) { return address.substr(0, address.find(':')); }

CheckContext::CheckContext(const History& history) : history_(history) {
  if (const json* plan = member(history.header, "plan")) plan_ = *plan;
  if (const json* candidate = member(history.header, "candidate")) {
    workers_ = static_cast<int>(std::clamp<std::int64_t>(integer_of(*candidate, "workers", 1), 1, kWorkersMax));
  }
  for (const HitRecord& hit : history.hits) hits_[hit.value.id.window].push_back(&hit);
  for (const ResultRecord& result : history.results) {
    results_[result.value.id.window].push_back(&result);
    sent_.emplace(std::pair(result.value.id.window, result.value.id.n), result.value.t);
  }

  std::int64_t stop = INT64_MAX;
  for (const ControlRecord& control : history.controls) {
    if (control.method == "stop") {
      stop = std::min(stop, control.t);
    } else if (!control.silent.empty()) {
      notice(control.silent == "timeout" ? control.t : control.t1, control.t1, control.line,
             control.silent == "invalid" && !control.detail.empty()
                 ? fmt::format("the answer to {} is none: {}", control.method, control.detail)
                 : fmt::format("{} was not answered ({})", control.method, control.silent));
    }
  }
  for (const OtherRecord& record : history.candidate) {
    if (text_of(record.json, "state") != "exited" || record.t >= stop) continue;
    const auto signal = integer_of(record.json, "signal");
    const bool attached = signal == 0 && member(record.json, "code") == nullptr;
    notice(record.t, record.t, record.line,
           signal != 0 ? fmt::format("the candidate was ended by signal {}", signal)
           : attached  ? std::string("the candidate closed its connection")
                       : fmt::format("the candidate exited with {}", integer_of(record.json, "code")));
  }
  if (history.cut) notice_unanswered_users();
}

void CheckContext::notice(std::int64_t asked, std::int64_t t, int line, std::string text) {
  if (!silence_ || t < silence_->t) silence_ = Silence{t, asked, line, std::move(text)};
}

void CheckContext::notice_unanswered_users() {
  std::int64_t last_answer = INT64_MIN;
  for (const ResultRecord& result : history_.results) {
    if (result.value.error != kTimeout) last_answer = std::max(last_answer, result.value.t1);
  }
  for (const OtherRecord& exchange : history_.exchanges) {
    if (text_of(exchange.json, "error") != kTimeout) last_answer = std::max(last_answer, exchange.t);
  }
  const ResultRecord* first = nullptr;
  std::size_t unanswered = 0;
  for (const ResultRecord& result : history_.results) {
    if (result.value.error != kTimeout || result.value.t <= last_answer) continue;
    if (first == nullptr) first = &result;
    ++unanswered;
  }
  if (first == nullptr) return;
  notice(first->value.t, first->value.t1, first->line,
         fmt::format("the last {} of users got no answer until time was up", counted(unanswered, "request")));
}

bool CheckContext::offers(const std::string& feature) const {
  const json* candidate = member(history_.header, "candidate");
  if (candidate == nullptr || !candidate->contains("features")) return true;  // it never said what it does not offer
  const auto features = texts_of(*candidate, "features");
  return std::find(features.begin(), features.end(), feature) != features.end();
}

std::string CheckContext::instance_address() const {
  const json* instance = member(history_.header, {"world", "instance"});
  return instance == nullptr ? "" : text_of(*instance, "address");
}

Finding CheckContext::silenced(std::string sentence, std::string expected) const {
  Finding finding = Finding::fail(fmt::format("{}: {}", sentence, silence_->text), std::move(expected), silence_->text);
  finding.show(silence_->t, silence_->line, silence_->text);
  return silence_->asked < silence_->t ? unless_stalled(std::move(finding), silence_->asked, silence_->t) : finding;
}

Finding CheckContext::none_reached(const Window& window, const std::string& sentence,
                                   const std::string& expected) const {
  Finding finding = Finding::fail(sentence, expected, "no hit");
  std::size_t nameless = 0;
  if (const auto found = hits_.find(-1); found != hits_.end()) {
    for (const HitRecord* hit : found->second) {
      if (is_trap(hit->value.pod) || hit->value.t < window.t || hit->value.t > window.t1) continue;
      ++nameless;
      finding.show(hit->value.t, hit->line,
                   fmt::format("{} saw a request without {}", without_uid(hit->value.pod), wire::kRequestIdHeader));
    }
  }
  if (nameless == 0) {
    finding.show(window.t, window.line, fmt::format("window '{}'", window.as));
  } else {  // a gateway's own, as to see who is alive, or users' of whom it drops headers
    finding.seen = fmt::format("{} without the header {}", counted(nameless, "request"), wire::kRequestIdHeader);
    finding.sentence += fmt::format(", but {} reached Pods; a gateway passes headers on", finding.seen);
  }
  return unless_stalled(std::move(finding), window.t, window.t1);
}

Finding CheckContext::why_nothing(const std::string& what) const {
  Finding why = why_missing(what);
  if (why.verdict != Verdict::kHarnessError || !history_.complete) return why;
  return Finding::not_judged(what + " is missing: the scenario's steps make none");
}

Finding CheckContext::why_missing(const std::string& what) const {
  if (silence_) return silenced(fmt::format("{} is missing", what), "the candidate goes on");
  for (const StepRecord& step : history_.steps) {
    if (step.refused) {
      // Scenarios run only with candidates that declare what their steps need.
      if (unsupported(history_, step)) {
        Finding finding = Finding::fail(
            fmt::format("{} is missing: {} '{}' was refused as unsupported, though declared", what, step.verb, step.as),
            "what a candidate declares, it offers", step.error);
        finding.show(step.t, step.line, step.error);
        return finding;
      }
      Finding finding = Finding::not_judged(
          fmt::format("{} is missing: {} '{}' was refused: {}", what, step.verb, step.as, step.error));
      finding.show(step.t, step.line, step.error);
      return finding;
    }
  }
  return Finding::harness_error(fmt::format("{} is missing from the history{}", what,
                                            history_.end_error.empty() ? "" : ": " + history_.end_error));
}

CheckContext::FoundWindow CheckContext::window(const json& arguments) const {
  FoundWindow found = span(arguments);
  if (found.window == nullptr || found.window->requests > 0) return found;
  return {nullptr, Finding::inconclusive(fmt::format("no request was sent in window '{}'", found.window->as))};
}

CheckContext::FoundWindow CheckContext::part_of_window(const json& arguments) const {
  const Window* window = history_.window(text_of(arguments, "during"));
  return window != nullptr && window->cut && window->requests > 0 ? FoundWindow{window, {}} : this->window(arguments);
}

CheckContext::FoundWindow CheckContext::span(const json& arguments) const {
  const std::string name = text_of(arguments, "during");
  if (const Window* window = history_.window(name)) {
    if (window->cut) return {nullptr, why_missing(fmt::format("the rest of window '{}'", name))};
    return {window, {}};
  }
  if (const StepRecord* step = history_.step(name); step != nullptr && step->skipped) {
    return {nullptr, Finding::not_judged(fmt::format("window '{}' was skipped: {}", name, step->error))};
  }
  return {nullptr, why_missing(fmt::format("window '{}'", name))};
}

CheckContext::FoundStep CheckContext::step(const json& arguments, const char* name) const {
  const std::string as = text_of(arguments, name);
  const StepRecord* step = history_.step(as);
  if (step == nullptr) return {nullptr, why_missing(fmt::format("step '{}'", as))};
  if (step->skipped) return {nullptr, Finding::not_judged(fmt::format("step '{}' was skipped: {}", as, step->error))};
  return {step, {}};
}

const std::vector<const HitRecord*>& CheckContext::hits(const Window& window) const {
  static const std::vector<const HitRecord*> kNone;
  const auto found = hits_.find(window.index);
  return found == hits_.end() ? kNone : found->second;
}

const std::vector<const ResultRecord*>& CheckContext::results(const Window& window) const {
  static const std::vector<const ResultRecord*> kNone;
  const auto found = results_.find(window.index);
  return found == results_.end() ? kNone : found->second;
}

std::int64_t CheckContext::sent(const HitRecord& hit) const {
  const auto found = sent_.find({hit.value.id.window, hit.value.id.n});
  return found == sent_.end() ? hit.value.t : std::min(found->second, hit.value.t);
}

std::int64_t CheckContext::answered_since(const std::string& tunnel, std::int64_t t) const {
  std::int64_t count = 0;
  for (const Window& window : history_.windows) {
    if (window.tunnel != tunnel) continue;
    const auto& list = results(window);
    count += std::count_if(list.begin(), list.end(), [&](const ResultRecord* record) {
      return record->value.t > t && record->value.status != 0;
    });
  }
  return count;
}

std::vector<const HitRecord*> CheckContext::first_hits(const Window& window) const {
  std::set<int> seen;
  std::vector<const HitRecord*> first;
  for (const HitRecord* hit : hits(window)) {
    if (!is_trap(hit->value.pod) && seen.insert(hit->value.id.n).second) first.push_back(hit);
  }
  return first;
}

std::string CheckContext::tunnel(const json& arguments, const Window* window) const {
  if (auto of = text_of(arguments, "of"); !of.empty()) return of;
  if (window != nullptr && !window->tunnel.empty()) return window->tunnel;
  const auto tunnels = history_.truth.tunnels();
  return tunnels.empty() ? "" : tunnels.front();
}

Membership CheckContext::membership(const std::string& tunnel, std::int64_t from, std::int64_t to) const {
  Membership membership;
  membership.steady = by_pod(history_.truth.expected(tunnel, from));
  membership.ever = membership.steady;
  for (const std::int64_t t : history_.truth.changes(from, to)) {
    const auto now = by_pod(history_.truth.expected(tunnel, t));
    std::erase_if(membership.steady, [&](const auto& entry) { return !now.contains(entry.first); });
    for (const auto& [pod, node] : now) {
      const auto [place, fresh] = membership.ever.try_emplace(pod, node);
      if (place->second.weight != node.weight) membership.changed = true;
    }
  }
  return membership;
}

std::vector<TruthNode> CheckContext::nodes_ever(const std::string& tunnel, std::int64_t from, std::int64_t to) const {
  std::vector<TruthNode> nodes = history_.truth.expected(tunnel, from);
  for (const std::int64_t t : history_.truth.changes(from, to)) {
    for (TruthNode& node : history_.truth.expected(tunnel, t)) nodes.push_back(std::move(node));
  }
  return nodes;
}

std::vector<Transition> CheckContext::joined(const std::string& tunnel, std::int64_t from, std::int64_t to) const {
  std::vector<Transition> list;
  auto known = by_pod(history_.truth.expected(tunnel, from));
  for (const std::int64_t t : history_.truth.changes(from, to)) {
    for (const auto& [pod, node] : by_pod(history_.truth.expected(tunnel, t))) {
      if (known.try_emplace(pod, node).second) list.push_back({pod, node, t});
    }
  }
  return list;
}

std::vector<Transition> CheckContext::left(const std::string& tunnel, std::int64_t from, std::int64_t to) const {
  std::vector<Transition> list;
  auto remaining = by_pod(history_.truth.expected(tunnel, from));
  for (const std::int64_t t : history_.truth.changes(from, to)) {
    const auto now = by_pod(history_.truth.expected(tunnel, t));
    std::erase_if(remaining, [&](const auto& entry) {
      if (now.contains(entry.first)) return false;
      list.push_back({entry.first, entry.second, t});
      return true;
    });
  }
  return list;
}

std::int64_t CheckContext::deadline_us(const std::string& name) const {
  constexpr std::int64_t kPropagationDefaultMs = 5000;
  const json* deadlines = member(history_.header, "deadlines");
  const std::int64_t ms =
      deadlines == nullptr ? kPropagationDefaultMs : integer_of(*deadlines, name, kPropagationDefaultMs);
  return std::clamp<std::int64_t>(ms, 0, 86'400'000) * 1000;
}

std::int64_t CheckContext::within_us(const json& arguments) const {
  const json* within = member(arguments, "within");
  if (within != nullptr && within->is_number_integer()) {
    return std::clamp<std::int64_t>(integer_of(arguments, "within"), 0, 86'400'000) * 1000;
  }
  return deadline_us(within != nullptr && within->is_string() ? within->get<std::string>() : "propagation");
}

Finding CheckContext::unless_stalled(Finding finding, std::int64_t from, std::int64_t to) const {
  if (finding.verdict != Verdict::kFail) return finding;
  for (const Stall& stall : history_.stalls) {
    if (stall.t > to || stall.t1 < from) continue;
    finding.verdict = Verdict::kInconclusive;
    finding.sentence =
        fmt::format("the host stalled for {} ms meanwhile: {}", (stall.t1 - stall.t) / 1000, finding.sentence);
    finding.show(stall.t, stall.line, "stall of the host");
    break;
  }
  return finding;
}

Finding CheckContext::unless_flow_log_lost(Finding finding) const {
  if (finding.verdict != Verdict::kPass || history_.flow_log_lost <= 0) return finding;
  finding.verdict = Verdict::kInconclusive;
  finding.sentence = fmt::format("{}, but the flow log lost {} attempts", finding.sentence, history_.flow_log_lost);
  return finding;
}

}  // namespace plumbline::conformance
