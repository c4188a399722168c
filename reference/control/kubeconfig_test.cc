#include "reference/control/kubeconfig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::gateway {
namespace {

constexpr const char* kGood = R"(
apiVersion: v1
kind: Config
current-context: main
contexts:
- {name: other, context: {cluster: x, user: y}}
- {name: main, context: {cluster: cls-1, user: owner}}
clusters:
- name: cls-1
  cluster: {server: "https://10.0.254.1:6443/", certificate-authority-data: Q0E=}
users:
- name: owner
  user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}
)";

std::string with(std::string_view what, std::string_view instead) {
  std::string text = kGood;
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), instead);
}

TEST(Kubeconfig, ReadsTheCurrentContext) {
  const auto access = parse_kubeconfig(kGood);
  ASSERT_TRUE(access) << access.error();
  EXPECT_EQ(access->host, "10.0.254.1");
  EXPECT_EQ(access->port, 6443);
  EXPECT_EQ(access->ca_pem, "CA");
  EXPECT_EQ(access->certificate_pem, "CERT");
  EXPECT_EQ(access->key_pem, "KEY");
  EXPECT_EQ(access->token, "");
}

TEST(Kubeconfig, PortDefaultsToThatOfHttpsAndATokenIsEnough) {
  std::string text = with(":6443/", "");
  const auto at = text.find("client-certificate-data");
  text = text.substr(0, at) + "token: secret}\n";
  const auto access = parse_kubeconfig(text);
  ASSERT_TRUE(access) << access.error();
  EXPECT_EQ(access->port, 443);
  EXPECT_EQ(access->token, "secret");
}

TEST(Kubeconfig, SaysWhatIsWrong) {
  const auto field_of = [](const std::string& text) {
    const auto access = parse_kubeconfig(text);
    return access ? "accepted" : access.error().field;
  };
  EXPECT_EQ(field_of(with("current-context: main", "current-context: none")), "current-context");
  EXPECT_EQ(field_of(with("cluster: cls-1,", "cluster: none,")), "context.cluster");
  EXPECT_EQ(field_of(with("user: owner", "user: none")), "context.user");
  EXPECT_EQ(field_of(with("https://", "http://")), "cluster.server");
  EXPECT_EQ(field_of(with(":6443/", ":0/")), "cluster.server");
  EXPECT_EQ(field_of(with(":6443/", ":99999/")), "cluster.server");
  EXPECT_EQ(field_of(with("Q0E=", "Q0E")), "certificate-authority-data");
  EXPECT_EQ(field_of(with("Q0E=", "''")), "certificate-authority-data");
  EXPECT_EQ(field_of(with(", client-key-data: S0VZ", "")), "client-key-data");
  EXPECT_EQ(field_of(with("{client-certificate-data: Q0VSVA==, client-key-data: S0VZ}", "{}")), "user");
  EXPECT_EQ(field_of("- a\n- b"), "");
  EXPECT_EQ(field_of("{"), "");
  EXPECT_EQ(field_of(std::string(kKubeconfigBytesMax + 1, ' ')), "");
}

TEST(Base64, DecodesRfc4648Vectors) {
  for (const auto& [text, bytes] : {std::pair{"", ""},
                                    {"Zg==", "f"},
                                    {"Zm8=", "fo"},
                                    {"Zm9v", "foo"},
                                    {"Zm9vYg==", "foob"},
                                    {"Zm9v\nYmFy\n", "foobar"}}) {
    const auto decoded = decode_base64(text);
    ASSERT_TRUE(decoded) << text;
    EXPECT_EQ(*decoded, bytes);
  }
  for (const char* wrong : {"Z", "Zg", "Zg=", "Z===", "Zg==Zg==", "Z!==", "====", "=Zg="}) {
    EXPECT_FALSE(decode_base64(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace plumbline::gateway
