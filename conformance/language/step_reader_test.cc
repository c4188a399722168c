#include "conformance/language/step_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/language/reading_of_specs.h"

namespace plumbline::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Steps, TheNameOfAStepStandsBesideItsVerb) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - send: {api: a1, requests: 1, as: traffic}
  expect: {HTTP-01: [answered: step-1]}
)")
                .problems,
            "test.yaml:9:40: 'as' stands beside 'send', not in it\n");
}

TEST(Steps, AStepOfAnotherKindIsNotCalledUnknown) {
  EXPECT_EQ(
      read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - deletePods: {pods: cls-1/default/httpbin-v1-*}
      as: gone
    - send: {api: a1, requests: 1}
  expect: {HTTP-01: [answered: gone, refused: {outcome: gone, reasons: [VpcMismatch]}]}
)")
          .problems,
      "test.yaml:12:32: step 'gone' is no window; known: step-2\n"
      "test.yaml:12:57: step 'gone' is no step that asks the candidate; known: authorise-cls-1, create, publish\n");
}

TEST(Steps, TakeNoNumbersAndWordsThatMeanSomethingElseThen) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - createTunnel: {tunnel: t2, services: [{service: cls-1/default/httpbin, port: 65536}]}
    - createTunnel: {tunnel: t3, services: [{service: cls-1/default/httpbin, port: 65535}]}
    - faultApi: {cluster: cls-1, is: refuse, verbs: [lst]}
    - faultApi: {cluster: cls-1, is: refuse, for: 0s}
  expect: {HTTP-01: [accepted: step-1]}
)")
                .problems,
            "test.yaml:9:84: a port is at most 65535\n"
            "test.yaml:11:53: 'verbs' cannot be 'lst'; did you mean 'list'?\n"
            "test.yaml:12:51: 'for' must be longer than 0\n");
}

TEST(Steps, OfWhichNobodyKnowsWhatTheyDoMayBeAnythingAndAreCounted) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - sned: {api: a1, requests: 1}
      as: traffic
    - many
    - send: {api: a1, requests: 1}
  expect: {HTTP-01: [answered: traffic, answered: step-3]}
)")
                .problems,
            "test.yaml:9:7: there is no verb 'sned'; did you mean 'send'?\n"
            "test.yaml:11:7: a step is a map with one verb, not a word\n");
}

TEST(Steps, WhatIsSentEndsInOneWay) {
  const auto problems = [](const char* fields) {
    return read(fmt::format(
                    "\n  world: {{from: httpbin}}\n  setup: tunnel-to-httpbin\n  steps:\n    - send: {{api: a1{}}}\n"
                    "  expect: {{TUN-01: [accepted: create]}}\n",
                    fields))
        .problems;
  };
  const std::string both = "test.yaml:9:13: send takes 'requests' or 'for', one of the two\n";
  EXPECT_EQ(problems(", requests: 1"), "");
  EXPECT_EQ(problems(", for: 1s"), "");
  EXPECT_EQ(problems(", background: true"), "");
  EXPECT_EQ(problems(""), both);
  EXPECT_EQ(problems(", requests: 1, for: 1s"), both);
  EXPECT_EQ(problems(", requests: 0"), "test.yaml:9:33: 1 to 1000000 requests\n");
  EXPECT_EQ(problems(", requests: 1000001"), "test.yaml:9:33: 1 to 1000000 requests\n");
  EXPECT_EQ(problems(", requests: many"), "test.yaml:9:33: 'requests' is a count, a bare number; 'many' is none\n");
  EXPECT_EQ(problems(", for: 10"), "test.yaml:9:28: 'for' is a time and needs a unit: 10ms or 10s?\n");
  EXPECT_EQ(problems(", for: 0s"), "test.yaml:9:28: 'for' must be longer than 0\n");
}

TEST(Steps, ASetOfNoPodsIsNone) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - deletePods: {pods: {of: cls-1/default/httpbin, count: 0}}
  expect: {TUN-01: [accepted: create]}
)")
                .problems,
            "test.yaml:9:61: 'count' is at least 1; without it all of them are meant\n");
}

TEST(Steps, RequestsAreSuchAsClientsCanSend) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - send: {api: a1, requests: 1, method: G T, path: /a b, headers: {X Y: "1", Z: "a\nb"}}
      as: traffic
    - exchange: {api: a1, requests: []}
    - exchange: {api: a1, requests: [{path: get}, {path: "/a#b"}]}
  expect: {HTTP-01: [answered: traffic]}
)")
                .problems,
            "test.yaml:9:44: 'G T' is no method\n"
            "test.yaml:9:55: '/a b' cannot be sent: spaces and '#' are written %20 and %23\n"
            "test.yaml:9:71: 'X Y' is no header's name\n"
            "test.yaml:9:84: a header's value is one line\n"
            "test.yaml:11:37: an exchange has at least one request\n"
            "test.yaml:12:45: 'path' begins with '/'\n"
            "test.yaml:12:58: '/a#b' cannot be sent: spaces and '#' are written %20 and %23\n");
}

