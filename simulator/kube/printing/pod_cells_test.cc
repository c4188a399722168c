// Expectations were read off tables of a kube-apiserver 1.34.
#include "simulator/kube/printing/pod_cells.h"

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

constexpr const char* kNow = "2026-11-25T20:00:00Z";

/// A Pod of two containers, with more of its spec, its status and its metadata.
PodCells cells(std::string_view status, std::string_view spec = "", std::string_view metadata = "") {
  return pod_cells(value_of(R"({"metadata":{"name":"p")" + std::string(metadata) +
                            R"(},"spec":{"containers":[{"name":"c"},{"name":"d"}])" + std::string(spec) +
                            R"(},"status":)" + std::string(status) + "}"),
                   kNow);
}

std::string containers(std::string_view c, std::string_view d, std::string_view more = "") {
  return R"({"phase":"Running","containerStatuses":[{"name":"c",)" + std::string(c) + R"(},{"name":"d",)" +
         std::string(d) + "}]" + std::string(more) + "}";
}

constexpr const char* kRuns = R"("ready":true,"state":{"running":{}})";

TEST(PodCells, CountReadyContainersAndRestarts) {
  const PodCells pod = cells(containers(R"("ready":true,"restartCount":2,"state":{"running":{}})",
                                        R"("ready":false,"restartCount":3,"state":{"running":{}},
                                           "lastState":{"terminated":{"finishedAt":"2026-11-25T19:00:00Z"}})"));
  EXPECT_EQ(pod.ready, "1/2");
  EXPECT_EQ(pod.status, "Running");
  EXPECT_EQ(pod.restarts, "5 (60m ago)");
  EXPECT_EQ(cells(R"({"phase":"Pending"})").ready, "0/2");
  EXPECT_EQ(cells(R"({"phase":"Pending"})").restarts, "0");
}

TEST(PodCells, TellWhyAContainerDoesNotRun) {
  EXPECT_EQ(cells(containers(R"("state":{"waiting":{"reason":"ImagePullBackOff"}})",
                             R"("state":{"waiting":{"reason":"ContainerCreating"}})"))
                .status,
            "ImagePullBackOff");
  EXPECT_EQ(cells(containers(R"("state":{"terminated":{"exitCode":1,"reason":"Error"}})",
                             R"("state":{"terminated":{"exitCode":3}})"))
                .status,
            "Error");
  EXPECT_EQ(cells(containers(R"("state":{"terminated":{"exitCode":3}})", kRuns)).status, "ExitCode:3");
  EXPECT_EQ(cells(containers(R"("state":{"terminated":{"exitCode":1,"signal":9}})", kRuns)).status, "Signal:9");
}

TEST(PodCells, OneThatIsDoneBesideOneThatRuns) {
  constexpr const char* kDone = R"("state":{"terminated":{"exitCode":0,"reason":"Completed"}})";
  EXPECT_EQ(cells(containers(kDone, kRuns, R"(,"conditions":[{"type":"Ready","status":"True"}])")).status, "Running");
  EXPECT_EQ(cells(containers(kDone, kRuns, R"(,"conditions":[{"type":"Ready","status":"False"}])")).status, "NotReady");
  EXPECT_EQ(cells(containers(kDone, kDone)).status, "Completed");
}

TEST(PodCells, TellHowFarInitContainersAre) {
  constexpr const char* kTwo = R"(,"initContainers":[{"name":"x"},{"name":"y"}])";
  const auto init = [](std::string_view x, std::string_view y) {
    return R"({"phase":"Pending","initContainerStatuses":[{"name":"x",)" + std::string(x) + R"(},{"name":"y",)" +
           std::string(y) + "}]}";
  };
  constexpr const char* kDone = R"("state":{"terminated":{"exitCode":0}})";
  const PodCells second = cells(init(kDone, R"("restartCount":4,"state":{"running":{}})"), kTwo);
  EXPECT_EQ(second.status, "Init:1/2");
  EXPECT_EQ(second.restarts, "4");
  EXPECT_EQ(cells(init(R"("state":{"waiting":{"reason":"PodInitializing"}})", kDone), kTwo).status, "Init:0/2");
  EXPECT_EQ(cells(init(R"("state":{"waiting":{"reason":"CrashLoopBackOff"}})", kDone), kTwo).status,
            "Init:CrashLoopBackOff");
  EXPECT_EQ(cells(init(R"("state":{"terminated":{"exitCode":2}})", kDone), kTwo).status, "Init:ExitCode:2");
  EXPECT_EQ(cells(init(R"("state":{"terminated":{"exitCode":2,"signal":9}})", kDone), kTwo).status, "Init:Signal:9");
  EXPECT_EQ(cells(init(kDone, kDone), kTwo).status, "Pending");
}

TEST(PodCells, SidecarsCountAsContainers) {
  const PodCells pod = cells(R"({"phase":"Running","initContainerStatuses":[
      {"name":"x","started":true,"ready":true,"restartCount":1,"state":{"running":{}}}],
      "containerStatuses":[{"name":"c","ready":true,"restartCount":2,"state":{"running":{}}}]})",
                             R"(,"initContainers":[{"name":"x","restartPolicy":"Always"}])");
  EXPECT_EQ(pod.ready, "2/3");
  EXPECT_EQ(pod.restarts, "3");
}

TEST(PodCells, ThoseThatGoAreTerminatingUntilTheyAreDone) {
  constexpr const char* kGoes = R"(,"deletionTimestamp":"2026-11-25T20:00:30Z")";
  EXPECT_EQ(cells(R"({"phase":"Running"})", "", kGoes).status, "Terminating");
  EXPECT_EQ(cells(R"({"phase":"Succeeded"})", "", kGoes).status, "Succeeded");
  EXPECT_EQ(cells(R"({"phase":"Running","reason":"NodeLost"})", "", kGoes).status, "Unknown");
}

TEST(PodCells, ReasonsOfThePodItself) {
  EXPECT_EQ(cells(R"({"phase":"Failed","reason":"Evicted"})").status, "Evicted");
  EXPECT_EQ(cells(R"({"phase":"Pending","conditions":[{"type":"PodScheduled","reason":"SchedulingGated"}]})").status,
            "SchedulingGated");
}

TEST(PodCells, CountReadinessGates) {
  constexpr const char* kGates = R"(,"readinessGates":[{"conditionType":"g"},{"conditionType":"h"}])";
  EXPECT_EQ(cells(R"({"conditions":[{"type":"g","status":"True"}]})", kGates).readiness, "1/2");
  EXPECT_EQ(cells("{}").readiness, "<none>");
}

}  // namespace
}  // namespace plumbline::kube
