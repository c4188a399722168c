#include "simulator/kube/printing/pod_cells.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/kube/printing/age.h"

namespace plumbline::kube {
namespace {

bool condition_holds(const Value& pod, std::string_view type) {
  for (const Value& condition : pod.at("status.conditions"))
    if (condition["type"] == type) return condition["status"] == "True";
  return false;
}

/// A container beside the others that was declared among the init containers.
bool is_sidecar(const Value& pod, const Value& status) {
  for (const Value& container : pod.at("spec.initContainers"))
    if (container["name"] == status["name"].text()) return container["restartPolicy"] == "Always";
  return false;
}

/// "Completed", "Error", "Signal:9", "ExitCode:3".
std::string end_of(const Value& terminated) {
  if (const Value& reason = terminated["reason"]; !reason.text().empty()) return reason.string();
  if (const std::int64_t signal = terminated["signal"].integer(); signal != 0) return fmt::format("Signal:{}", signal);
  return fmt::format("ExitCode:{}", terminated["exitCode"].integer());
}

struct Restarts {
  std::int64_t count = 0;
  std::string_view last;

  void add(const Value& status) {
    count += status["restartCount"].integer();
    last = std::max(last, status.at("lastState.terminated.finishedAt").text());
  }
};

class PodReader {
 public:
  explicit PodReader(const Value& pod) : pod_(pod), total_(pod.at("spec.containers").size()) {
    const Value& own = pod.at("status.reason");
    status_ = own.text().empty() ? pod.at("status.phase").string() : own.string();
    for (const Value& condition : pod.at("status.conditions"))
      if (condition["type"] == "PodScheduled" && condition["reason"] == "SchedulingGated") status_ = "SchedulingGated";
    const bool initializing = read_init_containers();
    if (!initializing || condition_holds(pod, "Initialized")) read_containers();
    const Value& phase = pod.at("status.phase");
    if (pod.at("metadata.deletionTimestamp").is_null()) return;
    if (pod.at("status.reason") == "NodeLost")
      status_ = "Unknown";
    else if (phase != "Succeeded" && phase != "Failed")
      status_ = "Terminating";
  }

  PodCells cells(std::string_view now) const {
    std::string restarts = std::to_string(restarts_.count);
    if (restarts_.count != 0 && !restarts_.last.empty()) restarts += fmt::format(" ({} ago)", age(restarts_.last, now));
    return {fmt::format("{}/{}", ready_, total_), status_, restarts, ""};
  }

 private:
  /// True while one of them is not done.
  bool read_init_containers() {
    const Value& statuses = pod_.at("status.initContainerStatuses");
    for (const Value& container : pod_.at("spec.initContainers"))
      total_ += container["restartPolicy"] == "Always" ? 1 : 0;
    for (std::size_t i = 0; i < statuses.size(); ++i) {
      const Value& status = statuses[i];
      const bool sidecar = is_sidecar(pod_, status);
      restarts_.add(status);
      if (sidecar) sidecars_.add(status);
      const Value& ended = status.at("state.terminated");
      const Value& waits = status.at("state.waiting.reason");
      if (ended.is_object() && ended["exitCode"].integer() == 0) continue;
      if (sidecar && status["started"].boolean()) {
        ready_ += status["ready"].boolean() ? 1 : 0;
        continue;
      }
      if (ended.is_object())
        status_ = "Init:" + end_of(ended);
      else if (!waits.text().empty() && waits != "PodInitializing")
        status_ = "Init:" + waits.string();
      else
        status_ = fmt::format("Init:{}/{}", i, pod_.at("spec.initContainers").size());
      return true;
    }
    return false;
  }

  void read_containers() {
    restarts_ = sidecars_;
    bool runs = false;
    const Value& statuses = pod_.at("status.containerStatuses");
    // The first one has the last word.
    for (std::size_t i = statuses.size(); i-- > 0;) {
      const Value& status = statuses[i];
      restarts_.add(status);
      const Value& ended = status.at("state.terminated");
      if (const Value& waits = status.at("state.waiting.reason"); !waits.text().empty()) {
        status_ = waits.string();
      } else if (ended.is_object()) {
        status_ = end_of(ended);
      } else if (status["ready"].boolean() && status.at("state.running").is_object()) {
        runs = true;
        ++ready_;
      }
    }
    if (status_ == "Completed" && runs) status_ = condition_holds(pod_, "Ready") ? "Running" : "NotReady";
  }

  const Value& pod_;
  std::size_t total_, ready_ = 0;
  std::string status_;
  Restarts restarts_, sidecars_;
};

std::string gates_cell(const Value& pod) {
  const Value& gates = pod.at("spec.readinessGates");
  if (gates.empty()) return "<none>";
  const auto open = std::count_if(gates.begin(), gates.end(), [&](const Value& gate) {
    return condition_holds(pod, gate["conditionType"].text());
  });
  return fmt::format("{}/{}", open, gates.size());
}

}  // namespace

PodCells pod_cells(const Value& pod, std::string_view now) {
  PodCells cells = PodReader(pod).cells(now);
  cells.readiness = gates_cell(pod);
  return cells;
}

}  // namespace plumbline::kube
