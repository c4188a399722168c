#include "simulator/kube/merge/ownership.h"

#include <gtest/gtest.h>

#include "simulator/kube/schema/builtin.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

// What is expected here was seen at a kube-apiserver 1.34.4; `make interop-real` compares on.

Value json(std::string_view text) {
  const Reading reading = read_text(text);
  EXPECT_TRUE(reading.value) << reading.mistake << "\n" << text;
  return reading.value.value_or(Value());
}

const Type* deployment_type() { return builtin_type("Deployment"); }
const Type* map_type() { return builtin_type("ConfigMap"); }

Value config_map(std::string_view data, std::string_view metadata = "") {
  return json(std::string(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c")") + std::string(metadata) +
              R"(},"data":)" + std::string(data) + "}");
}

/// One object, and everybody who writes to it, a second apart.
class Ownership : public testing::Test {
 protected:
  Value next_time() { return "2026-01-01T00:00:0" + std::to_string(second_++) + "Z"; }

  void update(const std::string& manager, const Value& after) {
    const Value managed = managed_after_update(object_, after, type_, object_.at("metadata.managedFields"),
                                               {manager, "v1", ""}, next_time());
    object_ = after;
    object_["metadata"]["managedFields"] = managed;
  }
  /// "" or what the refusal says.
  std::string apply_as(const std::string& manager, const Value& config, bool force = false) {
    auto applied = apply(object_, config, type_, {manager, "v1", ""}, force, next_time());
    if (!applied) {
      refusal_ = applied.error();
      return applied.error().message;
    }
    object_ = applied->object;
    object_["metadata"]["managedFields"] = applied->managed;
    return "";
  }
  /// Fields of one manager as text; "" when it has no entry.
  std::string fields_of_manager(std::string_view manager) const {
    for (const Value& entry : object_.at("metadata.managedFields"))
      if (entry["manager"] == manager) return to_text(entry["fieldsV1"]);
    return "";
  }

  const Type* type_ = map_type();
  Value object_;
  Failure refusal_;
  int second_ = 0;
};

TEST_F(Ownership, OfWhatIsCreatedIsTheCreatorsButForNamesAndWhatIsTheServers) {
  update("one",
         config_map(R"({"a":"1","b":"2"})", R"(,"labels":{"x":"y"},"uid":"u","resourceVersion":"7","generation":1)"));
  EXPECT_EQ(fields_of_manager("one"),
            R"({"f:data":{".":{},"f:a":{},"f:b":{}},"f:metadata":{"f:labels":{".":{},"f:x":{}}}})");
  const Value& entry = object_.at("metadata.managedFields")[0];
  EXPECT_EQ(entry["operation"], "Update");
  EXPECT_EQ(entry["apiVersion"], "v1");
  EXPECT_EQ(entry["time"], "2026-01-01T00:00:00Z");
}

TEST_F(Ownership, GoesOverWithAChangeAndEndsWithTheField) {
  update("one", config_map(R"({"a":"1","b":"2","c":"3"})"));
  update("two", config_map(R"({"a":"9","c":"3"})"));
  EXPECT_EQ(fields_of_manager("one"), R"({"f:data":{".":{},"f:c":{}}})");
  EXPECT_EQ(fields_of_manager("two"), R"({"f:data":{"f:a":{}}})");
  update("one", config_map(R"({"a":"9"})"));
  EXPECT_EQ(fields_of_manager("one"), R"({"f:data":{}})");
}

TEST_F(Ownership, ChangesItsTimeOnlyWhenSomethingIsTaken) {
  update("one", config_map(R"({"a":"1"})"));
  const Value before = object_;
  update("one", object_);
  update("two", object_);
  EXPECT_EQ(object_, before);
}

TEST_F(Ownership, OfTheOldestUpdatersBecomesOneEntry) {
  std::string data = R"({"first":"1")";
  update("m0", config_map(data + "}"));
  for (int i = 1; i < 13; ++i) {
    data += ",\"k" + std::to_string(i) + "\":\"v\"";
    second_ = i % 10;  // several at one time: then by name
    update("m" + std::to_string(i), config_map(data + "}"));
  }
  const Value& managed = object_.at("metadata.managedFields");
  ASSERT_EQ(managed.size(), 10U);
  EXPECT_NE(fields_of_manager("ancient-changes"), "");
  EXPECT_EQ(fields_of_manager("m0"), "");
}

