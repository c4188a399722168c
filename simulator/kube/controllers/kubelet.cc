#include "simulator/kube/controllers/kubelet.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "simulator/kube/api/conditions.h"
#include "simulator/kube/api/pod_state.h"
#include "simulator/kube/controllers/taints.h"

namespace plumbline::kube {
namespace {

constexpr std::chrono::milliseconds kStartRetry{1000};
constexpr std::string_view kManager = "kubelet", kScheduler = "kube-scheduler", kPart = "status";

/// Replaces the condition of that type; keeps its transition time when the status is the same.
void set_condition(Value& status, std::string_view type, bool holds, const Value& now, std::string_view reason = "",
                   std::string_view message = "") {
  Value fresh{
      {"type", type}, {"status", holds ? "True" : "False"}, {"lastProbeTime", nullptr}, {"lastTransitionTime", now}};
  if (!reason.empty()) fresh["reason"] = reason;
  if (!message.empty()) fresh["message"] = message;
  put_condition(status, std::move(fresh));
}

/// Readiness as the probe says it, and as the gates of `spec` let it count.
void set_readiness(Value& status, const Value& spec, bool ready, const Value& now) {
  const bool open = std::all_of(spec["readinessGates"].begin(), spec["readinessGates"].end(), [&](const Value& gate) {
    return find_condition(status, gate["conditionType"].text())["status"] == "True";
  });
  set_condition(status, "Ready", ready && open, now,
                !ready ? "ContainersNotReady"
                : open ? ""
                       : "ReadinessGatesNotReady");
  set_condition(status, "ContainersReady", ready, now, ready ? "" : "ContainersNotReady");
  for (std::size_t i = 0; i < std::as_const(status)["containerStatuses"].size(); ++i)
    if (std::as_const(status)["containerStatuses"][i]["ready"] != Value(ready))
      status["containerStatuses"].item(i)["ready"] = ready;
}

}  // namespace

Kubelet::Kubelet(boost::asio::io_context& io, Operations& operations, EventRecorder& events, PodRuntime& runtime,
                 std::chrono::milliseconds start_delay)
    : io_(io),
      operations_(operations),
      recorder_(events),
      store_(operations.store()),
      runtime_(runtime),
      start_delay_(start_delay),
      self_(std::make_shared<Kubelet*>(this)),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      pods_(store_.subscribe(KindId::kPod, "", [this](const Event& event) { on_pod(event); })),
      node_changes_(store_.subscribe(KindId::kNode, "", [this](const Event& event) { on_node(event); })) {}

void Kubelet::on_pod(const Event& event) {
  if (event.op != Op::kDeleted) {
    queue_.add(event.object->key());
    return;
  }
  early_.erase(event.object->uid());
  const auto found = sandboxes_.find(event.object->uid());
  if (found == sandboxes_.end()) return;
  const Stage stage = found->second.stage;
  sandboxes_.erase(found);
  if (stage != Stage::kStarting) runtime_.remove(event.object->value());
}

void Kubelet::sync(const ObjectKey& key) {
  const ObjectPtr pod = store_.find(key);
  if (!pod || is_finished(*pod)) return;
  const auto found = sandboxes_.find(pod->uid());
  // Nobody on a lost node does anything, until it comes back.
  if (node_ready(*pod) == "Unknown") return;
  if (pod->deleting()) {
    if (found == sandboxes_.end() || found->second.stage == Stage::kStarting) {
      if (found != sandboxes_.end()) sandboxes_.erase(found);
      if (!pod->has_finalizers()) (void)operations_.erase(key);
    } else {
      terminate(pod, found->second);
    }
    return;
  }
  if (pod->text("spec.nodeName").empty()) {
    // Another scheduler's Pod waits for that one.
    if (pod->text("spec.schedulerName") == "default-scheduler") bind(pod);
    return;
  }
  if (found != sandboxes_.end()) return refresh(pod, found->second);
  Sandbox& sandbox = sandboxes_[pod->uid()];
  sandbox.pod = pod->identity();
  if (const auto told = early_.find(pod->uid()); told != early_.end()) {
    sandbox.ready = told->second;
    early_.erase(told);
  }
  if (start_delay_.count() == 0) return start(pod->uid());
  after(sandbox, start_delay_, [this, uid = pod->uid()] { start(uid); });
}

void Kubelet::on_node(const Event& event) {
  const Object& node = *event.object;
  const bool places = event.op != Op::kModified || !event.previous || event.previous->at("spec") != node.at("spec") ||
                      event.previous->labels() != node.labels();
  const bool turned = event.op == Op::kModified && event.previous &&
                      find_condition(event.previous->at("status"), "Ready")["status"] !=
                          find_condition(node.at("status"), "Ready")["status"];
  if (places) nodes_known_ = false;
  if (!places && !turned) return;
  store_.visit(KindId::kPod, "", {}, [&](const ObjectPtr& pod) {
    const std::string_view home = pod->text("spec.nodeName");
    if ((places && home.empty()) || (turned && home == node.name())) queue_.add(pod->key());
  });
}

std::string_view Kubelet::node_ready(const Object& pod) const {
  const ObjectPtr node = store_.find(KindId::kNode, "", pod.text("spec.nodeName"));
  return node ? find_condition(node->at("status"), "Ready")["status"].text() : std::string_view();
}

/// Gates that opened or closed, and a node that came back, change what counts.
void Kubelet::refresh(const ObjectPtr& pod, const Sandbox& sandbox) {
  if (sandbox.stage != Stage::kRunning || node_ready(*pod) == "False") return;
  Value next = pod->value();
  set_readiness(next["status"], pod->at("spec"), sandbox.ready, store_.now());
  if (next["status"] == pod->at("status")) return;
  (void)operations_.write(pod, std::move(next), kManager, kPart);
}

std::string Kubelet::choose_node(const Object& pod) {
  if (!nodes_known_) {
    nodes_ = store_.list(KindId::kNode);
    nodes_known_ = true;
  }
  const Value& wanted = pod.at("spec.nodeSelector");
  for (std::size_t tried = 0; tried < nodes_.size(); ++tried) {
    const ObjectPtr& node = nodes_[next_node_++ % nodes_.size()];
    if (carries(node->labels(), wanted) && may_be_put(pod.at("spec.tolerations"), node->at("spec")))
      return node->name();
  }
  return {};
}

void Kubelet::bind(const ObjectPtr& pod) {
  const std::string node = choose_node(*pod);
  Value next = pod->value();
  if (!node.empty()) next["spec"]["nodeName"] = node;
  const std::string why = node.empty() ? why_nowhere(*pod) : "";
  set_condition(next["status"], "PodScheduled", !node.empty(), store_.now(), node.empty() ? "Unschedulable" : "", why);
  // A binding is nobody's, as real schedulers write it.
  const auto written =
      node.empty() ? operations_.write(pod, std::move(next), kScheduler, kPart) : store_.replace(pod, std::move(next));
  if (!written || *written == pod) return;
  if (node.empty()) return recorder_.scheduling(*pod, true, "FailedScheduling", "Scheduling", why);
  recorder_.scheduling(*pod, false, "Scheduled", "Binding",
                       fmt::format("Successfully assigned {}/{} to {}", pod->space(), pod->name(), node));
}

/// In a real scheduler's words: of each node what first stands against it.
std::string Kubelet::why_nowhere(const Object& pod) const {
  if (nodes_.empty()) return "no nodes available to schedule pods";
  std::map<std::string, std::size_t> reasons;
  for (const ObjectPtr& node : nodes_) {
    const Value untaken = untolerated(pod.at("spec.tolerations"), node->at("spec"));
    if (untaken["key"] == kUnschedulableTaint)
      ++reasons["node(s) were unschedulable"];
    else if (!untaken.is_null())
      ++reasons["node(s) had untolerated taint(s)"];
    else
      ++reasons["node(s) didn't match Pod's node affinity/selector"];
  }
  std::vector<std::string> words;
  words.reserve(reasons.size());
  for (const auto& [reason, count] : reasons) words.push_back(fmt::format("{} {}", count, reason));
  std::sort(words.begin(), words.end());
  return fmt::format(
      "0/{0} nodes are available: {1}. no new claims to deallocate, preemption: 0/{0} nodes are available: {0} "
      "Preemption is not helpful for scheduling.",
      nodes_.size(), fmt::join(words, ", "));
}

void Kubelet::start(const std::string& uid) {
  const auto found = sandboxes_.find(uid);
  if (found == sandboxes_.end()) return;
  ObjectPtr pod = pod_of(found->second);
  if (!pod || pod->uid() != uid || pod->deleting()) return;
  const auto address = runtime_.start(pod->value());
  // The runtime may have written to the cluster meanwhile.
  const auto sandbox = sandboxes_.find(uid);
  if (sandbox == sandboxes_.end()) {
    if (address) runtime_.remove(pod->value());
    return;
  }
  pod = pod_of(sandbox->second);
  if (!address) {
    recorder_.warning(kubelet_of(pod->text("spec.nodeName")), *pod, "FailedCreatePodSandBox",
                      "Failed to create pod sandbox: " + address.error().text);
    Value next = pod->value();
    set_condition(next["status"], "Ready", false, store_.now(), "ContainersNotReady");
    next["status"]["message"] = address.error().text;
    (void)operations_.write(pod, std::move(next), kManager, kPart);
    after(sandbox->second, kStartRetry, [this, uid] { start(uid); });
    return;
  }
  sandbox->second.stage = Stage::kRunning;
  report_running(pod, *address, sandbox->second.ready);
}

void Kubelet::report_running(const ObjectPtr& pod, const std::string& address, bool ready) {
  const Value now = store_.now();
  Value next = pod->value();
  Value& status = next["status"];
  status.erase("message");
  status["phase"] = "Running";
  status["podIP"] = address;
  status["podIPs"] = Value::array({{{"ip", address}}});
  status["startTime"] = now;
  if (const ObjectPtr node = store_.find(KindId::kNode, "", pod->text("spec.nodeName")))
    for (const Value& of_node : node->at("status.addresses"))
      if (of_node["type"] == "InternalIP") {
        status["hostIP"] = of_node["address"];
        status["hostIPs"] = Value::array({{{"ip", of_node["address"]}}});
      }
  Value containers = Value::array();
  for (const Value& container : pod->at("spec.containers")) {
    containers.push_back({{"name", container["name"]},
                          {"image", container["image"]},
                          {"imageID", "simulated://" + container["image"].string()},
                          {"containerID", fmt::format("simulated://{}/{}", pod->uid(), container["name"].text())},
                          {"ready", ready},
                          {"started", true},
                          {"restartCount", 0},
                          {"state", {{"running", {{"startedAt", now}}}}},
                          {"lastState", Value::object()}});
  }
  status["containerStatuses"] = std::move(containers);
  set_condition(status, "Initialized", true, now);
  set_condition(status, "PodScheduled", true, now);
  set_readiness(status, pod->at("spec"), ready, now);
  (void)operations_.write(pod, std::move(next), kManager, kPart);
  if (!ready) tell_unready(*pod);
}

void Kubelet::tell_unready(const Object& pod) {
  const Value& containers = pod.at("spec.containers");
  const Value* probed = std::find_if(containers.begin(), containers.end(),
                                     [](const Value& each) { return each.contains("readinessProbe"); });
  if (probed == containers.end()) probed = containers.begin();
  if (probed == containers.end()) return;
  const Value& probe = (*probed)["readinessProbe"];
  const std::string_view words = probe.contains("exec")        ? "command failed"
                                 : probe.contains("tcpSocket") ? "connect: connection refused"
                                 : probe.contains("grpc")      ? "service unhealthy (responded with \"NOT_SERVING\")"
                                                               : "HTTP probe failed with statuscode: 503";
  recorder_.warning(kubelet_of(pod.text("spec.nodeName")), pod, "Unhealthy",
                    fmt::format("Readiness probe failed: {}", words),
                    fmt::format("spec.containers{{{}}}", (*probed)["name"].text()));
}

void Kubelet::tell_killing(const Object& pod) {
  for (const Value& container : pod.at("spec.containers")) {
    const std::string_view name = container["name"].text();
    recorder_.normal(kubelet_of(pod.text("spec.nodeName")), pod, "Killing", fmt::format("Stopping container {}", name),
                     fmt::format("spec.containers{{{}}}", name));
  }
}

Outcome<void> Kubelet::set_ready(const ObjectKey& key, bool ready) {
  const ObjectPtr pod = store_.find(key);
  if (!pod) return not_found(store_.kind(KindId::kPod), key.name);
  const auto found = sandboxes_.find(pod->uid());
  if (found == sandboxes_.end()) {
    early_[pod->uid()] = ready;
    return {};
  }
  Sandbox& sandbox = found->second;
  sandbox.ready = ready;
  if (sandbox.stage == Stage::kStarting || (node_ready(*pod) != "True" && !node_ready(*pod).empty())) return {};
  Value next = pod->value();
  set_readiness(next["status"], pod->at("spec"), ready, store_.now());
  (void)operations_.write(pod, std::move(next), kManager, kPart);
  if (!ready) tell_unready(*pod);
  return {};
}

void Kubelet::terminate(const ObjectPtr& pod, Sandbox& sandbox) {
  const std::int64_t grace = pod->number("metadata.deletionGracePeriodSeconds", 0);
  const bool begun = sandbox.stage == Stage::kTerminating;
  if (begun && grace >= sandbox.grace_seconds) return;
  sandbox.grace_seconds = grace;
  sandbox.stage = Stage::kTerminating;
  const std::string uid = pod->uid();
  after(sandbox, std::chrono::seconds(grace), [this, uid] { gone(uid, true); });
  if (begun) return;
  tell_killing(*pod);
  runtime_.terminate(pod->value(), std::chrono::seconds(grace), [self = std::weak_ptr(self_), uid] {
    if (const auto alive = self.lock()) (*alive)->gone(uid, false);
  });
}

void Kubelet::gone(const std::string& uid, bool killed) {
  const auto found = sandboxes_.find(uid);
  if (found == sandboxes_.end()) return;
  const ObjectPtr pod = pod_of(found->second);
  sandboxes_.erase(found);
  if (!pod || pod->uid() != uid) return;
  if (killed) runtime_.remove(pod->value());
  if (pod->has_finalizers()) {
    Value next = pod->value();
    next["status"]["phase"] = "Succeeded";
    next["metadata"]["deletionGracePeriodSeconds"] = 0;
    set_readiness(next["status"], pod->at("spec"), false, store_.now());
    (void)operations_.write(pod, std::move(next), kManager, kPart);
    return;
  }
  (void)operations_.erase(pod->key());
}

void Kubelet::after(Sandbox& sandbox, std::chrono::milliseconds delay, std::function<void()> then) {
  sandbox.timer = std::make_unique<boost::asio::steady_timer>(io_, delay);
  sandbox.timer->async_wait([then = std::move(then)](const boost::system::error_code& error) {
    if (!error) then();
  });
}

}  // namespace plumbline::kube
