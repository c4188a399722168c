// Builds histories for tests of checks: a small world with httpbin Pods, one tunnel, windows of requests.
// Test code: not part of the library.
#pragma once

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/checks/history.h"
#include "conformance/checks/judge.h"
#include "wire/history.h"

namespace plumbline::conformance {

/// Times are microseconds. Records are written in the order of the calls.
class HistoryBuilder {
 public:
  /// `features` are declared; `steps` is the plan's list, `expect` one expectation {noun: arguments}.
  explicit HistoryBuilder(const nlohmann::json& expect, const nlohmann::json& steps = nlohmann::json::array());

  HistoryBuilder& record(nlohmann::json record);
  HistoryBuilder& step(int index, const std::string& as, const nlohmann::json& more = nlohmann::json::object());
  HistoryBuilder& service(const std::string& cluster, const std::string& name = "httpbin");
  HistoryBuilder& pod(std::int64_t t, const std::string& cluster, const std::string& name, const std::string& address,
                      bool ready = true, bool terminating = false);
  HistoryBuilder& pod_gone(std::int64_t t, const std::string& cluster, const std::string& name);
  /// Control record of step `step`: accepted tunnel to `rows` ({cluster, weight}).
  HistoryBuilder& tunnel(std::int64_t t, int step, const std::vector<std::pair<std::string, int>>& rows);
  HistoryBuilder& window(int index, const std::string& as, std::int64_t t, std::int64_t t1, int requests,
                         bool fresh = true, int connections = 1);
  /// A request that reached `pod` and was answered; "" for none.
  HistoryBuilder& request(int window, int n, std::int64_t t, const std::string& cluster, const std::string& pod,
                          int status = 200, int port = 80, const std::string& host = "x");
  HistoryBuilder& hit(const wire::Hit& hit);
  HistoryBuilder& result(const wire::ClientResult& result);
  HistoryBuilder& syn(std::int64_t t, const std::string& to, int port = 80);

  /// JSON Lines, with an end record unless `truncated`.
  std::string text(bool truncated = false) const;
  /// Judges the one expectation.
  Finding finding() const;

 private:
  std::vector<nlohmann::json> records_;
  std::vector<wire::Hit> hits_;
  std::vector<wire::ClientResult> results_;
  std::vector<wire::Syn> syns_;
};

}  // namespace plumbline::conformance