TEST_F(Ownership, IsNoLongerKeptOnceAClientHasTakenAllEntriesAway) {
  update("one", config_map(R"({"a":"1"})"));
  const Value managed =
      managed_after_update(object_, config_map(R"({"a":"2"})"), type_, json("[{}]"), {"two", "v1", ""}, next_time());
  EXPECT_EQ(managed, Value::array());
  object_ = config_map(R"({"a":"2"})");
  EXPECT_EQ(apply_as("kk", config_map(R"({"a":"2"})")), "");
  EXPECT_EQ(fields_of_manager("before-first-apply"), R"({"f:data":{".":{},"f:a":{}}})");
  EXPECT_EQ(apply_as("kk", config_map(R"({"a":"3"})")),
            R"(Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a)");
}

TEST_F(Ownership, OfAppliedFieldsIsShared) {
  EXPECT_EQ(apply_as("one", config_map(R"({"a":"1"})")), "");
  EXPECT_EQ(apply_as("two", config_map(R"({"a":"1","b":"2"})")), "");
  EXPECT_EQ(fields_of_manager("one"), R"({"f:data":{"f:a":{}}})");
  EXPECT_EQ(fields_of_manager("two"), R"({"f:data":{"f:a":{},"f:b":{}}})");
  // What one owner leaves out stays as long as another has it.
  EXPECT_EQ(apply_as("two", config_map(R"({"c":"3"})")), "");
  EXPECT_EQ(object_["data"], json(R"({"a":"1","c":"3"})"));
  EXPECT_EQ(apply_as("one", config_map("{}")), "");
  EXPECT_EQ(object_["data"], json(R"({"c":"3"})"));
}

TEST_F(Ownership, OfTheLastLabelEndsAndTheNameStays) {
  EXPECT_EQ(apply_as("one", config_map(R"({"a":"1"})", R"(,"labels":{"x":"y"})")), "");
  EXPECT_EQ(apply_as("one", config_map(R"({"a":"1"})")), "");
  EXPECT_EQ(object_["metadata"]["name"], "c");
  EXPECT_FALSE(std::as_const(object_)["metadata"].contains("labels"));
  EXPECT_EQ(fields_of_manager("one"), R"({"f:data":{"f:a":{}}})");
}

TEST_F(Ownership, OfAnotherIsAConflictUnlessForced) {
  update("one", config_map(R"({"a":"1","b":"2"})"));
  EXPECT_EQ(apply_as("two", config_map(R"({"a":"1","b":"9"})")),
            R"(Apply failed with 1 conflict: conflict with "one" using v1: .data.b)");
  EXPECT_EQ(refusal_.code, 409);
  EXPECT_EQ(
      refusal_.details["causes"],
      json(R"([{"reason":"FieldManagerConflict","message":"conflict with \"one\" using v1","field":".data.b"}])"));
  EXPECT_EQ(apply_as("two", config_map(R"({"a":"8","b":"9"})")),
            "Apply failed with 2 conflicts: conflicts with \"one\" using v1:\n- .data.a\n- .data.b");
  EXPECT_EQ(apply_as("two", config_map(R"({"a":"8","b":"9"})"), true), "");
  EXPECT_EQ(fields_of_manager("one"), R"({"f:data":{}})");
  EXPECT_EQ(fields_of_manager("two"), R"({"f:data":{"f:a":{},"f:b":{}}})");
}

TEST_F(Ownership, OfWhatKubectlAppliedInItsOlderWayIsKubectls) {
  const std::string last =
      R"({\"apiVersion\":\"v1\",\"data\":{\"a\":\"1\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}})";
  update("kubectl-client-side-apply",
         config_map(R"({"a":"1","z":"1"})",
                    R"(,"annotations":{"kubectl.kubernetes.io/last-applied-configuration":")" + last + "\"}"));
  EXPECT_NE(apply_as("other", config_map(R"({"a":"2"})")), "");
  EXPECT_EQ(apply_as("kubectl", config_map(R"({"a":"2"})")), "");
  EXPECT_EQ(object_.at("data.a"), "2");
  EXPECT_EQ(object_["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"],
            "{\"apiVersion\":\"v1\",\"data\":{\"a\":\"2\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}\n");
  EXPECT_NE(apply_as("kubectl", config_map(R"({"z":"2"})")), "") << "what was not applied is not kubectl's";
}

