#include "conformance/runner/live_truth.h"

#include <gtest/gtest.h>

#include "conformance/runner/executor_fakes.h"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

class LiveTruthTest : public ::testing::Test {
 protected:
  LiveTruthTest() {
    write({{"type", "header"}, {"plan", {{"steps", {{{"tunnel", "t1"}}}}}}});
    object(5, "Service", "web", {{"spec", {{"selector", {{"app", "web"}}}, {"ports", {{{"port", 80}}}}}}});
    const json row{{"cluster", "cls-1"}, {"namespace", "default"}, {"service", "web"}, {"port", 80}, {"weight", 1}};
    write({{"type", "control"},
           {"t", 90},
           {"t1", 100},
           {"step", 0},
           {"method", "tunnel.create"},
           {"params", {{"name", "t1"}, {"type", "tke"}, {"region", "r"}, {"vpc", "v"}, {"services", {row}}}},
           {"result", {{"tunnel", "id-1"}}}});
  }
  void write(const json& record) { truth_.write(record); }
  void object(std::int64_t t, const char* kind, const char* name, json more) {
    more["metadata"] = {{"namespace", "default"}, {"name", name}, {"uid", "u"}, {"labels", {{"app", "web"}}}};
    write({{"type", "object"}, {"t", t}, {"cluster", "cls-1"}, {"kind", kind}, {"op", "MODIFIED"}, {"object", more}});
  }
  void pod(std::int64_t t, const char* name, const char* ready) {
    object(t, "Pod", name,
           {{"status", {{"podIP", "10.0.16.1"}, {"conditions", {{{"type", "Ready"}, {"status", ready}}}}}}});
  }

  Records records_;
  LiveTruth truth_{records_};
};

TEST_F(LiveTruthTest, NodesAreOwedSinceTheirLastChange) {
  pod(150, "a", "True");
  pod(200, "b", "False");
  EXPECT_EQ(truth_.owed_since("t1", 0), 150) << "a Pod that is not ready changes nothing";
  pod(260, "b", "True");
  EXPECT_EQ(truth_.owed_since("t1", 0), 260);
}

TEST_F(LiveTruthTest, NothingIsOwedBeforeTheLastAnswerToACall) {
  pod(50, "a", "True");
  EXPECT_EQ(truth_.owed_since("t1", 0), 100);
  write({{"type", "control"}, {"t", 300}, {"t1", 310}, {"method", "api.release"}, {"result", json::object()}});
  EXPECT_EQ(truth_.owed_since("t1", 0), 310);
  write({{"type", "control"}, {"t", 400}, {"t1", 410}, {"method", "api.release"}, {"error", json::object()}});
  EXPECT_EQ(truth_.owed_since("t1", 0), 310) << "a refusal changes nothing";
}

TEST_F(LiveTruthTest, NothingIsLookedForBeforeTheEarliestMoment) {
  pod(150, "a", "True");
  EXPECT_EQ(truth_.owed_since("t1", 5000), 5000);
}

}  // namespace
}  // namespace plumbline::conformance
