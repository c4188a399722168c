#include "simulator/kube/access/authenticator.h"

#include <gtest/gtest.h>

#include "simulator/kernel/base64.h"
#include "simulator/kube/access/certificates.h"

namespace plumbline::kube {
namespace {

class AuthenticatorTest : public testing::Test {
 protected:
  Store::Options options() {
    Store::Options chosen;
    chosen.wall_clock = [this] { return now_; };
    return chosen;
  }
  std::optional<User> with(const std::string& authorization) {
    return authenticator_.authenticate({std::nullopt, false, authorization});
  }
  std::chrono::system_clock::time_point now_{std::chrono::seconds(1'000'000'000)};
  Store store_{options()};
  Authenticator authenticator_{store_, [this] { return now_; }};
  ObjectPtr account_ =
      *store_.create(KindId::kServiceAccount, {{"metadata", {{"namespace", "ops"}, {"name", "robot"}}}});
};

TEST_F(AuthenticatorTest, WithoutCredentialsIsAnonymous) {
  const auto user = authenticator_.authenticate({});
  ASSERT_TRUE(user);
  EXPECT_EQ(user->name, "system:anonymous");
  EXPECT_EQ(user->groups, std::vector<std::string>{"system:unauthenticated"});
}

TEST_F(AuthenticatorTest, CertificateNamesUserAndGroups) {
  const auto user = authenticator_.authenticate({User{"joe", {"dev"}}, false, ""});
  EXPECT_EQ(user->name, "joe");
  EXPECT_EQ(user->groups, (std::vector<std::string>{"dev", "system:authenticated"}));
  EXPECT_FALSE(authenticator_.authenticate({std::nullopt, true, ""}));
}

TEST_F(AuthenticatorTest, SecretTokenIsGoodAsLongAsTheSecretHoldsIt) {
  ObjectPtr secret = *store_.create(KindId::kSecret, {{"metadata", {{"namespace", "ops"}, {"name", "t"}}}});
  const std::string token = authenticator_.mint(*account_, *secret);
  EXPECT_FALSE(with("Bearer " + token));
  Value filled = secret->value();
  filled["data"]["token"] = kernel::base64_encode(token);
  ASSERT_TRUE(store_.replace(secret, filled));
  const auto user = with("Bearer " + token);
  ASSERT_TRUE(user);
  EXPECT_EQ(user->name, "system:serviceaccount:ops:robot");
  EXPECT_EQ(user->groups.front(), "system:serviceaccounts");
  ASSERT_TRUE(store_.erase(secret->key()));
  EXPECT_FALSE(with("Bearer " + token));
}

TEST_F(AuthenticatorTest, RequestedTokenEndsByTime) {
  const std::string token = authenticator_.mint(*account_, std::chrono::seconds(600));
  now_ += std::chrono::seconds(599);
  EXPECT_TRUE(with("Bearer " + token));
  now_ += std::chrono::seconds(1);
  EXPECT_FALSE(with("Bearer " + token));
}

TEST_F(AuthenticatorTest, TokenEndsWithItsAccountAlsoWhenTheNameIsUsedAgain) {
  const std::string token = authenticator_.mint(*account_, std::chrono::seconds(600));
  ASSERT_TRUE(store_.erase(account_->key()));
  EXPECT_FALSE(with("Bearer " + token));
  ASSERT_TRUE(store_.create(KindId::kServiceAccount, {{"metadata", {{"namespace", "ops"}, {"name", "robot"}}}}));
  EXPECT_FALSE(with("Bearer " + token));
}

TEST_F(AuthenticatorTest, ForgedAndMalformedTokensAreRefused) {
  std::string token = authenticator_.mint(*account_, std::chrono::seconds(600));
  EXPECT_FALSE(with("Bearer " + token + "x"));
  token[token.find('.') + 5] ^= 1;
  EXPECT_FALSE(with("Bearer " + token));
  for (const char* bad : {"Bearer ", "Bearer x", "Bearer a.b.c", "Bearer ..", "Basic eDp5"})
    EXPECT_FALSE(with(bad)) << bad;
}

TEST(CertificateAuthority, IssuesPemOfItsOwn) {
  const CertificateAuthority one("one"), other("other");
  EXPECT_NE(one.pem(), other.pem());
  const Certificate client = one.issue_client("joe", {"a", "b"});
  EXPECT_TRUE(client.certificate_pem.starts_with("-----BEGIN CERTIFICATE-----"));
  EXPECT_TRUE(client.key_pem.starts_with("-----BEGIN PRIVATE KEY-----"));
}

}  // namespace
}  // namespace plumbline::kube
