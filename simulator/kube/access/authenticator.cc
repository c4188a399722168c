#include "simulator/kube/access/authenticator.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "model/check.h"
#include "simulator/kernel/base64.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

using kernel::base64_decode;
using kernel::base64_encode;

constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kBearer = "Bearer ";

std::string hmac(const std::string& key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest, &length);
  return std::string(reinterpret_cast<const char*>(digest), length);
}

}  // namespace

Authenticator::Authenticator(const Store& store, WallClock wall_clock)
    : store_(store), wall_clock_(std::move(wall_clock)), key_(kKeyBytes, '\0') {
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(key_.data()), kKeyBytes) == 1, "tokens need an unguessable key");
}

std::optional<User> Authenticator::authenticate(const Credentials& credentials) const {
  std::optional<User> user;
  if (credentials.certificate)
    user = credentials.certificate;
  else if (credentials.authorization.starts_with(kBearer))
    user = authenticate_token(credentials.authorization.substr(kBearer.size()));
  else if (credentials.bad_certificate || !credentials.authorization.empty())
    return std::nullopt;
  else
    return User{std::string(kAnonymous), {"system:unauthenticated"}};
  if (user) user->groups.push_back("system:authenticated");
  return user;
}

std::string Authenticator::sign(const Value& claims) const {
  const std::string signed_part =
      base64_encode(R"({"alg":"HS256","typ":"JWT"})", true) + "." + base64_encode(to_text(claims), true);
  return signed_part + "." + base64_encode(hmac(key_, signed_part), true);
}

std::string Authenticator::mint(const Object& account, const Object& secret) const {
  return sign({{"iss", "kubernetes/serviceaccount"},
               {"kubernetes.io/serviceaccount/namespace", account.space()},
               {"kubernetes.io/serviceaccount/secret.name", secret.name()},
               {"kubernetes.io/serviceaccount/secret.uid", secret.uid()},
               {"kubernetes.io/serviceaccount/service-account.name", account.name()},
               {"kubernetes.io/serviceaccount/service-account.uid", account.uid()},
               {"sub", "system:serviceaccount:" + account.space() + ":" + account.name()}});
}

std::string Authenticator::mint(const Object& account, std::chrono::seconds lifetime) const {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(wall_clock_().time_since_epoch()).count();
  return sign({{"iss", kIssuer},
               {"aud", Value::array({kIssuer})},
               {"iat", now},
               {"exp", now + lifetime.count()},
               {"kubernetes.io/serviceaccount/namespace", account.space()},
               {"kubernetes.io/serviceaccount/service-account.name", account.name()},
               {"kubernetes.io/serviceaccount/service-account.uid", account.uid()},
               {"sub", "system:serviceaccount:" + account.space() + ":" + account.name()}});
}

std::optional<User> Authenticator::authenticate_token(std::string_view token) const {
  const std::size_t last = token.rfind('.');
  const std::size_t first = token.find('.');
  if (last == std::string_view::npos || first == last) return std::nullopt;
  const auto signature = base64_decode(token.substr(last + 1), true);
  const std::string expected = hmac(key_, token.substr(0, last));
  if (!signature || signature->size() != expected.size() ||
      CRYPTO_memcmp(signature->data(), expected.data(), expected.size()) != 0)
    return std::nullopt;
  const auto payload = base64_decode(token.substr(first + 1, last - first - 1), true);
  const Value claims = payload ? read_text(*payload).value.value_or(Value()) : Value();
  if (!claims.is_object()) return std::nullopt;

  const auto claim = [&claims](std::string_view name) { return claims[name].string(); };
  const std::string space = claim("kubernetes.io/serviceaccount/namespace");
  const std::string name = claim("kubernetes.io/serviceaccount/service-account.name");
  const ObjectPtr account = store_.find(KindId::kServiceAccount, space, name);
  if (!account || account->uid() != claim("kubernetes.io/serviceaccount/service-account.uid")) return std::nullopt;
  if (claims.contains("exp")) {
    const std::chrono::seconds ends{claims["exp"].integer()};
    if (wall_clock_().time_since_epoch() >= ends) return std::nullopt;
  } else {
    const ObjectPtr secret = store_.find(KindId::kSecret, space, claim("kubernetes.io/serviceaccount/secret.name"));
    if (!secret || secret->text("data.token") != base64_encode(token)) return std::nullopt;
  }
  return User{"system:serviceaccount:" + space + ":" + name,
              {"system:serviceaccounts", "system:serviceaccounts:" + space}};
}

}  // namespace plumbline::kube