TEST(Steps, NamesAreNames) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - send: {api: a1, requests: 1}
      as: traf fic
  expect: {TUN-01: [accepted: create]}
)")
                .problems,
            "test.yaml:10:11: 'as' takes a name: letters, digits, '-', '_' and '.', the first a letter or digit\n");
}

TEST(Steps, WhatGoesOnIsStoppedOnce) {
  EXPECT_EQ(
      read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - send: {api: a1, background: true}
      as: stopped
    - send: {api: a1, background: true}
      as: endless
    - stop: stopped
    - stop: stopped
  expect: {HTTP-01: [answered: stopped, answered: endless]}
)")
          .problems,
      "test.yaml:14:13: 'stopped' does not go on in the background\n"
      "test.yaml:15:51: 'endless' goes on in the background and no step stops it: what is seen of it would depend on "
      "the moment\n");
}

TEST(Steps, NounsAreAboutStepsOfTheirKind) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - send: {api: a1, requests: 1}
      as: traffic
    - exchange: {api: a1, requests: [{path: /get}]}
      as: pair
  expect:
    HTTP-01: [answered: pair, unchanged: traffic]
    TUN-01: [describes: create, settled: traffic]
    TUN-08: [lists: {outcome: create, exactly: []}]
)")
                .problems,
            "test.yaml:14:25: 'pair' is of 'exchange', and answered is about 'send'\n"
            "test.yaml:14:42: 'traffic' is of 'send', and unchanged is about 'exchange'\n"
            "test.yaml:15:25: 'create' is of 'createTunnel', and describes is about 'describeTunnel'\n"
            "test.yaml:15:42: 'traffic' is of 'send', and settled is about 'settle'\n"
            "test.yaml:16:31: 'create' is of 'createTunnel', and lists is about 'listTunnels'\n");
}

TEST(Steps, ListsThatNameNothingMeanNothing) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - faultApi: {cluster: cls-1, is: refuse, verbs: []}
    - fault: {pods: cls-1/default/httpbin-v1-*, is: stall, delay: 1s}
    - describeTunnel: t1
      as: told
  expect:
    TUN-01: [describes: {outcome: told, fields: [nme]}, describes: {outcome: told, fields: []}]
    TUN-08: [refused: {outcome: create, anyOf: [create], reasons: [NotFound]}, refused: {anyOf: [], reasons: [NotFound]}]
    INST-02: [noConnections: {to: []}, noConnections: every-pod of cls-9/default/httpbin]
)")
                .problems,
            "test.yaml:9:53: 'verbs' names at least one; without it all are meant\n"
            "test.yaml:10:67: 'delay' means nothing to stall; it is for slow\n"
            "test.yaml:14:50: there is no field 'nme'; did you mean 'name'?\n"
            "test.yaml:14:92: 'fields' names at least one\n"
            "test.yaml:15:23: refused takes 'outcome' or 'anyOf', one of the two\n"
            "test.yaml:15:97: 'anyOf' names at least one\n"
            "test.yaml:16:35: 'to' names at least one\n"
            "test.yaml:16:55: this world has no cluster 'cls-9'; did you mean 'cls-1'?\n");
}

TEST(Steps, EveryMistakenSettingOfAFaultIsSaid) {
  EXPECT_EQ(read(R"(
  world: {from: httpbin}
  setup: tunnel-to-httpbin
  steps:
    - faultApi: {cluster: cls-1, is: refuse, code: 200, share: 0%, tls: reset}
    - faultApi: {cluster: cls-1, is: slow, delay: soon}
    - faultApi: {cluster: cls-1, is: clock-skew, behind: soon}
  expect: {TUN-01: [accepted: create]}
)")
                .problems,
            "test.yaml:9:52: 'code' must be from 400 to 599\n"
            "test.yaml:9:64: 'share' must be above 0% and at most 100%\n"
            "test.yaml:9:73: 'tls' means nothing to refuse; it is for tls\n"
            "test.yaml:10:51: 'delay' is a time such as 250ms or 5s; 'soon' is none\n"
            "test.yaml:11:58: 'behind' is a time such as 250ms or 5s; 'soon' is none\n");
}

