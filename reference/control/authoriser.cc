#include "reference/control/authoriser.h"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "reference/control/kube_client.h"
#include "reference/control/kube_codec.h"

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kRbac = "/apis/rbac.authorization.k8s.io/v1";

std::string secret_name(Random& random) {
  std::string name(kGrantSecretPrefix);
  for (int i = 0; i < 5; ++i) name += static_cast<char>('a' + random.below(26));
  return name;
}

/// data.token of a Secret; empty while it is not filled in.
std::string token_of(const std::string& body) {
  const auto secret = nlohmann::json::parse(body, nullptr, false);
  const nlohmann::json::json_pointer place("/data/token");
  if (!secret.is_object() || !secret.contains(place) || !secret[place].is_string()) return "";
  const auto decoded = decode_base64(secret[place].get<std::string>());
  return decoded ? *decoded : "";
}

}  // namespace

asio::awaitable<Result<KubeAccess>> obtain_rights(asio::any_io_executor executor, ClusterId cluster,
                                                  PrincipalId requester, KubeAccess requester_access, Random& random) {
  KubeClient client(executor, requester_access);
  Grant grant(cluster, requester);
  asio::steady_timer timer(executor);
  const std::string space = fmt::format("/api/v1/namespaces/{}", kGrantNamespace);
  std::string secret;
  Grant::Next next = grant.start();
  while (next.step != Grant::Step::kDone && next.step != Grant::Step::kFailed) {
    if (next.pause.count() > 0) {
      timer.expires_after(next.pause);
      co_await timer.async_wait(asio::use_awaitable);
    }
    Result<HttpResponse> answer = HttpResponse{};
    switch (next.step) {
      case Grant::Step::kServiceAccount:
        answer = co_await client.create(space + "/serviceaccounts", service_account_manifest());
        break;
      case Grant::Step::kClusterRole:
        answer = co_await client.create(fmt::format("{}/clusterroles", kRbac), cluster_role_manifest());
        break;
      case Grant::Step::kBinding:
        answer = co_await client.create(fmt::format("{}/clusterrolebindings", kRbac), binding_manifest());
        break;
      case Grant::Step::kSecret:
        secret = secret_name(random);
        answer = co_await client.create(space + "/secrets", token_secret_manifest(secret));
        break;
      default:
        answer = co_await client.get(fmt::format("{}/secrets/{}", space, secret));
        break;
    }
    if (!answer) {
      next = grant.unanswered(answer.error().text);
    } else {
      const std::string token = next.step == Grant::Step::kToken ? token_of(answer->body) : "";
      next = grant.answered(answer->status, status_message(answer->body), token);
    }
  }
  if (next.step == Grant::Step::kFailed) co_return grant.error();
  KubeAccess own;
  own.host = requester_access.host;
  own.port = requester_access.port;
  own.ca_pem = requester_access.ca_pem;
  own.token = grant.token();
  co_return own;
}

}  // namespace plumbline::gateway
