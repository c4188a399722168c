#include "conformance/runner/suite.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "conformance/runner/history_file.h"
#include "conformance/runner/interrupts.h"
#include "conformance/runner/worker.h"
#include "conformance/runner/world_steps.h"
#include "model/check.h"
#include "simulator/network/isolation.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

constexpr std::string_view kAuthorization = "cluster-authorization";

/// A worker ends by itself some time after its cap, as the candidate's deadlines allow; one that does not is killed.
std::chrono::milliseconds kill_after(std::chrono::milliseconds cap, const Deadlines& deadlines) {
  constexpr std::chrono::seconds kGrace{30};
  constexpr int kCallsAStepMax = 3;  // of `publish`
  return cap + deadlines.start + kCallsAStepMax * deadlines.control + deadlines.failover + kWorldDeadline + kGrace;
}

Error host_error(const Error& error) { return {Reason::kUnavailable, error.text, "", ""}; }

/// The header and the end of a short history, and the last that the candidate said on stderr.
struct Edges {
  json header, end;
  std::vector<std::string> last_words;
};

Edges edges_of(const HistoryFile& file) {
  Edges edges{json::object(), json::object(), {}};
  std::ifstream in(file.readable_path());
  for (std::string line; std::getline(in, line);) {
    json record = json::parse(line, nullptr, false);
    if (!record.is_object()) continue;
    const std::string type = record.value("type", "");
    if (type == "event" && record.value("event", "") == "stderr") {
      edges.last_words.push_back(record.value("line", ""));
      if (edges.last_words.size() > kLastWordsMax) edges.last_words.erase(edges.last_words.begin());
    }
    if (type == "header")
      edges.header = std::move(record);
    else if (type == "end")
      edges.end = std::move(record);
  }
  return edges;
}

std::vector<std::string> missing_features(const Plan& plan, const wire::HelloResult& candidate,
                                          const std::optional<std::set<std::string>>& allowed) {
  std::vector<std::string> missing;
  for (const auto& feature : plan.features) {
    const auto& offered = candidate.features;
    const bool declared = std::find(offered.begin(), offered.end(), feature) != offered.end();
    if (!declared || (allowed && !allowed->contains(feature))) missing.push_back(feature);
  }
  return missing;
}

Judgement without_running(const Plan& plan, Verdict verdict, std::string reason) {
  Judgement judgement;
  judgement.scenario = plan.scenario;
  judgement.row = plan.row;
  judgement.title = plan.title;
  judgement.verdict = verdict;
  judgement.reason = std::move(reason);
  std::set<RuleId> seen;
  for (const auto& expectation : plan.expect) {
    if (seen.insert(expectation.rule).second) judgement.rules.push_back({expectation.rule, verdict});
  }
  return judgement;
}

class Suite {
 public:
  Suite(const SuiteOptions& options, SuiteWatch& watch) : options_(options), watch_(watch) {}

  Result<SuiteResult> run() {
    if (options_.plans.empty()) return SuiteResult{};
    if (options_.known) {
      CHECK(options_.descriptors.size() == options_.plans.size(), "each plan has the descriptor of its variant");
      result_.candidate = *options_.known;
    } else if (auto introduced = introduce(); !introduced) {
      if (introduced.error().reason != Reason::kInvalidValue) return introduced.error();
      fail_all(introduced.error().text);
      return result_;
    }
    if (result_.interrupted) return result_;
    watch_.introduced(result_.candidate);
    return run_plans();
  }

 private:
  WorkerOrder order_for(const Plan& plan, const Descriptor& descriptor, const HistoryFile& file) const {
    WorkerOrder order{plan, descriptor, options_.interpretations, options_.programs, options_.seed};
    order.history_fd = file.fd();
    order.cap = options_.cap;
    return order;
  }
  const Descriptor& descriptor_of(std::size_t index) const {
    return options_.descriptors.empty() ? options_.descriptor : options_.descriptors[index];
  }

