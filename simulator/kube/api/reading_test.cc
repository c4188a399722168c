// What is read into an object of a kind, what is refused, and in which words; read off a kube-apiserver 1.34.
#include "simulator/kube/api/fixture.h"

namespace plumbline::kube {
namespace {

class ReadingTest : public OperationsTest {
 protected:
  ObjectPtr map_ = create(KindId::kConfigMap, "web", R"({"metadata":{"name":"m"},"data":{"a":"1"}})");

  Failure patch_refused(PatchType format, std::string_view patch, const WriteOptions& options = {}) {
    const auto patched = operations_.patch(map_->key(), format, value_of(patch), options);
    EXPECT_FALSE(patched) << patch;
    return patched ? Failure{} : patched.error();
  }
  Failure update_refused(std::string_view object) {
    const auto updated = operations_.update(map_->key(), value_of(object));
    EXPECT_FALSE(updated) << object;
    return updated ? Failure{} : updated.error();
  }
};

TEST_F(ReadingTest, WhatSaysThatItIsOfAnotherKindIsNotRead) {
  const auto message = [this](std::string_view object) {
    const Failure failure = refused(KindId::kService, "web", object);
    EXPECT_EQ(failure.code, 400);
    return failure.message;
  };
  EXPECT_EQ(message(R"({"kind":"Pod","apiVersion":"v1"})"),
            "Pod in version \"v1\" cannot be handled as a Service: converting (v1.Pod) to (core.Service): unknown "
            "conversion");
  EXPECT_EQ(message(R"({"apiVersion":"v2"})"),
            "Service in version \"v2\" cannot be handled as a Service: no kind \"Service\" is registered for version "
            "\"v2\" in scheme \"pkg/runtime/scheme.go:110\"");
  EXPECT_EQ(
      message(R"({"kind":"Nope"})"),
      "Nope in version \"v1\" cannot be handled as a Service: no kind \"Nope\" is registered for version \"v1\" in "
      "scheme \"pkg/runtime/scheme.go:110\"");
  EXPECT_EQ(message(R"({"apiVersion":"apps/v1"})"),
            "Service in version \"v1\" cannot be handled as a Service: no kind \"Service\" is registered for version "
            "\"apps/v1\" in scheme \"pkg/runtime/scheme.go:110\"");
  EXPECT_EQ(
      message(R"({"metadata":{"name":"a"},"spec":"text"})"),
      "Service in version \"v1\" cannot be handled as a Service: json: cannot unmarshal string into Go struct field "
      "Service.spec of type v1.ServiceSpec");
}

TEST_F(ReadingTest, UnknownFieldsAreLeftOutWarnedOfOrRefused) {
  constexpr const char* kUnknown = R"({"metadata":{"name":"n"},"zoo":1,"data":{"a":"b"}})";
  std::vector<std::string> warnings;
  WriteOptions warns;
  warns.validation = FieldValidation::kWarn;
  warns.duplicates = {"data.a"};
  warns.warnings = &warnings;
  const ObjectPtr made = create(KindId::kConfigMap, "web", kUnknown, warns);
  EXPECT_FALSE(made->value().contains("zoo"));
  EXPECT_EQ(warnings, (std::vector<std::string>{"unknown field \"zoo\"", "duplicate field \"data.a\""}));

  WriteOptions strict = warns;
  strict.validation = FieldValidation::kStrict;
  const Failure failure = refused(KindId::kConfigMap, "web", kUnknown, strict);
  EXPECT_EQ(failure.code, 400);
  EXPECT_EQ(
      failure.message,
      "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"zoo\", "
      "duplicate field \"data.a\"");
  WriteOptions ignores = warns;
  ignores.validation = FieldValidation::kIgnore;
  warnings.clear();
  create(KindId::kConfigMap, "web", R"({"metadata":{"name":"o"},"zoo":1})", ignores);
  EXPECT_TRUE(warnings.empty());
}

TEST_F(ReadingTest, APatchedObjectThatIsNoneOfItsKindIsTheMistakeOfThePatch) {
  const Failure merge = patch_refused(PatchType::kMerge, R"({"data":5,"metadata":{"labels":{"x":"y"}}})");
  EXPECT_EQ(merge.code, 422);
  EXPECT_EQ(merge.details["causes"].front()["field"], "patch");
  EXPECT_FALSE(merge.details.contains("kind"));
  EXPECT_TRUE(merge.message.starts_with(R"( "" is invalid: patch: Invalid value: "{\"apiVersion\":\"v1\",\"data\":5,)"))
      << merge.message;
  EXPECT_TRUE(merge.message.ends_with(
      "json: cannot unmarshal number into Go struct field ConfigMap.data of type map[string]string"))
      << merge.message;
  const Failure strategic = patch_refused(PatchType::kStrategic, R"({"data":["x"]})");
  EXPECT_EQ(
      strategic.message,
      " \"\" is invalid: patch: Invalid value: \"map[data:[x]]\": json: cannot unmarshal array into Go struct field "
      "ConfigMap.data of type map[string]string");
  EXPECT_TRUE(patch_refused(PatchType::kMerge, R"({"kind":"Pod"})")
                  .message.ends_with("converting (v1.Pod) to (core.ConfigMap): unknown conversion"));
  WriteOptions strict;
  strict.validation = FieldValidation::kStrict;
  EXPECT_TRUE(patch_refused(PatchType::kMerge, R"({"zoo":1})", strict)
                  .message.ends_with("strict decoding error: unknown field \"zoo\""));
  EXPECT_EQ(patch_refused(PatchType::kJson, R"([{"op":"replace","path":"","value":[]}])").code, 422);
}

TEST_F(ReadingTest, AnUpdateNamesItsObjectAndNoOther) {
  for (const char* nameless : {R"({"metadata":{}})", "{}"}) {
    const Failure failure = update_refused(nameless);
    EXPECT_EQ(failure.code, 400);
    EXPECT_EQ(failure.message, "the name of the object (m based on URL) was undeterminable: name must be provided");
  }
  EXPECT_EQ(patch_refused(PatchType::kMerge, R"({"metadata":null})").message,
            "the name of the object (m based on URL) was undeterminable: name must be provided");
  EXPECT_EQ(update_refused(R"({"metadata":{"name":"n"}})").message,
            "the name of the object (n) does not match the name on the URL (m)");
  EXPECT_EQ(update_refused(R"({"metadata":{"name":"m","namespace":"n"}})").message,
            "the namespace of the provided object does not match the namespace sent on the request");
  const Failure uid = update_refused(R"({"metadata":{"name":"m","uid":"another"}})");
  EXPECT_EQ(uid.code, 409);
  EXPECT_EQ(uid.message,
            "Operation cannot be fulfilled on configmaps \"m\": StorageError: invalid object, Code: 4, Key: "
            "/registry/configmaps/web/m, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in "
            "precondition: another, UID in object meta: " +
                map_->uid());
}

TEST_F(ReadingTest, WhatTheServerKeepsOfAnObjectIsNotTheClientsToSay) {
  const auto updated = operations_.update(map_->key(), value_of(R"({"metadata":{"name":"m","generateName":"x",
    "creationTimestamp":"2020-01-01T00:00:00Z","generation":5}})"));
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ((*updated)->at("metadata.creationTimestamp"), map_->at("metadata.creationTimestamp"));
  EXPECT_FALSE((*updated)->at("metadata").contains("generation"));
  EXPECT_EQ((*updated)->uid(), map_->uid());
  EXPECT_FALSE((*updated)->value().contains("data"));
  const ObjectPtr made =
      create(KindId::kConfigMap, "web", R"({"metadata":{"name":"n","uid":"mine","resourceVersion":"0",
    "deletionTimestamp":"2020-01-01T00:00:00Z"}})");
  EXPECT_NE(made->uid(), "mine");
  EXPECT_FALSE(made->deleting());
}

