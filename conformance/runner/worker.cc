#include "conformance/runner/worker.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <exception>

#include "conformance/runner/candidate_session.h"
#include "conformance/runner/executor.h"
#include "conformance/runner/history_writer.h"
#include "conformance/runner/network_users.h"
#include "conformance/runner/stall_watch.h"
#include "conformance/runner/world_stage.h"
#include "model/verdict.h"
#include "model/version.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

/// `introduced` is what the candidate said of itself, in this world or before; a candidate that never did is null, and
/// is excused from nothing.
json header_of(const WorkerOrder& order, const wire::HelloResult* introduced) {
  const wire::HelloResult self = introduced == nullptr ? wire::HelloResult() : *introduced;
  const Deadlines& deadlines = order.descriptor.deadlines;
  utsname host{};
  ::uname(&host);
  std::map<std::string, std::string> effective = order.interpretations;
  for (const auto& [name, value] : self.interpretations) effective[name] = value;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  json header{{"type", "header"},
              {"schema", wire::kHistorySchema},
              {"scenario", order.plan.scenario},
              {"case", order.plan.row},
              {"seed", order.seed},
              {"plan", to_json(order.plan)},
              {"candidate",
               {{"contract", self.contract},
                {"name", self.name.empty() ? order.descriptor.name : self.name},
                {"version", self.version},
                {"interpretations", self.interpretations},
                {"workers", self.workers},
                {"descriptor", order.descriptor.name}}},
              {"deadlines",
               {{"control", deadlines.control.count()},
                {"start", deadlines.start.count()},
                {"propagation", deadlines.propagation.count()},
                {"failover", deadlines.failover.count()}}},
              {"interpretations", effective},
              {"versions", {{"plumbline", kVersion}, {"kernel", host.release}}},
              {"started", fmt::format("{:%FT%TZ}", now)}};
  if (introduced != nullptr) header["candidate"]["features"] = self.features;
  return header;
}

const wire::HelloResult* said_before(const WorkerOrder& order) {
  return order.introduced ? &*order.introduced : nullptr;
}

json end_record(std::int64_t t, const Ending& ending, std::chrono::milliseconds cap) {
  json end{{"type", "end"}, {"t", t}, {"complete", !ending.ours && !ending.mistake && !ending.cut}};
  if (ending.mistake) end["mistake"] = true;
  if (!ending.reason.empty()) end["error"] = ending.reason;
  if (!ending.cut) return end;
  end["cut"] = true;
  end["awaited_ms"] = ending.awaited.count();
  end["error"] = fmt::format("cut short after {} s at {}; {} s of them went by waiting for the candidate",
                             cap.count() / 1000, ending.reason, ending.awaited.count() / 1000);
  return end;
}

/// Introduces the candidate, writes the header, carries out the steps, stops the candidate.
Ending run_plan(const WorkerOrder& order, const Cutoff& cut, world::World& world, HistoryWriter& writer,
                LiveTruth& truth) {
  WorldStage stage(world);
  const auto now_us = [&world] { return world.now_us(); };
  const StallWatch watch(now_us, truth);
  wire::Hello hello = world.hello(order.ready_made_clusters);
  hello.seed = order.seed;
  for (const auto& principal : hello.principals) writer.add_secret(principal.secret_key);
  CandidateSession candidate(order.descriptor, now_us, truth);
  const auto make = [&](CandidateObserver& observer) {
    return make_driver(order.descriptor, world.attached_instance_namespace(), order.programs, observer);
  };
  const auto self = candidate.introduce(make, hello);
  json header = header_of(order, self ? &*self : said_before(order));
  header["world"] = world.describe();
  truth.look_at(header);
  writer.write_header(header);
  if (!self) return {.reason = self.error().text};

  NetworkUsers users(world.users_namespace(), now_us, truth, order.seed);
  const Deadlines& deadlines = order.descriptor.deadlines;
  Executor executor(order.plan, stage, users, candidate, truth,
                    {deadlines.propagation, deadlines.failover, self->workers, cut});
  Ending ending = executor.run();
  // Who did not answer a call would not answer this one either.
  if (candidate.alive() && !candidate.silent()) candidate.stop();
  world.flush();
  return ending;
}

}  // namespace

int run_worker(const WorkerOrder& order) {
  ::signal(SIGINT, SIG_IGN);  // Ctrl-C is the parent's to handle
  const Cutoff cut(order.cap);
  HistoryWriter writer(order.history_fd);
  LiveTruth truth(writer);
  Ending ending;
  std::int64_t end = 0;
  try {
    ::mkdir(kWorkFolder, 0755);
    auto world = world::World::build(order.plan.world, {order.seed, kWorkFolder, {}}, truth);
    if (world) {
      ending = run_plan(order, cut, **world, writer, truth);
      end = (*world)->now_us();
    } else {
      const bool mistake = is_mistake(world.error().reason);
      ending = {.ours = !mistake, .mistake = mistake, .reason = "the world could not be built: " + world.error().text};
    }
  } catch (const std::exception& failure) {
    ending = {.ours = true, .reason = fmt::format("the harness failed: {}", failure.what())};
  }
  if (!writer.has_header()) writer.write_header(header_of(order, said_before(order)));
  writer.write(end_record(end, ending, order.cap));
  writer.flush();
  return static_cast<int>(writer.good() ? ExitCode::kGood : ExitCode::kOurFailure);
}

}  // namespace plumbline::conformance