class DeploymentOwnership : public Ownership {
 protected:
  DeploymentOwnership() { type_ = deployment_type(); }
  static Value deployment(std::string_view containers) {
    return json(
        R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"template":{"spec":{"containers":)" +
        std::string(containers) + "}}}}");
  }
  std::string containers() const { return to_text(object_.at("spec.template.spec.containers")); }
};

TEST_F(DeploymentOwnership, OfItemsIsByTheirKeysWithPresets) {
  EXPECT_EQ(apply_as("one", deployment(R"([{"name":"c","ports":[{"containerPort":80}]}])")), "");
  EXPECT_EQ(fields_of_manager("one"),
            R"({"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:name":{},"f:ports":{)"
            R"("k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}}})");
}

TEST_F(DeploymentOwnership, OfAnItemEndsWithItButNotWhatOthersAddedToIt) {
  EXPECT_EQ(apply_as("one", deployment(R"([{"name":"a","image":"1"},{"name":"b","image":"1"}])")), "");
  EXPECT_EQ(apply_as("two", deployment(R"([{"name":"b","tty":true}])")), "");
  EXPECT_EQ(apply_as("one", deployment(R"([{"name":"a","image":"1"}])")), "");
  EXPECT_EQ(containers(), R"([{"image":"1","name":"a"},{"name":"b","tty":true}])");
  EXPECT_EQ(apply_as("two", deployment("[]")), "");
  EXPECT_EQ(containers(), R"([{"image":"1","name":"a"}])");
}

TEST_F(DeploymentOwnership, KeepsTheOrderOfBoth) {
  struct Case {
    const char *live, *applied, *both;
  };
  for (const Case& each :
       {Case{"ab", "bc", "abc"}, Case{"abc", "cba", "cba"}, Case{"abc", "d", "abcd"}, Case{"abcd", "dxa", "bcdxa"},
        Case{"", "ab", "ab"}, Case{"ab", "", "ab"}, Case{"axb", "ba", "xba"}}) {
    const auto list = [](std::string_view names) {
      Value items = Value::array();
      for (const char name : names) items.push_back({{"name", std::string(1, name)}});
      return to_text(items);
    };
    object_ = deployment(list(each.live));
    object_["metadata"]["managedFields"] =
        json(R"([{"manager":"x","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:z":{}}}])");
    EXPECT_EQ(apply_as("one", deployment(list(each.applied))), "");
    EXPECT_EQ(containers(), list(each.both)) << each.live << " with " << each.applied;
  }
}

TEST_F(DeploymentOwnership, NeedsAConfigOfItsType) {
  const auto mistake = [this](std::string_view containers) {
    const std::string words = apply_as("one", deployment(containers));
    EXPECT_EQ(refusal_.code, 500);
    const std::string start =
        "failed to create typed patch object (/d; apps/v1, Kind=Deployment): .spec.template.spec.containers";
    EXPECT_TRUE(words.starts_with(start)) << words;
    return words.substr(std::min(start.size(), words.size()));
  };
  EXPECT_EQ(mistake(R"([{"name":"c","imagee":"x"}])"), R"([name="c"].imagee: field not declared in schema)");
  EXPECT_EQ(mistake(R"([{"name":"c"},{"name":"c"}])"), R"(: duplicate entries for key [name="c"])");
  EXPECT_EQ(mistake(R"([{"name":"c","image":7}])"),
            R"([name="c"].image: expected string, got &value.valueUnstructured{Value:7})");
  EXPECT_EQ(mistake(R"([7])"), ": element 0: associative list with keys may not have non-map elements");
  EXPECT_EQ(mistake(R"({})"), ": expected list, got &{map[]}");
}

TEST(ManagerOfUserAgent, IsWhatStandsBeforeTheSlash) {
  EXPECT_EQ(manager_of_user_agent("kubectl/v1.34 (linux/amd64)"), "kubectl");
  EXPECT_EQ(manager_of_user_agent("python"), "python");
  EXPECT_EQ(manager_of_user_agent("a\nb/1"), "ab");
  EXPECT_EQ(manager_of_user_agent(std::string(300, 'x')).size(), 128U);
}

}  // namespace
}  // namespace plumbline::kube
