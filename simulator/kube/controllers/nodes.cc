#include "simulator/kube/controllers/nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "simulator/kube/api/conditions.h"
#include "simulator/kube/api/pod_state.h"
#include "simulator/kube/controllers/field_manager.h"
#include "simulator/kube/controllers/taints.h"

namespace plumbline::kube {
namespace {

/// The taint that the node's Ready condition asks for; nullptr when it asks for none.
const char* taint_for(const Object& node) {
  const Value& ready = find_condition(node.at("status"), "Ready");
  if (ready.is_null() || ready["status"] == "True") return nullptr;
  return ready["status"] == "False" ? kNotReadyTaint : kUnreachableTaint;
}

bool is_ours(const Value& taint) { return taint["key"] == kNotReadyTaint || taint["key"] == kUnreachableTaint; }

}  // namespace

Nodes::Nodes(boost::asio::io_context& io, Operations& operations, EventRecorder& events)
    : io_(io),
      operations_(operations),
      recorder_(events),
      store_(operations.store()),
      queue_(io, [this](const ObjectKey& key) { sync(key); }),
      pods_queue_(io, [this](const ObjectKey& key) { sync_pod(key); }),
      nodes_(store_.subscribe(KindId::kNode, "", [this](const Event& event) { on_node(event); })),
      pods_(store_.subscribe(KindId::kPod, "", [this](const Event& event) {
        if (event.op == Op::kDeleted) {
          evictions_.erase(event.object->uid());
          return;
        }
        const std::string_view node = event.object->text("spec.nodeName");
        if (!node.empty() && (!event.previous || event.previous->text("spec.nodeName") != node))
          pods_queue_.add(event.object->key());
      })) {}

Outcome<void> Nodes::set_ready(const std::string& name, std::string_view status) {
  const ObjectPtr node = store_.find(KindId::kNode, "", name);
  if (!node) return not_found(store_.kind(KindId::kNode), name);
  if (status != "True" && status != "False" && status != "Unknown")
    return bad_request(fmt::format("a node's Ready is True, False or Unknown, not \"{}\"", status));
  const bool known = status != "Unknown";
  Value next = node->value();
  put_condition(
      next["status"],
      {{"type", "Ready"},
       {"status", status},
       {"lastHeartbeatTime", known ? store_.now() : find_condition(node->at("status"), "Ready")["lastHeartbeatTime"]},
       {"lastTransitionTime", store_.now()},
       {"reason", !known             ? "NodeStatusUnknown"
                  : status == "True" ? "KubeletReady"
                                     : "KubeletNotReady"},
       {"message", !known             ? "Kubelet stopped posting node status."
                   : status == "True" ? "kubelet is posting ready status"
                                      : "container runtime is down"}});
  const auto written = operations_.write(node, std::move(next), known ? "kubelet" : kControllerManager, "status");
  if (!written) return written.error();
  return {};
}

/// What the node controller and the node's kubelet say of a change.
void Nodes::tell(const Event& event) {
  const Object& node = *event.object;
  const std::string& name = node.name();
  Value by_controller = recorder_.about(node);
  by_controller.erase("resourceVersion");
  // Kubelets know no uid of their node.
  Value by_kubelet = by_controller;
  by_kubelet["uid"] = name;
  if (event.op == Op::kAdded)
    return recorder_.normal(kNodeController, by_controller, "RegisteredNode",
                            fmt::format("Node {0} event: Registered Node {0} in Controller", name));
  if (event.op == Op::kDeleted)
    return recorder_.normal(kNodeController, by_controller, "RemovingNode",
                            fmt::format("Node {0} event: Removing Node {0} from Controller", name));
  const auto turned = [&](const EventSource& source, const Value& about, std::string_view status) {
    recorder_.normal(source, about, status, fmt::format("Node {} status is now: {}", name, status));
  };
  const Value &was = find_condition(event.previous->at("status"), "Ready")["status"],
              &is = find_condition(node.at("status"), "Ready")["status"];
  if (was != is && is == "True") turned(kubelet_of(name), by_kubelet, "NodeReady");
  if (was != is && is == "False") turned(kubelet_of(name), by_kubelet, "NodeNotReady");
  if (was == "True" && taint_for(node) != nullptr) turned(kNodeController, by_controller, "NodeNotReady");
  const bool closed = node.at("spec.unschedulable").boolean();
  if (closed != event.previous->at("spec.unschedulable").boolean())
    turned(kubelet_of(name), by_kubelet, closed ? "NodeNotSchedulable" : "NodeSchedulable");
}

void Nodes::on_node(const Event& event) {
  tell(event);
  const bool same = event.op == Op::kModified && event.previous &&
                    event.previous->at("spec.taints") == event.object->at("spec.taints") &&
                    taint_for(*event.previous) == taint_for(*event.object);
  if (!same) queue_.add(event.object->key());
}

void Nodes::visit_pods(const std::string& node, const std::function<void(const ObjectPtr&)>& visit) const {
  store_.visit(KindId::kPod, "", {}, [&](const ObjectPtr& pod) {
    if (pod->at("spec.nodeName") == node) visit(pod);
  });
}

void Nodes::sync(const ObjectKey& key) {
  const ObjectPtr node = store_.find(key);
  if (node) {
    const char* wanted = taint_for(*node);
    Value next = node->value();
    if (std::as_const(next).at("spec.taints").size() > 0)
      next["spec"]["taints"].erase_items_if(
          [&](const Value& taint) { return is_ours(taint) && (wanted == nullptr || taint["key"] != wanted); });
    for (const char* effect : {"NoSchedule", "NoExecute"}) {
      if (wanted == nullptr) break;
      const Value& taints = std::as_const(next).at("spec.taints");
      const bool there = std::any_of(taints.begin(), taints.end(), [&](const Value& taint) {
        return taint["key"] == wanted && taint["effect"] == effect;
      });
      if (there) continue;
      Value taint{{"key", wanted}, {"effect", effect}};
      if (std::string_view(effect) == "NoExecute") taint["timeAdded"] = store_.now();
      next["spec"]["taints"].push_back(std::move(taint));
    }
    if (std::as_const(next).at("spec.taints").empty() && std::as_const(next)["spec"].contains("taints"))
      next["spec"].erase("taints");
    (void)operations_.write(node, std::move(next), kControllerManager);
  }
  visit_pods(key.name, [this](const ObjectPtr& pod) { pods_queue_.add(pod->key()); });
}

/// Whether the Pod may stay where it is, and whether it counts as ready there.
void Nodes::sync_pod(const ObjectKey& key) {
  ObjectPtr pod = store_.find(key);
  if (!pod) return;
  const ObjectPtr node = store_.find(KindId::kNode, "", pod->text("spec.nodeName"));
  if (!node) {
    // Nobody is left who could see its end through.
    if (pod->text("spec.nodeName").empty()) return;
    DeleteOptions at_once;
    at_once.grace_seconds = 0;
    (void)operations_.remove(key, at_once);
    return;
  }
  if (taint_for(*node) != nullptr && is_ready(*pod)) {
    Value next = pod->value();
    put_condition(next["status"], {{"type", "Ready"},
                                   {"status", "False"},
                                   {"lastProbeTime", nullptr},
                                   {"lastTransitionTime", store_.now()},
                                   {"reason", "NodeNotReady"},
                                   {"message", "Node is not ready"}});
    if (const auto written = operations_.write(pod, std::move(next), kControllerManager, "status")) pod = *written;
    recorder_.warning(kNodeController, *pod, "NodeNotReady", "Node is not ready");
  }
  if (pod->deleting()) return;
  std::int64_t seconds = -1;  // for ever
  for (const Value& taint : node->at("spec.taints")) {
    if (taint["effect"] != "NoExecute") continue;
    Value toleration;
    const bool stays = tolerated(taint, pod->at("spec.tolerations"), &toleration);
    if (stays && toleration["tolerationSeconds"].is_null()) continue;
    const std::int64_t these = stays ? std::max<std::int64_t>(0, toleration["tolerationSeconds"].integer()) : 0;
    seconds = seconds < 0 ? these : std::min(seconds, these);
  }
  if (seconds < 0) {
    if (evictions_.erase(pod->uid()) != 0) tell_eviction(*pod, "Cancelling deletion of Pod");
    return;
  }
  auto& timer = evictions_[pod->uid()];
  if (timer && seconds != 0) return;  // it runs
  timer = std::make_unique<boost::asio::steady_timer>(io_, std::chrono::seconds(seconds));
  timer->async_wait([this, key, uid = std::string(pod->uid())](const boost::system::error_code& error) {
    if (error) return;
    const ObjectPtr latest = store_.find(key);
    if (!latest || latest->uid() != uid || latest->deleting()) return;
    tell_eviction(*latest, "Marking for deletion Pod");
    Value next = latest->value();
    put_condition(next["status"], {{"type", "DisruptionTarget"},
                                   {"status", "True"},
                                   {"lastProbeTime", nullptr},
                                   {"lastTransitionTime", store_.now()},
                                   {"reason", "DeletionByTaintManager"},
                                   {"message", "Taint manager: deleting due to NoExecute taint"}});
    (void)operations_.write(latest, std::move(next), kControllerManager, "status");
    (void)operations_.remove(key);
  });
}

void Nodes::tell_eviction(const Object& pod, std::string_view words) {
  // Those who evict name the Pod without its uid.
  const Value about{{"kind", "Pod"}, {"apiVersion", "v1"}, {"namespace", pod.space()}, {"name", pod.name()}};
  recorder_.normal(kTaintEviction, about, "TaintManagerEviction",
                   fmt::format("{} {}/{}", words, pod.space(), pod.name()));
}

}  // namespace plumbline::kube
