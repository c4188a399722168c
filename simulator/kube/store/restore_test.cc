#include <gtest/gtest.h>

#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {
namespace {

class RestoreTest : public StoreTest {
 protected:
  static Value recorded(const std::string& name, const std::string& uid, int version, Value owner = nullptr) {
    Value made = pod("d", name, {{"app", "x"}});
    made["metadata"]["uid"] = uid;
    made["metadata"]["resourceVersion"] = std::to_string(version);
    made["metadata"]["creationTimestamp"] = "2020-02-02T02:02:02Z";
    if (!owner.is_null()) made["metadata"]["ownerReferences"] = Value::array({{{"uid", owner}}});
    return made;
  }
  int code(Op op, Value object) {
    const auto done = store_.restore(op, KindId::kPod, std::move(object));
    return done ? 200 : done.error().code;
  }
};

TEST_F(RestoreTest, KeepsWhatTheOtherStoreGave) {
  std::vector<std::string> seen;
  const auto watching = store_.subscribe([&seen](const Event& event) {
    seen.push_back(std::string(to_string(event.op)) + " " + event.object->name() + " " +
                   std::to_string(event.object->resource_version()) + (event.previous ? " was" : ""));
  });
  ASSERT_EQ(200, code(Op::kAdded, recorded("a", "u1", 40)));
  ASSERT_EQ(200, code(Op::kModified, recorded("a", "u1", 50, "owner")));
  const ObjectPtr a = store_.find(KindId::kPod, "d", "a");
  ASSERT_TRUE(a);
  EXPECT_EQ("u1", a->uid());
  EXPECT_EQ("2020-02-02T02:02:02Z", a->text("metadata.creationTimestamp"));
  EXPECT_EQ(50U, store_.resource_version());
  EXPECT_EQ(a, store_.find_uid("u1"));
  EXPECT_EQ(std::vector<ObjectPtr>{a}, store_.owned_by("owner"));
  ASSERT_EQ(200, code(Op::kDeleted, recorded("a", "u1", 60)));
  EXPECT_FALSE(store_.find(KindId::kPod, "d", "a"));
  EXPECT_FALSE(store_.owns("owner"));
  EXPECT_EQ(60U, store_.resource_version());
  EXPECT_EQ((std::vector<std::string>{"ADDED a 40", "MODIFIED a 50 was", "DELETED a 60 was"}), seen);
  EXPECT_EQ(3U, store_.changes_since(KindId::kPod, 1)->size());
}

TEST_F(RestoreTest, WhatIsAlikeIsKeptOnce) {
  Value first = recorded("a", "u1", 40);
  first["spec"] = {{"nodeName", "n"}, {"containers", Value::array({{{"name", "c"}}})}};
  ASSERT_EQ(200, code(Op::kAdded, recorded("b", "u2", 39)));
  ASSERT_EQ(200, code(Op::kAdded, first));
  const ObjectPtr before = store_.find(KindId::kPod, "d", "a");
  EXPECT_TRUE(before->labels().same_as(store_.find(KindId::kPod, "d", "b")->labels()));
  Value next = recorded("a", "u1", 50);
  next["spec"] = {{"nodeName", "n"}, {"containers", Value::array({{{"name", "c"}}})}};
  next["status"] = {{"phase", "Running"}};
  ASSERT_EQ(200, code(Op::kModified, next));
  const ObjectPtr after = store_.find(KindId::kPod, "d", "a");
  EXPECT_TRUE(after->at("spec").same_as(before->at("spec")));
  EXPECT_EQ("Running", after->text("status.phase"));
  EXPECT_EQ(50U, after->resource_version());
}

TEST_F(RestoreTest, OlderObjectsDoNotTurnTheVersionBack) {
  store_.restore_version(90);
  EXPECT_EQ(200, code(Op::kAdded, recorded("a", "u1", 40)));
  EXPECT_EQ(90U, store_.resource_version());
  EXPECT_EQ(91U, store_.create(KindId::kPod, pod("d", "b"))->get()->resource_version());
}

TEST_F(RestoreTest, RefusesWhatCannotHaveHappened) {
  ASSERT_EQ(200, code(Op::kAdded, recorded("a", "u1", 40)));
  EXPECT_EQ(409, code(Op::kAdded, recorded("a", "u2", 41))) << "its name is taken";
  EXPECT_EQ(409, code(Op::kAdded, recorded("b", "u1", 41))) << "its uid is another's";
  EXPECT_EQ(404, code(Op::kModified, recorded("b", "u2", 41)));
  EXPECT_EQ(404, code(Op::kModified, recorded("a", "u2", 41))) << "that is another object";
  EXPECT_EQ(404, code(Op::kDeleted, recorded("b", "u2", 41)));
  for (const char* field : {"name", "uid", "creationTimestamp", "resourceVersion", "namespace"}) {
    Value lacking = recorded("c", "u3", 42);
    lacking["metadata"].erase(field);
    EXPECT_EQ(400, code(Op::kAdded, lacking)) << field;
  }
  Value node = recorded("n", "u4", 43);
  EXPECT_EQ(400, store_.restore(Op::kAdded, KindId::kNode, node).error().code) << "nodes have no namespace";
  EXPECT_EQ(40U, store_.resource_version());
}

}  // namespace
}  // namespace plumbline::kube
