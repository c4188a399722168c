#include "simulator/cloud/actions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace plumbline::cloud {
namespace {

using Json = nlohmann::json;

/// An error of the cloud's API; thrown inside this file only and answered as a value.
struct Refusal {
  std::string code;
  std::string message;
};

struct Question {
  const Account& account;
  const Principal& caller;
  RegionId region;
  const Json& parameters;
};

const Principal& caller_of(const Account& account, const Call& call) {
  const std::string_view id = secret_id_of(call.authorization);
  if (id.empty())
    throw Refusal{"AuthFailure.InvalidAuthorization", "Authorization is not TC3-HMAC-SHA256 Credential=..."};
  for (const Principal& principal : account.principals) {
    if (principal.secret_id == id) return principal;
  }
  throw Refusal{"AuthFailure.SecretIdNotFound", fmt::format("the secretId {} is not known", id)};
}

RegionId region_of(const Account& account, const Call& call) {
  if (call.region.empty()) throw Refusal{"MissingParameter", "X-TC-Region is missing"};
  RegionId region(call.region);
  if (std::find(account.regions.begin(), account.regions.end(), region) == account.regions.end()) {
    throw Refusal{"UnsupportedRegion", fmt::format("the region {} is not known", call.region)};
  }
  return region;
}

Json parameters_of(const Call& call) {
  if (call.body.empty()) return Json::object();
  Json parameters = Json::parse(call.body, nullptr, false);
  if (!parameters.is_object()) throw Refusal{"InvalidParameter", "the body is not a JSON object"};
  return parameters;
}

std::vector<std::string> texts(const Json& parameters, const std::string& name) {
  std::vector<std::string> list;
  if (!parameters.contains(name)) return list;
  const Json& values = parameters[name];
  if (!values.is_array()) throw Refusal{"InvalidParameter", fmt::format("{} is not a list", name)};
  for (const Json& value : values) {
    if (!value.is_string()) throw Refusal{"InvalidParameter", fmt::format("{} has something that is not a text", name)};
    list.push_back(value);
  }
  return list;
}

/// Values by filter name; filters are joined by AND, their values by OR.
std::map<std::string, std::vector<std::string>> filters(const Json& parameters) {
  std::map<std::string, std::vector<std::string>> found;
  if (!parameters.contains("Filters")) return found;
  if (!parameters["Filters"].is_array()) throw Refusal{"InvalidParameter", "Filters is not a list"};
  for (const Json& filter : parameters["Filters"]) {
    if (!filter.is_object() || !filter.contains("Name") || !filter["Name"].is_string()) {
      throw Refusal{"InvalidParameter", "a filter has no Name"};
    }
    found[filter["Name"]] = texts(filter, "Values");
  }
  return found;
}

/// Numbers may come as texts: the VPC actions document them so.
std::size_t count(const Json& parameters, const std::string& name, std::size_t fallback) {
  if (!parameters.contains(name)) return fallback;
  const Json& value = parameters[name];
  if (value.is_number_unsigned()) return value.get<std::size_t>();
  if (value.is_string()) {
    const std::string text = value;
    const bool digits = !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
    if (digits) return std::stoul(text);
  }
  throw Refusal{"InvalidParameter", fmt::format("{} is not a number", name)};
}

Json page(std::vector<Json> all, const Json& parameters) {
  const std::size_t offset = std::min(count(parameters, "Offset", 0), all.size());
  const std::size_t limit = count(parameters, "Limit", 20);
  if (limit > kLimitMax)
    throw Refusal{"InvalidParameterValue", fmt::format("Limit is {}, at most {}", limit, kLimitMax)};
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(offset);
  const auto last = first + static_cast<std::ptrdiff_t>(std::min(limit, all.size() - offset));
  return Json(std::vector<Json>(first, last));
}

bool wanted(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

const Cluster& cluster_of(const Question& question) {
  const auto id = question.parameters.find("ClusterId");
  if (id == question.parameters.end() || !id->is_string()) throw Refusal{"MissingParameter", "ClusterId is missing"};
  for (const Cluster& cluster : question.account.clusters) {
    if (cluster.id.str() == *id && cluster.region == question.region) return cluster;
  }
  throw Refusal{"ResourceNotFound.ClusterNotFound",
                fmt::format("the cluster {} is not in region {}", id->get<std::string>(), question.region.str())};
}

Json describe_clusters(const Question& question) {
  const auto ids = texts(question.parameters, "ClusterIds");
  const auto conditions = filters(question.parameters);
  std::vector<Json> found;
  for (const Cluster& cluster : question.account.clusters) {
    if (cluster.region != question.region || (!ids.empty() && !wanted(ids, cluster.id.str()))) continue;
    bool matches = true;
    for (const auto& [name, values] : conditions) {
      if (name == "vpc-id") {
        matches = matches && wanted(values, cluster.vpc.str());
      } else if (name == "ClusterName") {
        matches = matches && wanted(values, cluster.id.str());
      } else {
        throw Refusal{"InvalidParameter", fmt::format("there is no filter {} (vpc-id, ClusterName)", name)};
      }
    }
    if (!matches) continue;
    found.push_back({{"ClusterId", cluster.id.str()},
                     {"ClusterName", cluster.id.str()},
                     {"ClusterDescription", ""},
                     {"ClusterVersion", "1.24.4"},
                     {"ClusterOs", "tlinux2.4x86_64"},
                     {"ClusterType", "MANAGED_CLUSTER"},
                     {"ClusterStatus", "Running"},
                     {"ClusterNodeNum", cluster.nodes},
                     {"ClusterNetworkSettings",
                      {{"ClusterCIDR", cluster.pod_cidr},
                       {"ServiceCIDR", cluster.service_cidr},
                       {"VpcId", cluster.vpc.str()},
                       {"Cni", true}}}});
  }
  const std::size_t total = found.size();
  return {{"TotalCount", total}, {"Clusters", page(std::move(found), question.parameters)}};
}

Json describe_cluster_kubeconfig(const Question& question) {
  const Cluster& cluster = cluster_of(question);
  if (question.parameters.value("IsExtranet", false)) {
    throw Refusal{"FailedOperation", fmt::format("the cluster {} has no extranet access", cluster.id.str())};
  }
  return {{"Kubeconfig", cluster.kubeconfig(question.caller)}};
}

Json describe_cluster_endpoints(const Question& question) {
  const Cluster& cluster = cluster_of(question);
  return {{"ClusterExternalEndpoint", ""},
          {"ClusterIntranetEndpoint", cluster.intranet() ? cluster.api_server : ""},
          {"ClusterDomain", ""}};
}

Json describe_vpcs(const Question& question) {
  const auto ids = texts(question.parameters, "VpcIds");
  const auto conditions = filters(question.parameters);
  if (!ids.empty() && !conditions.empty())
    throw Refusal{"InvalidParameter.Coexist", "VpcIds and Filters exclude each other"};
  std::vector<Json> found;
  for (const Vpc& vpc : question.account.vpcs) {
    if (vpc.region != question.region || (!ids.empty() && !wanted(ids, vpc.id.str()))) continue;
    bool matches = true;
    for (const auto& [name, values] : conditions) {
      if (name != "vpc-id" && name != "vpc-name" && name != "cidr-block") {
        throw Refusal{"InvalidParameter", fmt::format("there is no filter {} (vpc-id, vpc-name, cidr-block)", name)};
      }
      matches = matches && wanted(values, name == "cidr-block" ? vpc.cidr : vpc.id.str());
    }
    if (!matches) continue;
    found.push_back(
        {{"VpcId", vpc.id.str()}, {"VpcName", vpc.id.str()}, {"CidrBlock", vpc.cidr}, {"IsDefault", false}});
  }
  if (!ids.empty() && found.size() < ids.size())
    throw Refusal{"ResourceNotFound", "a VPC of VpcIds is not in this region"};
  const std::size_t total = found.size();
  return {{"TotalCount", total}, {"VpcSet", page(std::move(found), question.parameters)}};
}

using Action = Json (*)(const Question&);

Action action_of(const std::string& name) {
  static const std::map<std::string, Action> kActions = {{"DescribeClusters", describe_clusters},
                                                         {"DescribeClusterKubeconfig", describe_cluster_kubeconfig},
                                                         {"DescribeClusterEndpoints", describe_cluster_endpoints},
                                                         {"DescribeVpcs", describe_vpcs}};
  if (name.empty()) throw Refusal{"MissingParameter", "X-TC-Action is missing"};
  const auto found = kActions.find(name);
  if (found == kActions.end()) throw Refusal{"InvalidAction", fmt::format("there is no action {}", name)};
  return found->second;
}

}  // namespace

std::string_view secret_id_of(std::string_view authorization) {
  constexpr std::string_view kStart = "TC3-HMAC-SHA256 Credential=";
  if (!authorization.starts_with(kStart)) return {};
  authorization.remove_prefix(kStart.size());
  return authorization.substr(0, authorization.find_first_of("/, "));
}

Json Actions::answer(const Call& call, const std::string& request_id) const {
  Json response;
  try {
    const Principal& caller = caller_of(account_, call);
    const Action action = action_of(call.action);
    const RegionId region = region_of(account_, call);
    const Json parameters = parameters_of(call);
    response = action({account_, caller, region, parameters});
  } catch (const Refusal& refusal) {
    response = {{"Error", {{"Code", refusal.code}, {"Message", refusal.message}}}};
  } catch (const Json::exception& failure) {
    response = {{"Error", {{"Code", "InvalidParameter"}, {"Message", failure.what()}}}};
  }
  response["RequestId"] = request_id;
  return {{"Response", response}};
}

}  // namespace plumbline::cloud
