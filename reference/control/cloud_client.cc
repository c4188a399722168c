#include "reference/control/cloud_client.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "reference/control/json_text.h"

namespace plumbline::gateway {
namespace {

using nlohmann::json;
namespace asio = boost::asio;

constexpr std::string_view kTkeVersion = "2018-05-25";
constexpr std::string_view kVpcVersion = "2017-03-12";
constexpr std::string_view kPageMax = "100";  // api: DescribeVpcs, Limit

std::optional<HttpOrigin> parse_endpoint(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  url = url.substr(0, url.find('/'));
  const auto colon = url.find(':');
  HttpOrigin origin;
  origin.host = std::string(url.substr(0, colon));
  if (colon != std::string_view::npos) {
    const auto digits = url.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), origin.port);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  }
  if (origin.host.empty()) return std::nullopt;
  return origin;
}

Reason reason_of(std::string_view code) {
  if (code.starts_with("AuthFailure") || code.starts_with("UnauthorizedOperation")) return Reason::kPermissionDenied;
  if (code.starts_with("ResourceNotFound")) return Reason::kNotFound;
  if (code == "InvalidAction" || code == "NoSuchVersion" || code == "NoSuchProduct") return Reason::kUnsupported;
  return Reason::kUnavailable;
}

}  // namespace

struct CloudClient::Response {
  json fields;
};

CloudClient::CloudClient(asio::any_io_executor executor, std::string endpoint)
    : executor_(std::move(executor)), endpoint_(std::move(endpoint)) {}

asio::awaitable<Result<CloudClient::Response>> CloudClient::call(const Call& call, const json& parameters) {
  const auto origin = parse_endpoint(endpoint_);
  if (!origin) {
    co_return Error{Reason::kUnavailable, fmt::format("cloud endpoint '{}': not an http URL", endpoint_), "", ""};
  }
  HttpRequest request;
  request.method = "POST";
  request.headers = {
      {"Content-Type", "application/json"},
      {"X-TC-Action", std::string(call.action)},
      {"X-TC-Version", std::string(call.version)},
      {"X-TC-Region", call.region.str()},
      {"Authorization", fmt::format("TC3-HMAC-SHA256 Credential={}/{}/tc3_request", call.as.secret_id, call.service)}};
  request.body = parameters.dump();
  HttpConnection connection(executor_, *origin);
  auto answer = co_await connection.exchange(request, kTimeout);
  if (!answer) co_return answer.error();
  const json body = json::parse(answer->body, nullptr, false);
  const auto response = body.is_object() ? body.find("Response") : body.end();
  if (!body.is_object() || response == body.end() || !response->is_object()) {
    co_return Error{Reason::kUnavailable,
                    fmt::format("cloud: {}: status {} without a Response", call.action, answer->status), "", ""};
  }
  if (const auto error = response->find("Error"); error != response->end()) {
    const std::string code = text(*error, "Code");
    co_return Error{reason_of(code), fmt::format("cloud: {}: {}: {}", call.action, code, text(*error, "Message")), "",
                    code};
  }
  co_return Response{*response};
}

asio::awaitable<Result<std::optional<CloudCluster>>> CloudClient::cluster(const wire::HelloPrincipal& as,
                                                                          RegionId region, ClusterId cluster) {
  const Call wanted{as, "tke", kTkeVersion, "DescribeClusters", region};
  const json parameters{{"ClusterIds", json::array({cluster.str()})}};
  auto response = co_await call(wanted, parameters);
  if (!response) {
    if (response.error().reason == Reason::kNotFound) co_return std::optional<CloudCluster>();
    co_return response.error();
  }
  const auto clusters = response->fields.find("Clusters");
  if (clusters != response->fields.end() && clusters->is_array()) {
    for (const json& each : *clusters) {
      if (text(each, "ClusterId") != cluster.str()) continue;
      const auto found = each.find("ClusterNetworkSettings");
      const json network = found == each.end() ? json::object() : *found;
      co_return std::optional<CloudCluster>(CloudCluster{cluster, region, VpcId(text(network, "VpcId")),
                                                         text(network, "ClusterCIDR"), text(network, "ServiceCIDR")});
    }
  }
  co_return std::optional<CloudCluster>();
}

asio::awaitable<Result<std::optional<std::vector<CloudVpc>>>> CloudClient::vpcs(const wire::HelloPrincipal& as,
                                                                                RegionId region) {
  using Found = std::optional<std::vector<CloudVpc>>;
  const Call wanted{as, "vpc", kVpcVersion, "DescribeVpcs", region};
  const json parameters{{"Limit", kPageMax}};
  auto response = co_await call(wanted, parameters);
  if (!response) {
    if (response.error().reason == Reason::kUnsupported) co_return Found();
    co_return response.error();
  }
  std::vector<CloudVpc> vpcs;
  const auto set = response->fields.find("VpcSet");
  if (set != response->fields.end() && set->is_array()) {
    for (const json& each : *set) vpcs.push_back({VpcId(text(each, "VpcId")), text(each, "CidrBlock")});
  }
  co_return Found(std::move(vpcs));
}

asio::awaitable<Result<std::string>> CloudClient::kubeconfig(const wire::HelloPrincipal& as, RegionId region,
                                                             ClusterId cluster) {
  const Call wanted{as, "tke", kTkeVersion, "DescribeClusterKubeconfig", region};
  const json parameters{{"ClusterId", cluster.str()}, {"IsExtranet", false}};
  auto response = co_await call(wanted, parameters);
  if (!response) co_return response.error();
  co_return text(response->fields, "Kubeconfig");
}

}  // namespace plumbline::gateway
