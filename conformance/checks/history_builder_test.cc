#include "conformance/checks/history_builder.h"

#include <gtest/gtest.h>

namespace plumbline::conformance {

using nlohmann::json;

HistoryBuilder::HistoryBuilder(const json& expect, const json& steps) {
  json plan{{"scenario", "golden"}, {"case", ""}, {"steps", steps}, {"expect", json::array()}};
  for (const auto& [noun, arguments] : expect.items()) {
    plan["expect"].push_back(
        {{"rule", "TEST-01"}, {"noun", noun}, {"arguments", arguments}, {"place", "golden.yaml:1:1"}});
  }
  records_.push_back(
      {{"type", "header"},
       {"schema", wire::kHistorySchema},
       {"scenario", "golden"},
       {"seed", 7},
       {"plan", plan},
       {"candidate",
        {{"name", "golden"}, {"workers", 1}, {"features", {"tags", "host-header", "extra-labels", "weights"}}}},
       {"deadlines", {{"propagation", 250}, {"control", 1000}, {"start", 1000}, {"failover", 1000}}},
       {"world",
        {{"instance", {{"name", "instance-1"}, {"address", "10.0.255.10"}, {"vpc", "vpc-1"}, {"region", "r"}}},
         {"users", "10.0.255.1"},
         {"cloud", "169.254.0.23:80"},
         {"apiServers", {{"cls-1", "10.0.254.1:443"}, {"cls-2", "10.0.254.2:443"}, {"cls-3", "10.1.254.1:443"}}},
         {"vpcs", {{{"name", "vpc-1"}, {"cidr", "10.0.0.0/16"}}, {{"name", "vpc-2"}, {"cidr", "10.1.0.0/16"}}}},
         {"clusters",
          {{{"name", "cls-1"}, {"podCidr", "10.0.16.0/20"}, {"serviceCidr", "10.0.240.0/22"}},
           {{"name", "cls-2"}, {"podCidr", "10.0.32.0/20"}, {"serviceCidr", "10.0.244.0/22"}},
           {{"name", "cls-3"}, {"podCidr", "10.1.16.0/20"}, {"serviceCidr", "10.1.240.0/22"}}}},
         {"traps", {"clb:10.0.252.1:8000"}}}}});
}

HistoryBuilder& HistoryBuilder::record(json record) {
  records_.push_back(std::move(record));
  return *this;
}

HistoryBuilder& HistoryBuilder::step(int index, const std::string& as, const json& more) {
  json step{{"type", "step"}, {"t", 0}, {"t1", 0}, {"index", index}, {"verb", "verb"}, {"as", as}, {"ok", true}};
  step.update(more);
  return record(step);
}

HistoryBuilder& HistoryBuilder::service(const std::string& cluster, const std::string& name) {
  return record({{"type", "object"},
                 {"t", 0},
                 {"cluster", cluster},
                 {"kind", "Service"},
                 {"op", "ADDED"},
                 {"object",
                  {{"metadata", {{"name", name}, {"namespace", "default"}}},
                   {"spec",
                    {{"clusterIP", "10.0.240.9"},
                     {"selector", {{"app", "httpbin"}}},
                     {"ports", {{{"port", 8000}, {"targetPort", 80}}}}}}}}});
}

HistoryBuilder& HistoryBuilder::pod(std::int64_t t, const std::string& cluster, const std::string& name,
                                    const std::string& address, bool ready, bool terminating) {
  json metadata{{"name", name}, {"namespace", "default"}, {"uid", "u"}, {"labels", {{"app", "httpbin"}}}};
  if (terminating) metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  return record(
      {{"type", "object"},
       {"t", t},
       {"cluster", cluster},
       {"kind", "Pod"},
       {"op", "MODIFIED"},
       {"object",
        {{"metadata", metadata},
         {"spec", json::object()},
         {"status",
          {{"podIP", address}, {"conditions", {{{"type", "Ready"}, {"status", ready ? "True" : "False"}}}}}}}}});
}

HistoryBuilder& HistoryBuilder::pod_gone(std::int64_t t, const std::string& cluster, const std::string& name) {
  return record({{"type", "object"},
                 {"t", t},
                 {"cluster", cluster},
                 {"kind", "Pod"},
                 {"op", "DELETED"},
                 {"object", {{"metadata", {{"name", name}, {"namespace", "default"}, {"uid", "u"}}}}}});
}

HistoryBuilder& HistoryBuilder::tunnel(std::int64_t t, int step, const std::vector<std::pair<std::string, int>>& rows) {
  json services = json::array();
  for (const auto& [cluster, weight] : rows) {
    services.push_back(
        {{"cluster", cluster}, {"namespace", "default"}, {"service", "httpbin"}, {"port", 8000}, {"weight", weight}});
  }
  return record({{"type", "control"},
                 {"t", t},
                 {"t1", t},
                 {"step", step},
                 {"method", "tunnel.create"},
                 {"params",
                  {{"name", "t1"},
                   {"type", "tke"},
                   {"region", "r"},
                   {"vpc", "vpc-1"},
                   {"services", services},
                   {"backend", {{"scheme", "http"}, {"host", "a.example.com"}}},
                   {"tags", {{"team", "x"}}}}},
                 {"result", {{"tunnel", "id-1"}}}});
}

HistoryBuilder& HistoryBuilder::window(int index, const std::string& as, std::int64_t t, std::int64_t t1, int requests,
                                       bool fresh, int connections) {
  return record({{"type", "window"},
                 {"t", t},
                 {"t1", t1},
                 {"window", index},
                 {"as", as},
                 {"kind", "traffic"},
                 {"api", "a1"},
                 {"tunnel", "t1"},
                 {"requests", requests},
                 {"connections", connections},
                 {"fresh", fresh}});
}

HistoryBuilder& HistoryBuilder::request(int window, int n, std::int64_t t, const std::string& cluster,
                                        const std::string& pod, int status, int port, const std::string& host) {
  result({t, t + 100, {window, n}, 0, status, pod, ""});
  if (pod.empty()) return *this;
  return hit({t + 50, cluster + "/default/" + pod + "#u", port, 1, {window, n}, "10.0.255.10", host, status});
}

HistoryBuilder& HistoryBuilder::hit(const wire::Hit& hit) {
  hits_.push_back(hit);
  return *this;
}

HistoryBuilder& HistoryBuilder::result(const wire::ClientResult& result) {
  results_.push_back(result);
  return *this;
}

HistoryBuilder& HistoryBuilder::syn(std::int64_t t, const std::string& to, int port) {
  syns_.push_back({t, "10.0.255.10", to, port});
  return *this;
}

std::string HistoryBuilder::text(bool truncated) const {
  std::string lines;
  for (const json& record : records_) lines += record.dump() + "\n";
  if (!hits_.empty()) lines += wire::to_record(hits_).dump() + "\n";
  if (!results_.empty()) lines += wire::to_record(results_).dump() + "\n";
  if (!syns_.empty()) lines += wire::to_record(syns_).dump() + "\n";
  if (!truncated) lines += "{\"type\":\"end\",\"t\":10000000,\"complete\":true}\n";
  return lines;
}

Finding HistoryBuilder::finding() const {
  std::istringstream in(text());
  const auto history = load_history(in);
  if (!history) return Finding::harness_error(history.error().text);
  const Judgement judgement = judge(*history);
  EXPECT_EQ(judgement.expectations.size(), 1u) << judgement.reason;
  return judgement.expectations.empty() ? Finding() : judgement.expectations.front().finding;
}

}  // namespace plumbline::conformance