  /// A world without steps and with nothing in its clusters, only to hear what the candidate declares: what is wrong
  /// with the manifests of a scenario is that scenario's. Kubeconfigs are ready-made there, because whether the
  /// candidate needs them is not known yet.
  Result<void> introduce() {
    Plan plan;
    plan.scenario = "introduction";
    plan.world = options_.plans.front().world;
    for (auto& cluster : plan.world.clusters) cluster.manifests.clear();
    const auto file = HistoryFile::open("", plan.scenario);
    if (!file) return file.error();
    WorkerOrder order = order_for(plan, options_.descriptor, *file);
    order.ready_made_clusters = true;
    FinishedJob finished;
    const auto patience = kill_after(options_.cap, options_.descriptor.deadlines);
    Schedule schedule({{plan.scenario, [&] { return run_worker(order); }, patience}}, 1, network::spawn_isolated,
                      interrupts_);
    const auto end = schedule.run({{}, [&](const FinishedJob& job) { finished = job; }, [&] { watch_.tick(); }});
    if (!end) return host_error(end.error());
    result_.interrupted = *end == Schedule::End::kInterrupted;
    if (result_.interrupted) {
      result_.candidate.name = options_.descriptor.name;
      return {};
    }
    const Edges edges = edges_of(*file);
    const std::string name = options_.descriptor.name;
    if (!edges.end.contains("complete")) {
      return Error{Reason::kInternal,
                   fmt::format("the introduction of {} ended with exit code {}{}", name, finished.exit_code,
                               finished.capped ? " after its time had passed" : ""),
                   "", name};
    }
    result_.last_words = edges.last_words;
    if (edges.end.contains("error")) {
      const bool ours = !edges.end.value("complete", false);
      return Error{
          ours ? Reason::kInternal : Reason::kInvalidValue,
          ours ? edges.end.value("error", "") : fmt::format("candidate {}: {}", name, edges.end.value("error", "")), "",
          name};
    }
    const auto self = wire::hello_result_from_json(edges.header.value("candidate", json::object()));
    if (!self) return Error{Reason::kInternal, "the introduction's header: " + self.error().text, "", name};
    result_.candidate = *self;
    result_.last_words.clear();
    return {};
  }

  /// A candidate that cannot be introduced breaks every rule that it was to be judged by.
  void fail_all(const std::string& why) {
    result_.not_introduced = why;
    result_.candidate.name = options_.descriptor.name;
    for (const Plan& plan : options_.plans) {
      ScenarioRun run;
      run.name = name_of(plan);
      run.judgement = without_running(plan, Verdict::kFail, why);
      result_.runs.push_back(std::move(run));
    }
  }

  Result<SuiteResult> run_plans() {
    const auto& offered = result_.candidate.features;
    const bool ready_made = std::find(offered.begin(), offered.end(), kAuthorization) == offered.end();
    result_.runs.resize(options_.plans.size());
    std::vector<Job> jobs;
    for (std::size_t i = 0; i < options_.plans.size(); ++i) {
      const Plan& plan = options_.plans[i];
      result_.runs[i].name = name_of(plan);
      if (options_.known) result_.runs[i].name = descriptor_of(i).name + " " + result_.runs[i].name;
      if (const auto missing = missing_features(plan, result_.candidate, options_.allowed); !missing.empty()) {
        result_.runs[i].judgement = without_running(
            plan, Verdict::kNotDeclared,
            fmt::format("the candidate does not declare, or the profile leaves out: {}", fmt::join(missing, ", ")));
        watch_.finished(result_.runs[i], ++done_, options_.plans.size());
        continue;
      }
      plan_of_job_.push_back(i);
      jobs.push_back({result_.runs[i].name, [this, i, ready_made] { return work(i, ready_made); },
                      kill_after(options_.cap, descriptor_of(i).deadlines)});
    }
    files_.resize(options_.plans.size());
    Schedule schedule(
        std::move(jobs), options_.jobs, [this](const auto& body) { return spawn_next(body); }, interrupts_);
    const auto end = schedule.run({[this](std::size_t job) { watch_.started(result_.runs[plan_of_job_[job]].name); },
                                   [this](const FinishedJob& job) { judge_finished(job); }, [this] { watch_.tick(); }});
    if (!end) return host_error(end.error());
    result_.interrupted = *end == Schedule::End::kInterrupted;
    return result_;
  }

