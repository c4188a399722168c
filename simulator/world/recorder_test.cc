#include "simulator/world/recorder.h"

#include <gtest/gtest.h>

namespace plumbline::world {
namespace {

class Sink : public wire::HistorySink {
 public:
  explicit Sink(bool wanted) : wanted_(wanted) {}
  void write(const nlohmann::json& record) override { types += record.at("type").get<std::string>() + " "; }
  bool wanted() const override { return wanted_; }
  std::string types;

 private:
  bool wanted_;
};

std::string written(bool wanted) {
  const auto now = [] { return std::int64_t{5}; };
  pods::Journal journal(now);
  Sink sink(wanted);
  Recorder recorder(now, journal, sink);
  const ClusterId cluster("cls-1");
  recorder.change(cluster, {"Pod", "ADDED", 3, {{"metadata", {{"name", "p"}}}}});
  recorder.change(cluster, {"Secret", "ADDED", 4, {{"metadata", {{"name", "s"}}}}});
  recorder.audit(cluster, {"u", "get", "pods", "web", "p", "/api/v1/namespaces/web/pods/p", 200, "10.0.0.1"});
  return sink.types;
}

TEST(Recorder, WritesWhatChecksAskAndTheAuditLog) { EXPECT_EQ(written(true), "object audit "); }

TEST(Recorder, MakesNothingThatNobodyReads) { EXPECT_EQ(written(false), ""); }

}  // namespace
}  // namespace plumbline::world
