#include "conformance/runner/redaction.h"

#include <gtest/gtest.h>

namespace plumbline::conformance {
namespace {

using nlohmann::json;

json redacted(json record) {
  Redaction().redact(record);
  return record;
}

TEST(Redaction, TakesSecretsByTheNameOfTheirField) {
  const json record = redacted(json::parse(
      R"({"method":"hello","params":{"cloud":{"principals":[{"name":"owner","secretId":"AKID1","secretKey":"top"}]},
          "tls":{"frontendCertificate":"public","frontendKey":"k"},"clusters":[{"cluster":"c","kubeconfig":"k"}]}})"));
  EXPECT_EQ(record["params"]["cloud"]["principals"][0]["secretKey"], kRedacted);
  EXPECT_EQ(record["params"]["cloud"]["principals"][0]["secretId"], "AKID1");
  EXPECT_EQ(record["params"]["tls"]["frontendKey"], kRedacted);
  EXPECT_EQ(record["params"]["tls"]["frontendCertificate"], "public");
  EXPECT_EQ(record["params"]["clusters"][0]["kubeconfig"], kRedacted);
}

TEST(Redaction, TakesPrivateKeysOutOfAnyText) {
  const json record = redacted({{"log",
                                 "got -----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE----- and "
                                 "-----BEGIN RSA PRIVATE KEY-----\nBB\n-----END RSA PRIVATE KEY----- end"}});
  EXPECT_EQ(record["log"], "got -----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE----- and [redacted] end");
}

TEST(Redaction, TakesPrivateKeysThatWereCut) {
  EXPECT_EQ(redacted("x -----BEGIN PRIVATE KEY-----\nAAAA"), "x [redacted]");
}

TEST(Redaction, TakesWebTokens) {
  EXPECT_EQ(redacted("Bearer eyJhbGci.eyJpc3Mi.c2ln, eyJ is no token"), "Bearer [redacted], eyJ is no token");
}

TEST(Redaction, TakesSecretsOfKubeconfigs) {
  EXPECT_EQ(redacted("apiVersion: v1\nkind: Config\nuser:\n  token: abc\n  client-key-data: Zm9v\n"),
            "apiVersion: v1\nkind: Config\nuser:\n  token: [redacted]\n  client-key-data: [redacted]\n");
}

TEST(Redaction, TakesKnownSecretsWhereverTheyOccur) {
  Redaction redaction;
  redaction.add_secret("sesame-open");
  redaction.add_secret("a");  // too short to be told from chance
  json record{{"text", "sesame-open, please: sesame-open"}, {"list", {"banana", 1, "sesame-open"}}};
  redaction.redact(record);
  EXPECT_EQ(record["text"], "[redacted], please: [redacted]");
  EXPECT_EQ(record["list"], json::parse(R"(["banana",1,"[redacted]"])"));
}

TEST(Redaction, LeavesEverythingElseAlone) {
  const json record = json::parse(
      R"({"type":"control","t":1,"params":{"services":[{"weight":1,"labels":{"token-ring":"yes"}}]},"names":["a","b"]})");
  EXPECT_EQ(redacted(record), record);
}

}  // namespace
}  // namespace plumbline::conformance