TEST_F(ReadingTest, ObjectsThatHaveAVersionAreNotCreated) {
  const Failure failure = refused(KindId::kConfigMap, "web", R"({"metadata":{"name":"n","resourceVersion":"5"}})");
  EXPECT_EQ(failure.code, 500);
  EXPECT_EQ(failure.message, "resourceVersion should not be set on objects to be created");
}

TEST_F(ReadingTest, ANamespaceOnItsWayOutTakesNothingIn) {
  ASSERT_TRUE(operations_.remove({KindId::kNamespace, "", "web"}));
  const Failure failure = refused(KindId::kConfigMap, "web", R"({"metadata":{"name":"n"}})");
  EXPECT_EQ(failure.code, 403);
  EXPECT_EQ(
      failure.message,
      "configmaps \"n\" is forbidden: unable to create new content in namespace web because it is being terminated");
  EXPECT_EQ(failure.details["causes"].front()["reason"], "NamespaceTerminating");
}

TEST_F(ReadingTest, NamesAreGeneratedBeforeTheyAreJudged) {
  const ObjectPtr space = create(KindId::kNamespace, "", R"({"metadata":{"generateName":"team-"}})");
  EXPECT_TRUE(space->name().starts_with("team-"));
  EXPECT_EQ(space->labels()["kubernetes.io/metadata.name"], space->name());
  const Failure failure = refused(KindId::kConfigMap, "web", R"({"metadata":{"generateName":"A_"}})");
  EXPECT_EQ(failure.details["causes"][0]["field"], "metadata.generateName");
  EXPECT_EQ(failure.details["causes"][1]["field"], "metadata.name");
  EXPECT_EQ(refused(KindId::kConfigMap, "web", "{}").message,
            "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required");
}

}  // namespace
}  // namespace plumbline::kube
