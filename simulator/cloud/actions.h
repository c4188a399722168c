// The cloud's API, actions by name: TKE 2018-05-25 DescribeClusters, DescribeClusterKubeconfig,
// DescribeClusterEndpoints; VPC 2017-03-12 DescribeVpcs (facts: the public API, section 3). Decides; no I/O.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "simulator/cloud/account.h"

namespace plumbline::cloud {

/// One call, taken from its HTTP request.
struct Call {
  std::string action;         ///< X-TC-Action
  std::string region;         ///< X-TC-Region
  std::string authorization;  ///< Authorization; the signature is not verified
  std::string body;           ///< JSON
};

inline constexpr int kLimitMax = 100;  ///< objects a page

class Actions {
 public:
  /// `account` must outlive it.
  explicit Actions(const Account& account) : account_(account) {}

  /// The envelope {"Response":{..., "RequestId"}}, or {"Response":{"Error":{"Code","Message"},"RequestId"}}.
  nlohmann::json answer(const Call& call, const std::string& request_id) const;

 private:
  const Account& account_;
};

/// The secretId of `Authorization: TC3-HMAC-SHA256 Credential=SECRETID/DATE/...`; empty when it is not of that form.
std::string_view secret_id_of(std::string_view authorization);

}  // namespace plumbline::cloud
