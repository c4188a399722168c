// The words were read off a kube-apiserver 1.34.
#include "simulator/kube/schema/conform.h"

#include "simulator/kube/schema/builtin.h"
#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

struct Result {
  Value value;
  Conformed conformed;
};

Result read(std::string_view type, std::string_view text) {
  Result result{value_of(text), {}};
  result.conformed = conform(*builtin_type(type), result.value);
  return result;
}

std::string mistake(std::string_view type, std::string_view text) {
  const Result result = read(type, text);
  EXPECT_NE(result.conformed.mistake, "") << text;
  return result.conformed.mistake;
}

/// A Pod with one container that has `fields`.
std::string container(std::string_view fields) {
  return R"({"spec":{"containers":[{"name":"c",)" + std::string(fields) + "}]}}";
}

Value kept(std::string_view type, std::string_view text) {
  const Result result = read(type, text);
  EXPECT_EQ(result.conformed.mistake, "") << text;
  return result.value;
}

TEST(Conform, NamesUnknownFieldsByTheirPathsAndLeavesThemOut) {
  const Result result = read("Pod", R"({"kind":"Pod","apiVersion":"v1","zoo":5,"spec":{"foo":1,"bar":null,"containers":[
    {"name":"a"},{"name":"c","bar":{"x":1},"ports":[{"containerPort":1,"zip":2}]}]}})");
  EXPECT_EQ(result.conformed.unknown, (std::vector<std::string>{"spec.bar", "spec.containers[1].bar",
                                                                "spec.containers[1].ports[0].zip", "spec.foo", "zoo"}));
  EXPECT_EQ(result.conformed.mistake, "");
  EXPECT_EQ(result.value, value_of(R"({"kind":"Pod","apiVersion":"v1","spec":{"containers":[
    {"name":"a"},{"name":"c","ports":[{"containerPort":1}]}]}})"));
}

TEST(Conform, WrongFormsAreTheWordsOfGo) {
  EXPECT_EQ(mistake("Pod", R"({"metadata":"a"})"),
            "json: cannot unmarshal string into Go struct field Pod.metadata of type v1.ObjectMeta");
  EXPECT_EQ(mistake("Pod", R"({"spec":{"containers":{}}})"),
            "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container");
  EXPECT_EQ(mistake("Pod", R"({"spec":{"containers":["x"]}})"),
            "json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container");
  EXPECT_EQ(mistake("Pod", container(R"("image":1)")),
            "json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string");
  EXPECT_EQ(mistake("Pod", container(R"("command":[1])")),
            "json: cannot unmarshal number into Go struct field Container.spec.containers.command of type string");
  EXPECT_EQ(mistake("Pod", container(R"("command":"x")")),
            "json: cannot unmarshal string into Go struct field Container.spec.containers.command of type []string");
  EXPECT_EQ(mistake("Pod", R"({"spec":{"hostNetwork":"true"}})"),
            "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool");
  EXPECT_EQ(
      mistake("Deployment", R"({"spec":{"template":[]}})"),
      "json: cannot unmarshal array into Go struct field DeploymentSpec.spec.template of type v1.PodTemplateSpec");
}

