#include "conformance/runner/traffic_steps.h"

#include <fmt/format.h>

#include <thread>

#include "conformance/runner/settlement.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kAfterWrongAnswer{2};  ///< probes must not starve what they wait for
constexpr std::size_t kMissingNamedMax = 5;
constexpr std::size_t kProbeBatch = 1000;

std::vector<ExpectedPod> expected_pods(const std::vector<TruthNode>& nodes) {
  std::vector<ExpectedPod> pods;
  pods.reserve(nodes.size());
  for (const auto& node : nodes) pods.push_back({node.pod, static_cast<double>(node.weight)});
  return pods;
}

std::string name_some(std::vector<std::string> pods) {
  const std::size_t more = pods.size() > kMissingNamedMax ? pods.size() - kMissingNamedMax : 0;
  pods.resize(pods.size() - more);
  return fmt::format("{}{}", fmt::join(pods, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

}  // namespace

TrafficSteps::TrafficSteps(const ControlSteps& apis, Users& users, Stage& stage, LiveTruth& truth, TrafficLimits limits)
    : apis_(apis), users_(users), stage_(stage), truth_(truth), limits_(limits) {}

TrafficSteps::~TrafficSteps() = default;

json TrafficSteps::open_window(const std::string& as, const char* kind, const std::string& api,
                               const PublishedApi& target, const std::string& method, const std::string& path) {
  return {{"type", "window"}, {"t", stage_.now_us()},    {"window", windows_++}, {"as", as},    {"kind", kind},
          {"api", api},       {"tunnel", target.tunnel}, {"method", method},     {"path", path}};
}

void TrafficSteps::close_window(json record, std::int64_t requests) {
  stage_.flush();
  record["t1"] = stage_.now_us();
  record["requests"] = requests;
  truth_.write(record);
}

bool TrafficSteps::close_window(Running running, End end) {
  const std::int64_t requests = running.traffic->finish(end != End::kByItself);
  gave_up_ = running.traffic->gave_up();
  if (gave_up_) running.record["gave_up"] = true;
  const bool unfinished = running.until ? *running.until > limits_.cut.at() : requests < running.requests;
  const bool cut = end == End::kCut || (end == End::kByItself && !gave_up_ && unfinished && limits_.cut.passed());
  if (cut) running.record["cut"] = true;
  close_window(std::move(running.record), requests);
  return !cut;
}

StepOutcome TrafficSteps::run(int, const Step& step, const Settle& action) {
  const auto api = apis_.api(action.api);
  if (!api) return StepOutcome::broken(api.error().text);
  json window = open_window(step.as, "probe", action.api, *api, api->method, api->path);
  window["connections"] = 1;
  window["fresh"] = true;
  Settlement settlement(limits_.workers);
  std::vector<wire::ClientResult> results;
  std::uint64_t version = UINT64_MAX;
  const std::int64_t within = std::chrono::microseconds(limits_.propagation).count();
  std::int64_t deadline = INT64_MAX;
  std::vector<TruthNode> nodes;
  std::int64_t probes = 0;
  std::int64_t late = 0;
  int timeouts_in_a_row = 0;
  std::string wrong;
  bool cut = false;
  while (!settlement.settled() && !(cut = limits_.cut.passed())) {
    if (const auto now = truth_.version(); now != version) {
      version = now;
      auto expected = truth_.expected(api->tunnel);
      if (deadline == INT64_MAX || expected != nodes) {
        nodes = std::move(expected);
        settlement.expect(expected_pods(nodes));
        deadline = truth_.owed_since(api->tunnel, stage_.now_us() - within) + within;
        late = 0;
      }
    }
    const wire::RequestId id{window.at("window").get<int>(), static_cast<int>(probes++)};
    wire::ClientResult result = users_.probe(id, api->to, api->method, api->path, limits_.failover);
    const bool right = settlement.answered(result.pod);
    const bool is_late = result.t > deadline;
    timeouts_in_a_row = result.error == "timeout" ? timeouts_in_a_row + 1 : 0;
    if (is_late && timeouts_in_a_row >= patience()) {
      wrong = "no Pod and no gateway (timeout)";
      window["gave_up"] = gave_up_ = true;
    }
    if (!right && is_late && wrong.empty()) {
      wrong = !result.pod.empty()    ? result.pod
              : result.error.empty() ? fmt::format("nobody with the header X-Pod (status {})", result.status)
                                     : fmt::format("no Pod ({})", result.error);
    }
    results.push_back(std::move(result));
    if (results.size() >= kProbeBatch) {
      truth_.write(wire::to_record(results));
      results.clear();
    }
    const std::int64_t late_max = settlement.all_seen() ? settlement.probes_max() : settlement.probes_to_see_all();
    if (!wrong.empty() || (is_late && ++late > late_max)) break;
    if (!right) std::this_thread::sleep_for(kAfterWrongAnswer);
  }
  if (!results.empty()) truth_.write(wire::to_record(results));
  if (cut) window["cut"] = true;
  close_window(window, probes);
  if (cut) return StepOutcome::cut(fmt::format("{} probes", probes));
  StepOutcome outcome;
  outcome.settled = settlement.settled();
  outcome.probes = probes;
  if (!*outcome.settled) {
    const std::string what = wrong.empty() ? "still no answer from " + name_some(settlement.missing())
                                           : fmt::format("{} answered, who should not", wrong);
    outcome.error = fmt::format("not settled {} ms after the change: {}", limits_.propagation.count(), what);
  }
  return outcome;
}

StepOutcome TrafficSteps::run(int, const Step& step, const Send& action) {
  const auto api = apis_.api(action.api);
  if (!api) return StepOutcome::broken(api.error().text);
  const std::string path = action.path.value_or(api->path);
  Running running;
  running.record = open_window(step.as, "traffic", action.api, *api, action.method, path);
  running.record["connections"] = action.connections;
  running.record["fresh"] = action.fresh;
  if (action.span) running.record["span_ms"] = action.span->count();
  auto traffic = users_.start({running.record.at("window").get<int>(), api->to, action.method, path, action.headers,
                               action.requests, action.connections, action.fresh, action.span, timeout(), patience(),
                               limits_.cut});
  if (!traffic) return StepOutcome::broken(traffic.error().text);
  running.traffic = std::move(*traffic);
  running.requests = action.requests;
  if (action.span) running.until = Cutoff::Clock::now() + *action.span;
  if (action.background) {
    background_.emplace(step.as, std::move(running));
  } else if (!close_window(std::move(running), End::kByItself)) {
    return StepOutcome::cut("not every request was sent");
  }
  return {};
}

StepOutcome TrafficSteps::run(int, const Step&, const Stop& action) {
  const auto found = background_.find(action.window);
  if (found == background_.end()) {
    return StepOutcome::broken(fmt::format("no window '{}' runs in the background", action.window));
  }
  Running running = std::move(found->second);
  background_.erase(found);
  close_window(std::move(running), End::kStopped);
  return {};
}

void TrafficSteps::finish_all(bool cut) {
  for (auto& [as, running] : background_) close_window(std::move(running), cut ? End::kCut : End::kStopped);
  background_.clear();
}

StepOutcome TrafficSteps::run(int, const Step& step, const Exchange& action) {
  const auto api = apis_.api(action.api);
  if (!api) return StepOutcome::broken(api.error().text);
  json record = open_window(step.as, "exchange", action.api, *api, api->method, api->path);
  record["connections"] = 1;
  record["fresh"] = false;
  const int window = record.at("window").get<int>();
  stage_.keep_exchanges(window);
  auto requests = action.requests;
  for (auto& request : requests) {
    if (request.path.empty()) request.path = api->path;
  }
  const auto outcomes = users_.exchange(window, api->to, requests, timeout(), patience(), limits_.cut);
  const bool cut = outcomes.size() < requests.size() && limits_.cut.passed();
  gave_up_ = outcomes.size() < requests.size() && !cut;
  if (gave_up_) record["gave_up"] = true;
  if (cut) record["cut"] = true;
  std::map<int, std::vector<json>> seen;
  for (json& entry : stage_.take_exchanges(window)) seen[entry.value("n", -1)].push_back(std::move(entry));
  for (std::size_t n = 0; n < outcomes.size(); ++n) {
    const UserExchange& outcome = outcomes[n];
    json exchange{{"type", "exchange"},   {"t", outcome.t},       {"window", window}, {"n", n},
                  {"sent", outcome.sent}, {"seen", json::array()}};
    for (json& entry : seen[static_cast<int>(n)]) {
      exchange["seen"].push_back(entry.at("seen"));
      if (entry.contains("answered")) exchange["answered"] = entry["answered"];
    }
    if (!outcome.received.is_null()) exchange["received"] = outcome.received;
    if (!outcome.error.empty()) exchange["error"] = outcome.error;
    truth_.write(exchange);
  }
  close_window(record, static_cast<std::int64_t>(outcomes.size()));
  if (cut) return StepOutcome::cut("not every request was sent");
  return {};
}

StepOutcome TrafficSteps::run(int, const Step&, const Pause& action) {
  if (!limits_.cut.pause(action.span)) return StepOutcome::cut("the pause is longer than the time that is left");
  return {};
}

}  // namespace plumbline::conformance
