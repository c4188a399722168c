// Histories for tests of the judge: for each noun one that keeps it and some that break it, made line by line.
// Tests only; not part of the library.
#pragma once

#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "conformance/checks/history_builder.h"
#include "conformance/checks/nouns.h"

namespace plumbline::conformance {

using nlohmann::json;

inline const json kTunnelStep = json::array({{{"verb", "createTunnel"}, {"tunnel", "t1"}}});

/// `pods` ready Pods in cls-1 (10.0.16.1 ...), a tunnel to them, window 1 "w" from 1 s to 2 s.
inline HistoryBuilder world(const json& expect, int pods, int requests, bool fresh = true, int weight = 1) {
  HistoryBuilder builder(expect, kTunnelStep);
  builder.service("cls-1");
  for (int i = 0; i < pods; ++i) builder.pod(1, "cls-1", "p" + std::to_string(i), "10.0.16." + std::to_string(i + 1));
  builder.tunnel(10, 0, {{"cls-1", weight}}).step(0, "create");
  builder.window(1, "w", 1'000'000, 2'000'000, requests, fresh);
  return builder;
}

inline std::int64_t time_of(int n) { return 1'000'000 + n * 10; }

/// Requests in turn over `pods`.
inline HistoryBuilder& in_turn(HistoryBuilder& builder, int requests, int pods, int first = 0) {
  for (int n = 0; n < requests; ++n) builder.request(1, n, time_of(n), "cls-1", "p" + std::to_string(first + n % pods));
  return builder;
}

/// What `make-golden` writes and the test below reads back: each noun's passing and failing history.
struct Golden {
  std::string name;
  HistoryBuilder builder;
  Verdict verdict;
  std::string says;  ///< part of the sentence or of what was seen
};

inline json step_more(bool ok, const std::string& error = "") {
  json more{{"ok", ok}};
  if (!ok) more.update({{"refused", true}, {"error", error}});
  return more;
}

inline HistoryBuilder outcome(const json& expect, const json& reply) {
  HistoryBuilder builder(expect, kTunnelStep);
  json control{{"type", "control"},       {"t", 5}, {"t1", 6}, {"step", 0}, {"method", "tunnel.create"},
               {"params", json::object()}};
  control.update(reply);
  builder.record(control);
  builder.step(0, "create", step_more(!reply.contains("error"), "refused"));
  return builder;
}

inline json refusal(const std::string& reason, const std::string& text) {
  return {{"error", {{"code", -32000}, {"message", text}, {"data", {{"reason", reason}}}}}};
}

inline HistoryBuilder no_connections(const std::string& to, const std::string& dialled) {
  auto builder = world(json{{"noConnections", {{"to", {to}}}}}, 2, 2);
  in_turn(builder, 2, 2);
  return builder.syn(1'000'001, "10.0.16.1")
      .syn(3, "10.0.254.1", 443)
      .syn(4, "169.254.0.23")
      .syn(1'000'002, dialled, 8000);
}

inline HistoryBuilder exchanged(const json& noun, const std::function<void(json&)>& change) {
  auto builder = world(noun, 1, 1);
  const auto headers = [](const std::vector<std::pair<std::string, std::string>>& list) {
    json out = json::array();
    for (const auto& [name, value] : list) out.push_back(json::array({name, value}));
    return out;
  };
  json exchange{{"type", "exchange"}, {"t", 1'000'000}, {"window", 1}, {"n", 0}};
  exchange["sent"] = {
      {"method", "POST"}, {"target", "/a?b=1"}, {"body_bytes", 3}, {"body_sha256", "s1"}, {"chunked", true}};
  exchange["sent"]["headers"] = headers({{"X-A", "1"}, {"X-A", "2"}, {"Connection", "close"}, {"Host", "h"}});
  exchange["seen"][0] = {{"method", "POST"}, {"target", "/a?b=1"}, {"body_bytes", 3}, {"body_sha256", "s1"}};
  exchange["seen"][0]["headers"] = headers({{"x-a", "1, 2"}, {"X-Forwarded-For", "10.0.255.1"}});
  exchange["answered"] = {{"status", 200}, {"body_bytes", 2}, {"body_sha256", "s2"}};
  exchange["answered"]["headers"] = headers({{"Content-Type", "text/plain"}, {"Content-Length", "2"}});
  exchange["received"] = {{"status", 200}, {"body_bytes", 2}, {"body_sha256", "s2"}};
  exchange["received"]["headers"] =
      headers({{"content-type", "text/plain"}, {"Transfer-Encoding", "chunked"}, {"Via", "gw"}});
  change(exchange);
  return builder.record(exchange);
}

inline HistoryBuilder described(const json& result) {
  HistoryBuilder builder(json{{"describes", {{"outcome", "d"}}}}, {{{"verb", "createTunnel"}, {"tunnel", "t1"}},
                                                                   {{"verb", "describeTunnel"}, {"tunnel", "t1"}}});
  builder.tunnel(10, 0, {{"cls-1", 3}}).step(0, "create");
  return builder
      .record({{"type", "control"},
               {"t", 20},
               {"step", 1},
               {"method", "tunnel.describe"},
               {"params", {{"tunnel", "id-1"}}},
               {"result", result}})
      .step(1, "d");
}

inline json full_description() {
  return {{"name", "t1"},
          {"type", "tke"},
          {"region", "r"},
          {"vpc", "vpc-1"},
          {"backend", {{"scheme", "http"}, {"host", "a.example.com"}}},
          {"tags", {{"team", "x"}}},
          {"services",
           {{{"cluster", "cls-1"}, {"namespace", "default"}, {"service", "httpbin"}, {"port", 8000}, {"weight", 3}}}}};
}

inline json without(json object, const char* field) {
  object.erase(field);
  return object;
}

/// p2 joins at 1.2 s and p0 begins to terminate at 1.2 s, while window "w" goes on; both change for the gateway at `t`.
inline HistoryBuilder churn(const json& expect, std::int64_t t) {
  HistoryBuilder builder(expect, kTunnelStep);
  builder.service("cls-1").pod(1, "cls-1", "p0", "10.0.16.1").pod(1, "cls-1", "p1", "10.0.16.2");
  builder.tunnel(10, 0, {{"cls-1", 1}}).step(0, "create");
  builder.step(1, "change", {{"t", 1'100'000}, {"t1", 1'200'000}});
  builder.pod(1'200'000, "cls-1", "p2", "10.0.16.3").pod(1'200'000, "cls-1", "p0", "10.0.16.1", true, true);
  builder.window(1, "w", 1'000'000, 2'000'000, 250);
  for (int n = 0; n < 250; ++n) {
    const std::int64_t now = 1'000'000 + n * 4000;
    const char* even = now < t ? "p0" : "p2";
    builder.request(1, n, now, "cls-1", n % 2 == 0 ? even : "p1");
  }
  return builder;
}

inline std::vector<Golden> goldens() {
  std::vector<Golden> list;
  const auto add = [&](std::string name, HistoryBuilder builder, Verdict verdict, std::string says = "") {
    list.push_back({std::move(name), std::move(builder), verdict, std::move(says)});
  };
  const auto pass = Verdict::kPass, fail = Verdict::kFail;

  const json accepted{{"accepted", {{"outcome", "create"}}}};
  add("accepted-pass", outcome(accepted, {{"result", {{"tunnel", "x"}}}}), pass);
  add("accepted-fail", outcome(accepted, refusal("InvalidValue", "no")), fail, "not accepted");

  const json refused{{"refused", {{"outcome", "create"}, {"reasons", {"VpcMismatch"}}, {"naming", {"CLS-3"}}}}};
  add("refused-pass", outcome(refused, refusal("VpcMismatch", "cls-3 is elsewhere")), pass);
  add("refused-fail", outcome(refused, {{"result", {{"tunnel", "x"}}}}), fail, "was accepted");
  add("refused-fail-reason", outcome(refused, refusal("InvalidValue", "cls-3")), fail, "another reason");
  add("refused-fail-naming", outcome(refused, refusal("VpcMismatch", "somewhere")), fail, "does not name");

  const json asks{{"requestsAuthorization", {{"outcome", "create"}, {"clusters", {"cls-1"}}}}};
  add("requestsAuthorization-pass", outcome(asks, refusal("AuthorizationRequired", "cls-1 is not authorised")), pass);
  add("requestsAuthorization-fail", outcome(asks, refusal("PermissionDenied", "cls-1")), fail, "no authorisation");
  add("requestsAuthorization-fail-accepted", outcome(asks, {{"result", {{"tunnel", "x"}}}}), fail, "accepted");

  add("unread-pass-neighbour",
      HistoryBuilder(json{{"unread", {{"cluster", "cls-1"}, {"before", "grant"}}}})
          .record({{"type", "audit"},
                   {"t", 50},
                   {"cluster", "cls-1"},
                   {"verb", "list"},
                   {"path", "/api/v1/pods"},
                   {"from", "10.0.255.100:4000"},
                   {"code", 403}})
          .step(0, "grant", {{"t", 100}, {"t1", 110}}),
      pass);
  const auto unread = [](const std::string& from) {
    return HistoryBuilder(json{{"unread", {{"cluster", "cls-1"}, {"before", "grant"}}}})
        .record({{"type", "audit"},
                 {"t", 50},
                 {"cluster", "cls-1"},
                 {"verb", "list"},
                 {"path", "/api/v1/pods"},
                 {"from", from},
                 {"code", 403}})
        .step(0, "grant", {{"t", 100}, {"t1", 120}});
  };
  add("unread-pass", unread("10.0.255.1"), pass);
  add("unread-fail", unread("10.0.255.10:40000"), fail, "1 requests");

  const auto settled = [](bool value) {
    return HistoryBuilder(json{{"settled", {{"step", "s"}}}})
        .step(0, "s", {{"settled", value}, {"probes", 30}, {"t1", 20'000}});
  };
  add("settled-pass", settled(true), pass);
  add("settled-fail", settled(false), fail);

  const json nodes{{"nodes", {{"during", "w"}}}};
  auto all = world(nodes, 3, 60);
  add("nodes-pass", in_turn(all, 60, 3), pass);
  auto missing = world(nodes, 3, 100);
  add("nodes-fail", in_turn(missing, 100, 2), fail, "p2");
  auto stranger = world(nodes, 2, 60);
  add("nodes-fail-stranger", in_turn(stranger, 60, 3), fail,
      "a Pod that is no node of tunnel 't1' was hit: cls-1/default/p2");

  const json shares{{"shares", {{"during", "w"}, {"by", "pod"}, {"effect", 0.5}}}};
  auto fair = world(shares, 4, 1600);
  add("shares-pass", in_turn(fair, 1600, 4), pass);
  auto first = world(shares, 4, 1600);
  add("shares-fail", in_turn(first, 1600, 1), fail, "not shared by weight");

  const json round{{"roundRobin", {{"during", "w"}}}};
  auto turns = world(round, 6, 1200, false);
  add("roundRobin-pass", in_turn(turns, 1200, 6), pass);
  auto chance = world(round, 6, 1200, false);
  std::mt19937 random(1);
  for (int n = 0; n < 1200; ++n) chance.request(1, n, time_of(n), "cls-1", "p" + std::to_string(random() % 6));
  add("roundRobin-fail", chance, fail, "not those of round robin");
  auto pinned = world(round, 6, 1200, false);
  add("roundRobin-fail-pinned", in_turn(pinned, 1200, 1), fail);

  add("noConnections-pass", no_connections("traps", "10.0.16.2"), pass);
  add("noConnections-fail", no_connections("traps", "10.0.240.9"), fail, "ClusterIP");
  add("noConnections-fail-clb", no_connections("traps", "10.0.252.1"), fail, "trap");
  add("noConnections-pass-foreign", no_connections("foreign", "10.0.99.99"), pass);
  add("noConnections-fail-foreign", no_connections("foreign", "203.0.113.7"), fail, "outside the VPC");
  add("noConnections-fail-cluster", no_connections("cluster cls-3", "10.1.254.1"), fail, "API server");
  add("noConnections-fail-pods", no_connections("pods", "10.0.32.5"), fail, "Pod");
  add("noConnections-fail-every-pod", no_connections("every-pod of cls-1/default/httpbin", "10.0.16.2"), fail, "p1");

  const json direct{{"direct", {{"during", "w"}}}};
  auto straight = world(direct, 2, 10);
  add("direct-pass", in_turn(straight, 10, 2).syn(1'000'000, "10.0.16.1", 80), pass);
  auto wrong_port = world(direct, 2, 10);
  add("direct-fail", in_turn(wrong_port, 10, 2).syn(1'000'000, "10.0.16.1", 8000), fail, "8000");
  auto hop = world(direct, 2, 10);
  add("direct-fail-peer",
      in_turn(hop, 10, 2).hit({1'000'050, "cls-1/default/p0#u", 80, 1, {1, 11}, "10.0.253.1", "x", 200}), fail,
      "10.0.253.1");
  auto trap = world(direct, 2, 10);
  add("direct-fail-trap",
      in_turn(trap, 10, 2).hit({1'000'050, "trap:clb:10.0.252.1:8000", 8000, 1, {1, 11}, "10.0.255.10", "x", 200}),
      fail, "trap:clb");

  const json answered{{"answered", {{"during", "w"}, {"status", {"2xx"}}, {"by", "pods"}}}};
  auto good = world(answered, 2, 10);
  add("answered-pass", in_turn(good, 10, 2), pass);
  auto invented = world(answered, 2, 1);
  add("answered-fail", invented.request(1, 0, 1'000'000, "cls-1", ""), fail, "no Pod gave");
  auto dropped = world(answered, 2, 1);
  add("answered-fail-dropped", dropped.result({1'000'000, 1'000'100, {1, 0}, 0, 0, "", "timeout"}), fail, "timeout");
  auto trapped =
      world(answered, 2, 1).hit({1'000'050, "trap:clb:10.0.252.1:8000", 8000, 1, {1, 0}, "10.0.255.10", "x", 200});
  add("answered-fail-trap", trapped.request(1, 0, 1'000'000, "cls-1", ""), fail, "no Pod gave");
  const json by_gateway{{"answered", {{"during", "w"}, {"status", {"404"}}, {"by", "gateway"}}}};
  auto own = world(by_gateway, 2, 1);
  add("answered-pass-gateway", own.request(1, 0, 1'000'000, "cls-1", "", 404), pass);
  auto passed_on = world(by_gateway, 2, 1);
  add("answered-fail-gateway", passed_on.request(1, 0, 1'000'000, "cls-1", "p0", 404), fail, "a Pod was reached");

  const json not_forwarded{{"notForwarded", {{"during", "w"}}}};
  auto kept = world(not_forwarded, 2, 1);
  add("notForwarded-pass", kept.request(1, 0, 1'000'000, "cls-1", "", 404), pass);
  auto forwarded = world(not_forwarded, 2, 1);
  add("notForwarded-fail", forwarded.request(1, 0, 1'000'000, "cls-1", "p0"), fail);

  add("describes-pass", described(full_description()), pass);
  for (const char* field : {"name", "vpc", "services", "backend", "tags"}) {
    add(std::string("describes-fail-") + field, described(without(full_description(), field)), fail, field);
  }
  for (const auto& [field, other] :
       {std::pair<const char*, json>{"weight", 4}, {"labels", {{"a", "b"}}}, {"port", 80}}) {
    json description = full_description();
    description["services"][0][field] = other;
    add(std::string("describes-fail-other-") + field, described(description), fail, "services");
  }

  const auto listed = [](const char* id) {
    HistoryBuilder builder(json{{"lists", {{"outcome", "l"}, {"exactly", {"t1"}}}}},
                           {{{"verb", "createTunnel"}, {"tunnel", "t1"}}, {{"verb", "listTunnels"}}});
    builder.tunnel(10, 0, {{"cls-1", 3}}).step(0, "create");
    json tunnels = json::array({{{"tunnel", "id-1"}, {"name", "t1"}}});
    if (*id != '\0') tunnels.push_back({{"tunnel", id}, {"name", "t2"}});
    return builder
        .record({{"type", "control"},
                 {"t", 20},
                 {"step", 1},
                 {"method", "tunnel.list"},
                 {"params", json::object()},
                 {"result", {{"tunnels", tunnels}}}})
        .step(1, "l");
  };
  add("lists-pass", listed(""), pass);
  add("lists-fail", listed("id-9"), fail, "'t2' (id 'id-9'), which was never accepted");

  const json host{{"hostHeader", {{"during", "w"}, {"is", "a.example.com"}}}};
  auto exact = world(host, 1, 1);
  add("hostHeader-pass", exact.request(1, 0, 1'000'000, "cls-1", "p0", 200, 80, "a.example.com"), pass);
  auto doubled = world(host, 1, 1);
  add("hostHeader-fail", doubled.request(1, 0, 1'000'000, "cls-1", "p0", 200, 80, "x\na.example.com"), fail,
      "x and a.example.com");

  const json crashed{{"type", "candidate"}, {"t", 1'500'000}, {"state", "exited"}, {"signal", 11}};
  add("notForwarded-fail-crash", world(not_forwarded, 2, 1).request(1, 0, 1'000'000, "cls-1", "", 404).record(crashed),
      fail, "signal 11");
  add("refused-fail-crash", outcome(refused, refusal("VpcMismatch", "cls-3 is elsewhere")).record(crashed), fail,
      "signal 11");
  add("refused-fail-garbage",
      outcome(refused, refusal("VpcMismatch", "cls-3"))
          .record({{"type", "control"}, {"t", 50}, {"step", 1}, {"method", "tunnel.list"}, {"silent", "invalid"}}),
      fail, "tunnel.list was not answered (invalid)");

  const json unchanged{{"unchanged", {{"during", "w"}}}};
  add("unchanged-pass", exchanged(unchanged, [](json&) {}), pass);
  add("unchanged-fail", exchanged(unchanged, [](json& e) { e["seen"][0]["target"] = "/a"; }), fail,
      "'/a?b=1' became '/a'");
  add("unchanged-fail-header", exchanged(unchanged, [](json& e) { e["seen"][0]["headers"][0][1] = "1"; }), fail, "x-a");
  add("unchanged-fail-body", exchanged(unchanged, [](json& e) { e["received"]["body_bytes"] = 1; }), fail,
      "2 bytes became 1");
  add("unchanged-fail-status", exchanged(unchanged, [](json& e) { e["received"]["status"] = 201; }), fail,
      "'200' became '201'");
  add("unchanged-fail-method", exchanged(unchanged, [](json& e) { e["seen"][0]["method"] = "GET"; }), fail, "method");

  const json forwarded_as{{"forwardedAs", {{"during", "w"}, {"targets", {"/a?b=1"}}}}};
  add("forwardedAs-pass", exchanged(forwarded_as, [](json&) {}), pass);
  add("forwardedAs-fail", exchanged(forwarded_as, [](json& e) { e["seen"][0]["target"] = "/b"; }), fail, "/b");

  const json propagation{{"propagation", {{"after", "change"}, {"during", "w"}, {"pods", "new-and-gone"}}}};
  add("propagation-pass", churn(propagation, 1'300'000), pass, "1 Pods joined and 1 left");
  add("propagation-fail", churn(propagation, 1'700'000), fail, "504 ms");
  add("propagation-fail-never", churn(propagation, 9'000'000), fail, "no request");

  const json none_since{{"noneSince", {{"after", "change"}}}};
  add("noneSince-pass", churn(none_since, 1'300'000), pass);
  add("noneSince-fail", churn(none_since, 1'700'000), fail, "still used");
  const auto settling = [&](const std::string& tunnel) {
    return churn(none_since, 1'700'000)
        .step(2, "settled", {{"t", 1'210'000}, {"t1", 1'260'000}, {"settled", true}})
        .record({{"type", "window"},
                 {"t", 1'210'000},
                 {"t1", 1'260'000},
                 {"window", 2},
                 {"kind", "probe"},
                 {"tunnel", tunnel}});
  };
  add("noneSince-fail-settled", settling("t1").step(3, "x"), fail, "55 times");
  add("noneSince-fail-settled-other", settling("t2"), fail, "times");
  add("noneSince-fail-syn", churn(none_since, 1'300'000).syn(1'600'000, "10.0.16.1"), fail, "still used");
  return list;
}

}  // namespace plumbline::conformance