TEST(Conform, WrongFormsOfMapsNameTheMapOnly) {
  EXPECT_EQ(mistake("Pod", R"({"metadata":{"labels":{"x":1}}})"),
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string");
  EXPECT_EQ(mistake("Pod", R"({"metadata":{"labels":["x"]}})"),
            "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string");
  EXPECT_EQ(mistake("Secret", R"({"data":["a"]})"),
            "json: cannot unmarshal array into Go struct field Secret.data of type map[string][]uint8");
  EXPECT_EQ(
      mistake("Pod", container(R"("resources":{"limits":["cpu"]})")),
      "json: cannot unmarshal array into Go struct field ResourceRequirements.spec.containers.resources.limits of "
      "type v1.ResourceList");
}

TEST(Conform, NumbersMustFitTheirBits) {
  const auto port = [](std::string_view number) {
    return container(R"("ports":[{"containerPort":)" + std::string(number) + "}]");
  };
  EXPECT_EQ(mistake("Pod", port("\"80\"")),
            "json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of "
            "type int32");
  EXPECT_EQ(mistake("Pod", port("1.5")),
            "json: cannot unmarshal number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort "
            "of type int32");
  EXPECT_EQ(mistake("Pod", port("2147483648")),
            "json: cannot unmarshal number 2147483648 into Go struct field "
            "ContainerPort.spec.containers.ports.containerPort of type int32");
  EXPECT_EQ(read("Pod", port("2147483647")).conformed.mistake, "");
  EXPECT_EQ(read("Pod", R"({"spec":{"terminationGracePeriodSeconds":9223372036854775807}})").conformed.mistake, "");
  EXPECT_EQ(mistake("Pod", R"({"spec":{"terminationGracePeriodSeconds":"x"}})"),
            "json: cannot unmarshal string into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type "
            "int64");
}

TEST(Conform, IntOrStringIsEither) {
  const auto target = [](std::string_view value) {
    return R"({"spec":{"ports":[{"port":80,"targetPort":)" + std::string(value) + "}]}}";
  };
  EXPECT_EQ(kept("Service", target("\"http\"")).at("spec.ports")[0]["targetPort"], "http");
  EXPECT_EQ(kept("Service", target("8080")).at("spec.ports")[0]["targetPort"], Value(8080));
  EXPECT_EQ(mistake("Service", target("true")),
            "json: cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32");
  EXPECT_EQ(mistake("Service", target("1.5")),
            "json: cannot unmarshal number 1.5 into Go struct field ServicePort.spec.ports.targetPort of type int32");
}

TEST(Conform, QuantitiesBecomeTexts) {
  const Value pod = kept("Pod", container(R"("resources":{"limits":{"cpu":1,"memory":"1.5Gi"}})"));
  EXPECT_EQ(pod.at("spec.containers")[0].at("resources.limits"), (Value{{"cpu", "1"}, {"memory", "1.5Gi"}}));
  for (const char* cpu : {"\"abc\"", "{}", "true", "\"\""})
    EXPECT_EQ(mistake("Pod", container(R"("resources":{"limits":{"cpu":)" + std::string(cpu) + "}}")),
              "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        << cpu;
}

TEST(Conform, TimesAndBytesAreReadToo) {
  EXPECT_EQ(mistake("Pod", R"({"metadata":{"creationTimestamp":"x"}})"),
            "parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\"");
  EXPECT_EQ(mistake("Pod", R"({"metadata":{"creationTimestamp":5}})"),
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string");
  EXPECT_EQ(mistake("Lease", R"({"spec":{"renewTime":"x"}})"),
            "parsing time \"x\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"x\" as \"2006\"");
  EXPECT_EQ(mistake("Secret", R"({"data":{"a":"%%"}})"), "illegal base64 data at input byte 0");
  EXPECT_EQ(mistake("Secret", R"({"data":{"a":5}})"),
            "json: cannot unmarshal number into Go struct field Secret.data of type []uint8");
  EXPECT_EQ(kept("Secret", R"({"data":{"a":"YW\nI="}})"), value_of(R"({"data":{"a":"YWI="}})"));
}

TEST(Conform, OnlyTheFirstMistakeIsTold) {
  EXPECT_EQ(mistake("Pod", R"({"metadata":{"labels":{"x":1}},"spec":{"containers":{}}})"),
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string");
}

TEST(Conform, NullAndEmptyMeanAbsent) {
  EXPECT_EQ(kept("Pod", R"({"metadata":{"name":"a","annotations":null,"finalizers":[],"ownerReferences":[],"labels":{}},
    "spec":{"securityContext":null,"nodeSelector":{},"tolerations":[],"containers":[
      {"name":"c","args":[],"resources":{"limits":{"cpu":"1"},"requests":{}}}]},"status":null})"),
            value_of(R"({"metadata":{"name":"a"},
    "spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"1"}}}]}})"));
}

TEST(Conform, EmptyObjectsAndRequiredListsStay) {
  EXPECT_EQ(kept("Pod", R"({"spec":{"securityContext":{},"containers":[]}})"),
            value_of(R"({"spec":{"securityContext":{},"containers":[]}})"));
}

TEST(Conform, NullInsideOfListsAndMapsIsTheEmptyValue) {
  EXPECT_EQ(kept("ConfigMap", R"({"data":{"a":null},"metadata":{"labels":{"x":null}}})"),
            value_of(R"({"data":{"a":""},"metadata":{"labels":{"x":""}}})"));
  EXPECT_EQ(kept("Secret", R"({"data":{"a":null}})"), value_of(R"({"data":{"a":""}})"));
  EXPECT_EQ(kept("Pod", container(R"("command":[null,"x"])")), value_of(container(R"("command":["","x"])")));
}

TEST(Conform, WhatNeedsNoChangeStaysShared) {
  const Value before = value_of(container(R"("image":"i","ports":[{"containerPort":80}])"));
  Value after = before;
  (void)conform(*builtin_type("Pod"), after);
  EXPECT_TRUE(after.same_as(before));
}

TEST(FillIn, GivesPresetsAtEveryDepthAndChangesNothingElse) {
  Value pod =
      value_of(container(R"("image":"i","ports":[{"containerPort":80},{"containerPort":81,"protocol":"UDP"}])"));
  fill_in(*builtin_type("Pod"), pod);
  EXPECT_EQ(pod.at("spec.restartPolicy"), "Always");
  EXPECT_EQ(pod.at("spec.terminationGracePeriodSeconds"), Value(30));
  const Value& c = pod.at("spec.containers")[0];
  EXPECT_EQ(c["terminationMessagePolicy"], "File");
  EXPECT_EQ(c["ports"], value_of(R"([{"containerPort":80,"protocol":"TCP"},{"containerPort":81,"protocol":"UDP"}])"));
  const Value once = pod;
  fill_in(*builtin_type("Pod"), pod);
  EXPECT_TRUE(pod.same_as(once)) << "what is full stays shared";
}

}  // namespace
}  // namespace plumbline::kube
