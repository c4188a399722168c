#include "simulator/kube/http/protobuf.h"

#include <gtest/gtest.h>

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

std::string field(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}

std::string envelope(const std::string& kind, const std::string& raw) {
  return std::string("k8s\0", 4) + field(1, field(1, "v1") + field(2, kind)) + field(2, raw) + field(3, "") +
         field(4, "");
}

TEST(Protobuf, ReadsNamesMapsAndBytes) {
  const std::string metadata = field(1, "s") + field(11, field(1, "a") + field(2, "b"));
  const auto secret = decode_protobuf(
      envelope("Secret", field(1, metadata) + field(2, field(1, "k") + field(2, "f")) + field(3, "Opaque")));
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(*secret, value_of(R"({"apiVersion":"v1","kind":"Secret","type":"Opaque","data":{"k":"Zg=="},
                                     "metadata":{"name":"s","labels":{"a":"b"}}})"));
}

TEST(Protobuf, ReadsListsNumbersAndIntOrString) {
  const std::string port = std::string{3 << 3, 80} + field(4, std::string{1 << 3, 1} + field(3, "http"));
  const auto service =
      decode_protobuf(envelope("Service", field(2, field(1, port) + field(1, std::string{3 << 3, 81}))));
  ASSERT_TRUE(service) << service.error().message;
  EXPECT_EQ((*service)["spec"]["ports"], value_of(R"([{"port":80,"targetPort":"http"},{"port":81}])"));
}

TEST(Protobuf, ReadsWhatJsonHasNoObjectFor) {
  const std::string path = field(1, "/a") + field(3, "Exact");
  const std::string rule = field(1, "h") + field(2, field(1, field(1, path)));
  const auto ingress = decode_protobuf(envelope("Ingress", field(2, field(3, rule))));
  ASSERT_TRUE(ingress) << ingress.error().message;
  EXPECT_EQ(ingress->at("spec.rules")[0]["host"], "h");
  EXPECT_EQ(ingress->at("spec.rules")[0].at("http.paths")[0]["path"], "/a");
}

TEST(Protobuf, ReadsQuestionsAboutOneself) {
  const auto review = decode_protobuf(envelope("SelfSubjectReview", field(1, "") + field(2, field(1, ""))));
  ASSERT_TRUE(review) << review.error().message;
  EXPECT_EQ((*review)["kind"], "SelfSubjectReview");
  const auto rules = decode_protobuf(envelope("SelfSubjectRulesReview", field(2, field(1, "web"))));
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(rules->at("spec.namespace"), "web");
}

TEST(Protobuf, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(decode_protobuf(envelope("Widget", "")).error().code, 415);
  EXPECT_EQ(decode_protobuf(envelope("Namespace", field(9, "x"))).error().code, 415);
}

TEST(Protobuf, RefusesWhatIsMalformed) {
  EXPECT_EQ(decode_protobuf("{}").error().code, 400);
  EXPECT_EQ(decode_protobuf(std::string("k8s\0\x0a\x7f", 6)).error().code, 400);
  EXPECT_EQ(decode_protobuf(envelope("Namespace", std::string{8, 1})).error().code, 400);
  EXPECT_EQ(decode_protobuf(envelope("Namespace", std::string{'\x0a'})).error().code, 400);
}

}  // namespace
}  // namespace plumbline::kube