TEST(Steps, TroubleOfAnApiServerIsReadWithItsUnits) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbin}
  steps:
    - faultApi: {cluster: cls-1, is: refuse, code: 429, retryAfter: 1500ms, share: 50%, verbs: [list, watch], resources: pods, for: 5s}
    - faultApi: {cluster: cls-1, is: clock-skew, behind: 30s}
    - faultApi: {cluster: cls-1, is: delete-after-list, deletes: pods/default/web-0}
    - healApi: cls-1
    - healApi: {cluster: cls-1, is: refuse}
    - setNode: {cluster: cls-1, node: node-1, is: lost}
    - describeCluster: cls-1
  expect: {AUTH-01: [accepted: step-7]}
)");
  ASSERT_EQ(problems, "");
  const auto& steps = plans.at(0).steps;
  const world::ApiFault& refuse = std::get<FaultApi>(steps.at(0).action).fault;
  EXPECT_EQ(refuse.kind, world::FaultKind::kRefuse);
  EXPECT_EQ(refuse.code, 429);
  EXPECT_EQ(refuse.retry_after, std::chrono::seconds(2)) << "whole seconds, as the header has them";
  EXPECT_EQ(refuse.share, 0.5);
  EXPECT_EQ(refuse.verbs, (std::vector<std::string>{"list", "watch"}));
  EXPECT_EQ(refuse.resources, (std::vector<std::string>{"pods"}));
  EXPECT_EQ(refuse.lasts, std::chrono::seconds(5));
  EXPECT_EQ(std::get<FaultApi>(steps.at(1).action).fault.delay, -std::chrono::seconds(30));
  EXPECT_EQ(std::get<FaultApi>(steps.at(2).action).fault.object_name, "web-0");
  EXPECT_FALSE(std::get<HealApi>(steps.at(3).action).kind);
  EXPECT_EQ(std::get<HealApi>(steps.at(4).action).kind, world::FaultKind::kRefuse);
  EXPECT_EQ(std::get<SetNode>(steps.at(5).action).status, "Unknown");
  const auto json = to_json(plans.at(0));
  EXPECT_EQ(json["steps"][0]["is"], "refuse");
  EXPECT_EQ(json["steps"][0]["retryAfterS"], 2);
  EXPECT_EQ(json["steps"][2]["deletes"], "pods/default/web-0");
}

TEST(Steps, TroubleThatMakesNoSenseIsAMistake) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbin}
  steps:
    - faultApi: {cluster: cls-1, is: slow}
    - faultApi: {cluster: cls-1, is: flood, verbs: list}
    - faultApi: {cluster: cls-1, is: hang, share: 20}
    - faultApi: {cluster: cls-1, is: delete-after-list, deletes: web-0}
    - faultApi: {cluster: cls-1, is: watch-cut, for: 5s}
    - faultApi:
        cluster: cls-1
        is: down
        verbs: list
    - setNode: {cluster: cls-1, node: n, is: dead}
    - describeCluster: cls-1
  expect: {AUTH-01: [accepted: step-8]}
)");
  EXPECT_EQ(problems,
            "test.yaml:8:17: 'delay' must be given, and be longer than 0\n"
            "test.yaml:9:38: 'is' cannot be 'flood'; known: clock-skew, compact, delete-after-list, down, gone, hang, "
            "no-intranet, refuse, slow, stale, tls, tokens, watch-cut, watch-delay, watch-duplicate, watch-mute\n"
            "test.yaml:10:51: a share is written with its unit: 20%\n"
            "test.yaml:11:66: what is deleted is written resource/namespace/name: pods/default/web-0\n"
            "test.yaml:12:54: 'for' means nothing to watch-cut, which happens once\n"
            "test.yaml:16:16: 'verbs' means nothing to down; it is for slow, hang, refuse, tokens, gone\n"
            "test.yaml:17:46: 'is' cannot be 'dead'; known: lost, notReady, ready\n");
}

TEST(Steps, ANameThatIsMissingIsNeverSuggested) {
  const auto [plans, problems] = read(R"(
  world: {from: httpbin}
  steps:
    - createTunnel: {services: [{service: cls-1/default/httpbin, port: 8000}]}
    - describeTunnel: t
    - publish: {tunnel: t}
    - settle: a
  expect: {BIND-01: [accepted: step-1]}
)");
  EXPECT_EQ(problems,
            "test.yaml:8:21: createTunnel needs 'tunnel'\n"
            "test.yaml:10:16: publish needs 'api'\n");
}

}  // namespace
}  // namespace plumbline::conformance
