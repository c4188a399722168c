// A world, users and a candidate that only write down what they are asked. For tests.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "conformance/runner/executor.h"

namespace plumbline::conformance {

using Log = std::vector<std::string>;

class FakeStage : public Stage {
 public:
  explicit FakeStage(Log& log) : log_(log) {}
  std::int64_t now_us() const override { return now_ += 1000; }
  std::string instance_address() const override { return "10.0.255.10"; }
  Result<void> apply(const ClusterId& cluster, const nlohmann::json&) override {
    return note("apply " + cluster.str());
  }
  Result<void> remove(const ObjectName& object, const std::string& kind) override {
    return note("remove " + kind + " " + object.str());
  }
  Result<void> scale(const ObjectName& deployment, int replicas, std::chrono::milliseconds) override {
    if (fails) return Error{*fails, "no such deployment", "", ""};
    return note("scale " + deployment.str() + " " + std::to_string(replicas));
  }
  Result<void> label_pods(const std::vector<ObjectName>&, const Labels&) override { return note("label"); }
  Result<void> delete_pods(const std::vector<ObjectName>& chosen, std::chrono::milliseconds) override {
    std::string line = "delete";
    for (const auto& pod : chosen) line += " " + pod.name;
    return note(line);
  }
  Result<void> set_fault(const std::vector<ObjectName>&, pods::Fault, std::chrono::milliseconds) override {
    return note("fault");
  }
  Result<void> fault_api(const ClusterId&, const world::ApiFault&) override { return note("faultApi"); }
  Result<void> heal_api(const ClusterId&, std::optional<world::FaultKind>) override { return note("healApi"); }
  Result<void> set_node_ready(const ClusterId&, const std::string&, const std::string&) override {
    return note("setNode");
  }
  Result<void> tamper_endpoints(const ObjectName&, const std::vector<std::string>&) override { return note("tamper"); }
  std::vector<nlohmann::json> list(const ClusterId&, const std::string& kind) const override {
    if (kind == "Pod") return pods;
    return {nlohmann::json{{"metadata", {{"name", "web"}, {"namespace", "n"}}}}};
  }
  Result<nlohmann::json> get(const ObjectName& object, const std::string& kind) const override {
    if (object.name != "web") return Error{Reason::kNotFound, "no such " + kind, "", ""};
    return Result<nlohmann::json>(boost::system::in_place_value,
                                  nlohmann::json{{"spec", {{"selector", {{"app", "web"}}}}}});
  }
  void keep_exchanges(int) override {}
  std::vector<nlohmann::json> take_exchanges(int) override { return {}; }
  void flush() override {}

  std::vector<nlohmann::json> pods;
  std::optional<Reason> fails;

 private:
  Result<void> note(std::string line) {
    log_.push_back(std::move(line));
    return {};
  }
  Log& log_;
  mutable std::int64_t now_ = 0;
};

class FakeUsers : public Users {
 public:
  explicit FakeUsers(Log& log) : log_(log) {}
  Result<std::unique_ptr<Traffic>> start(const TrafficOrder& order) override {
    log_.push_back("send " + order.to.address + " " + order.method + " " + order.target);
    last = order;
    return std::unique_ptr<Traffic>(std::make_unique<FakeTraffic>(log_, hangs, order.cut));
  }
  wire::ClientResult probe(const wire::RequestId& id, const Destination&, const std::string&, const std::string&,
                           Duration) override {
    wire::ClientResult result;
    result.t = late ? 100'000'000 : 0;
    result.id = id;
    if (hangs) result.error = "timeout";
    result.pod = answers.empty() ? "" : answers[static_cast<std::size_t>(id.n) % answers.size()];
    return result;
  }
  std::vector<UserExchange> exchange(int, const Destination&, const std::vector<ExchangeRequest>& requests, Duration,
                                     int, const Cutoff& cut) override {
    if (cut.at() != Cutoff::Clock::time_point::max()) cut.pause(std::chrono::hours(1));
    return std::vector<UserExchange>(cut.passed() ? 1 : requests.size());
  }
  std::vector<std::string> answers;
  bool late = false, hangs = false;
  TrafficOrder last;

 private:
  class FakeTraffic : public Traffic {
   public:
    FakeTraffic(Log& log, bool hangs, const Cutoff& cut) : log_(log), hangs_(hangs), cut_(cut) {}
    bool gave_up() const override { return hangs_; }
    std::int64_t finish(bool now) override {
      log_.push_back(now ? "cut short" : "sent");
      if (cut_.at() != Cutoff::Clock::time_point::max()) cut_.pause(std::chrono::hours(1));
      return 10;
    }

   private:
    Log& log_;
    bool hangs_;
    Cutoff cut_;
  };
  Log& log_;
};

class FakeDriver : public Driver {
 public:
  FakeDriver(Log& log, std::vector<std::string> features) : log_(log), features_(std::move(features)) {}
  Result<void> start() override {
    if (starts) return {};
    return Error{Reason::kNotFound, "no such program", "", ""};
  }
  CallOutcome call(const std::string& method, const nlohmann::json& params, std::chrono::milliseconds) override {
    log_.push_back(method);
    CallOutcome outcome;
    if (method == silent) {
      outcome.silent = Silence::kTimeout;
    } else if (method == refused) {
      outcome.error = nlohmann::json{{"code", -32000}, {"message", "no"}, {"data", {{"reason", "VpcMismatch"}}}};
    } else if (method == "hello") {
      outcome.result = nlohmann::json{{"contract", 1}, {"name", "fake"}, {"features", features_}, {"workers", workers}};
    } else if (method == nonsense) {
      outcome.result = nlohmann::json{{"url", "ftp://nobody"}};
    } else if (method == "api.release") {
      outcome.result = nlohmann::json{{"url", "http://10.0.255.10:8080/released"}};
    } else {
      outcome.result = nlohmann::json{{"tunnel", "t-1"}, {"apiService", "s-1"}, {"api", "a-1"}};
      last_params = params;
    }
    return outcome;
  }
  StopOutcome stop(std::chrono::milliseconds) override { return {}; }
  void kill() override {}
  bool alive() const override { return true; }

  std::string silent, refused, nonsense;
  int workers = 1;
  bool starts = true;
  nlohmann::json last_params;

 private:
  Log& log_;
  std::vector<std::string> features_;
};

class Records : public wire::HistorySink {
 public:
  void write(const nlohmann::json& record) override { list.push_back(record); }
  std::vector<nlohmann::json> of(const std::string& type) const {
    std::vector<nlohmann::json> found;
    for (const auto& record : list) {
      if (record["type"] == type) found.push_back(record);
    }
    return found;
  }
  std::vector<nlohmann::json> list;
};

}  // namespace plumbline::conformance
