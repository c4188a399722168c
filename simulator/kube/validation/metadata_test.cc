// What a kube-apiserver 1.34 refuses, in its words.
#include "simulator/kube/validation/fixture.h"

namespace plumbline::kube {
namespace {

class MetadataValidation : public ValidationTest {};

TEST_F(MetadataValidation, NamesLabelsAnnotationsOwnersAndFinalizers) {
  expect_refused(
      KindId::kPod,
      {
          {R"({"metadata":{"name":"P_"},"spec":{"containers":[{%C%}]}})",
           R"(metadata.name: Invalid value: "P_": <subdomain>)"},
          {R"({"metadata":{"name":"p","labels":{"a b":"c d"},"annotations":{"a b":"c"}},"spec":{"containers":[{%C%}]}})",
           R"(metadata.labels: Invalid value: "a b": <name>, metadata.labels: Invalid value: "c d": <value>, metadata.annotations: Invalid value: "a b": <name>)"},
          {R"({"metadata":{},"spec":{"containers":[{%C%}]}})",
           R"(metadata.name: Required value: name or generateName is required)"},
          {R"({"metadata":{"name":"p","finalizers":["x","a b"]},"spec":{"containers":[{%C%}]}})",
           R"(metadata.finalizers: Invalid value: "a b": <name>, metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified, metadata.finalizers[1]: Invalid value: "a b": name is neither a standard finalizer name nor is it fully qualified)"},
          {R"({"metadata":{"name":"p","ownerReferences":[{}]},"spec":{"containers":[{%C%}]}})",
           R"(metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty, metadata.ownerReferences.kind: Invalid value: "": must not be empty, metadata.ownerReferences.name: Invalid value: "": must not be empty, metadata.ownerReferences.uid: Invalid value: "": must not be empty)"},
      });
}

TEST_F(MetadataValidation, NamesFollowTheirKind) {
  expect_refused(
      KindId::kNamespace,
      {
          {R"({"metadata":{"name":"A_"}})",
           R"(metadata.name: Invalid value: "A_": <label>, metadata.labels: Invalid value: "A_": <value>)"},
          {R"({"metadata":{"name":"a.b"}})", R"(metadata.name: Invalid value: "a.b": must not contain dots)"},
      });
}

TEST_F(MetadataValidation, AtMostOneOwnerControls) {
  EXPECT_EQ(
      causes(KindId::kConfigMap, object(KindId::kConfigMap, R"({"metadata":{"name":"n","ownerReferences":[
    {"apiVersion":"v1","kind":"K","name":"n","uid":"u","controller":true},
    {"apiVersion":"v1","kind":"K","name":"m","uid":"v","controller":true}]}})")),
      R"(metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","controller":true,"kind":"K","name":"n","uid":"u"},)"
      R"({"apiVersion":"v1","controller":true,"kind":"K","name":"m","uid":"v"}]: )"
      R"(Only one reference can have Controller set to true. Found "true" in references for K/n and K/m)");
}

TEST_F(MetadataValidation, AnnotationsHaveALimitInAll) {
  const auto with = [this](std::size_t bytes) {
    return causes(KindId::kConfigMap,
                  Value{{"metadata", {{"name", "n"}, {"annotations", {{"a", std::string(bytes - 1, 'x')}}}}}});
  };
  EXPECT_EQ(with(262'144), "");
  EXPECT_EQ(with(262'145), "metadata.annotations: Too long: may not be more than 262144 bytes");
}

TEST_F(MetadataValidation, FinalizersOfCustomKindsMayHaveAnyName) {
  const Value object = value_of(R"({"metadata":{"name":"n","finalizers":["x"]}})");
  const Kind& kind = registry_.add(widgets());
  EXPECT_EQ(causes(kind.id, object), "");
  EXPECT_EQ(
      causes(KindId::kConfigMap, object),
      R"(metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified)");
}

TEST_F(MetadataValidation, NobodyHoldsWhatIsOnItsWayOut) {
  constexpr const char* kGoing =
      R"({"metadata":{"name":"n","deletionTimestamp":"2026-01-01T00:00:00Z","finalizers":["a/b"]}})";
  EXPECT_EQ(changed(KindId::kConfigMap, kGoing, R"({"metadata":{"name":"n","finalizers":["a/b","c/d"]}})"),
            "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new "
            "finalizers []string{\"c/d\"}");
  EXPECT_EQ(changed(KindId::kConfigMap, kGoing, R"({"metadata":{"name":"n"}})"), "");
}

}  // namespace
}  // namespace plumbline::kube
