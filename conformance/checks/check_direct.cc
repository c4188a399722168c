#include <map>
#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/context.h"
#include "conformance/checks/describe.h"
#include "conformance/checks/json_fields.h"

namespace plumbline::conformance {

Finding check_direct(const CheckContext& context, const nlohmann::json& arguments) {
  const auto [window, why] = context.window(arguments);
  if (window == nullptr) return why;
  const std::string instance = context.instance_address();
  if (instance.empty()) return Finding::harness_error("the history does not say the instance's address");
  const std::int64_t grace = context.deadline_us("propagation");
  // A Pod may be a node by several rows, each with a target port of its own.
  std::map<std::string, std::set<int>> ports_of_pod, ports_of_address;
  for (const TruthNode& node : context.nodes_ever(context.tunnel(arguments, window),
                                                  std::max<std::int64_t>(0, window->t - grace), window->t1)) {
    ports_of_pod[node.pod].insert(node.port);
    ports_of_address[node.address].insert(node.port);
  }

  Finding finding = Finding::fail("", fmt::format("connections from {} to Pods' target ports", instance), "");
  std::set<std::string> seen;
  const auto blame = [&](std::int64_t t, int line, std::string text) {
    finding.show(t, line, text);
    seen.insert(std::move(text));
  };
  std::int64_t direct = 0;
  for (const HitRecord* record : context.hits(*window)) {
    const auto& hit = record->value;
    const auto ports = ports_of_pod.find(hit.pod);
    if (is_trap(hit.pod)) {
      blame(hit.t, record->line, fmt::format("{} was touched", hit.pod));
    } else if (hit.peer != instance) {
      blame(hit.t, record->line, fmt::format("{} saw the peer {}", without_uid(hit.pod), hit.peer));
    } else if (ports != ports_of_pod.end() && !ports->second.contains(hit.port)) {
      blame(hit.t, record->line,
            fmt::format("{} was reached on port {}, its target port is {}", without_uid(hit.pod), hit.port,
                        fmt::join(ports->second, " or ")));
    } else {
      ++direct;
    }
  }
  for (const SynRecord& record : context.history().syns) {
    const auto& syn = record.value;
    if (syn.t < window->t || syn.t > window->t1) continue;
    const auto ports = ports_of_address.find(syn.to);
    if (ports == ports_of_address.end() || ports->second.contains(syn.port)) continue;
    blame(syn.t, record.line, fmt::format("a connection to {}:{} was attempted", syn.to, syn.port));
  }
  if (!seen.empty()) {
    finding.sentence = "requests did not go straight to Pods' target ports";
    finding.seen = some_of({seen.begin(), seen.end()}, 3);
    return finding;
  }
  if (direct == 0) {
    return context.none_reached(*window, "no Pod saw a request", finding.expected);
  }
  Finding passed = Finding::pass(fmt::format("{} requests came straight from {}", direct, instance));
  passed.measured["requests"] = direct;
  return context.unless_flow_log_lost(std::move(passed));
}

}  // namespace plumbline::conformance