  /// Jobs are spawned in their order: the file of each is opened just before, outside its namespaces.
  Result<pid_t> spawn_next(const std::function<int()>& body) {
    const std::size_t index = plan_of_job_[spawned_++];
    auto file = HistoryFile::open(options_.history_dir, result_.runs[index].name);
    if (!file) return file.error();
    files_[index] = std::make_unique<HistoryFile>(std::move(*file));
    return network::spawn_isolated(body);
  }

  int work(std::size_t index, bool ready_made) const {
    WorkerOrder order = order_for(options_.plans[index], descriptor_of(index), *files_[index]);
    order.introduced = result_.candidate;
    order.ready_made_clusters = ready_made;
    return run_worker(order);
  }

  void judge_finished(const FinishedJob& job) {
    const std::size_t index = plan_of_job_[job.index];
    ScenarioRun& run = result_.runs[index];
    run.took = job.took;
    if (job.capped) {
      const std::string why = fmt::format("the worker did not end by itself and was killed after {} s", took_s(job));
      // A file that cannot be written has no end, which judge_history() says.
      (void)files_[index]->conclude({{"type", "end"}, {"complete", false}, {"cut", true}, {"error", why}});
      judge_history(index);
    } else if (job.exit_code != 0) {
      run.judgement = without_running(options_.plans[index], Verdict::kHarnessError,
                                      fmt::format("the worker ended with exit code {}", job.exit_code));
    } else {
      judge_history(index);
    }
    keep_or_drop(index);
    watch_.finished(run, ++done_, options_.plans.size());
  }

  static std::int64_t took_s(const FinishedJob& job) { return job.took.count() / 1000; }

  void judge_history(std::size_t index) {
    ScenarioRun& run = result_.runs[index];
    std::ifstream in(files_[index]->readable_path(), std::ios::binary);
    const auto history = load_history(in);
    if (!history) {
      run.judgement = without_running(options_.plans[index], Verdict::kHarnessError, history.error().text);
      return;
    }
    run.judgement = judge(*history);
    for (const auto& event : history->events) run.events.insert(event.json.value("event", ""));
  }

  void keep_or_drop(std::size_t index) {
    ScenarioRun& run = result_.runs[index];
    const Verdict verdict = run.judgement.verdict;
    const bool bad = verdict != Verdict::kPass && verdict != Verdict::kObserved && verdict != Verdict::kNotDeclared;
    if (options_.history_dir.empty() && options_.keep_on_fail && bad) {
      if (result_.kept_in.empty()) result_.kept_in = make_folder();
      if (!result_.kept_in.empty() && !files_[index]->keep(result_.kept_in)) run.history.clear();
    }
    run.history = files_[index]->path();
    files_[index].reset();
  }

  static std::string make_folder() {
    const char* base = ::getenv("TMPDIR");
    std::string name = std::string(base != nullptr ? base : "/tmp") + "/plumbline-histories-XXXXXX";
    return ::mkdtemp(name.data()) == nullptr ? "" : name;
  }

  const SuiteOptions& options_;
  SuiteWatch& watch_;
  Interrupts interrupts_;  ///< from the introduction to the last judgement, without a gap
  SuiteResult result_;
  std::vector<std::size_t> plan_of_job_;
  std::vector<std::unique_ptr<HistoryFile>> files_;
  std::size_t spawned_ = 0;
  std::size_t done_ = 0;
};

}  // namespace

std::string name_of(const Plan& plan) { return plan.row.empty() ? plan.scenario : plan.scenario + "/" + plan.row; }

Result<SuiteResult> run_suite(const SuiteOptions& options, SuiteWatch& watch) { return Suite(options, watch).run(); }

}  // namespace plumbline::conformance
