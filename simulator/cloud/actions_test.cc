#include "simulator/cloud/actions.h"

#include <gtest/gtest.h>

namespace plumbline::cloud {
namespace {

using Json = nlohmann::json;

class ActionsTest : public testing::Test {
 protected:
  ActionsTest() {
    account_.regions = {RegionId("ap-guangzhou"), RegionId("ap-shanghai")};
    account_.vpcs = {{VpcId("vpc-1"), RegionId("ap-guangzhou"), "10.0.0.0/16"},
                     {VpcId("vpc-9"), RegionId("ap-shanghai"), "10.9.0.0/16"}};
    for (const char* name : {"cls-1", "cls-2", "cls-9"}) {
      Cluster cluster;
      cluster.id = ClusterId(name);
      cluster.region = account_.vpcs[name == std::string("cls-9")].region;
      cluster.vpc = account_.vpcs[name == std::string("cls-9")].id;
      cluster.kubeconfig = [name](const Principal& who) { return who.name + "@" + name; };
      account_.clusters.push_back(cluster);
    }
    account_.principals = {{"owner", "AKIDowner", "key"}, {"guest", "AKIDguest", "key"}};
  }

  Json ask(const std::string& action, const Json& parameters, const std::string& region = "ap-guangzhou",
           const std::string& secret_id = "AKIDowner") {
    const Call call{action, region,
                    "TC3-HMAC-SHA256 Credential=" + secret_id + "/2026-01-01/tke/tc3_request, Signature=0",
                    parameters.dump()};
    const Json envelope = Actions(account_).answer(call, "id-1");
    EXPECT_EQ("id-1", envelope["Response"]["RequestId"]);
    return envelope["Response"];
  }

  Account account_;
};

std::vector<std::string> ids(const Json& response) {
  std::vector<std::string> list;
  for (const Json& cluster : response.at("Clusters")) list.push_back(cluster.at("ClusterId"));
  return list;
}

TEST_F(ActionsTest, DescribeClusters_GivesThoseOfTheAskedRegion) {
  EXPECT_EQ((std::vector<std::string>{"cls-1", "cls-2"}), ids(ask("DescribeClusters", Json::object())));
  const Json response = ask("DescribeClusters", Json::object(), "ap-shanghai");
  EXPECT_EQ(std::vector<std::string>{"cls-9"}, ids(response));
  EXPECT_EQ("vpc-9", response["Clusters"][0]["ClusterNetworkSettings"]["VpcId"]);
  EXPECT_EQ("Running", response["Clusters"][0]["ClusterStatus"]);
}

TEST_F(ActionsTest, DescribeClusters_NarrowsByIdFilterAndPage) {
  EXPECT_EQ(std::vector<std::string>{"cls-2"}, ids(ask("DescribeClusters", {{"ClusterIds", {"cls-2", "cls-9"}}})));
  EXPECT_TRUE(ids(ask("DescribeClusters", {{"Filters", {{{"Name", "vpc-id"}, {"Values", {"vpc-9"}}}}}})).empty());
  const Json second = ask("DescribeClusters", {{"Offset", 1}, {"Limit", 1}});
  EXPECT_EQ(std::vector<std::string>{"cls-2"}, ids(second));
  EXPECT_EQ(2, second["TotalCount"]);
  EXPECT_EQ("InvalidParameterValue", ask("DescribeClusters", {{"Limit", kLimitMax + 1}})["Error"]["Code"]);
}

TEST_F(ActionsTest, DescribeClusterKubeconfig_IsThatOfTheCaller) {
  EXPECT_EQ("owner@cls-1", ask("DescribeClusterKubeconfig", {{"ClusterId", "cls-1"}})["Kubeconfig"]);
  EXPECT_EQ("guest@cls-1",
            ask("DescribeClusterKubeconfig", {{"ClusterId", "cls-1"}}, "ap-guangzhou", "AKIDguest")["Kubeconfig"]);
}

TEST_F(ActionsTest, DescribeClusterKubeconfig_NamesTheClusterThatIsNotInTheRegion) {
  const Json error = ask("DescribeClusterKubeconfig", {{"ClusterId", "cls-9"}})["Error"];
  EXPECT_EQ("ResourceNotFound.ClusterNotFound", error["Code"]);
  EXPECT_NE(std::string::npos, error["Message"].get<std::string>().find("cls-9"));
}

TEST_F(ActionsTest, DescribeVpcs_GivesTheRange) {
  const Json response = ask("DescribeVpcs", {{"VpcIds", {"vpc-1"}}, {"Limit", "20"}, {"Offset", "0"}});
  EXPECT_EQ("10.0.0.0/16", response["VpcSet"][0]["CidrBlock"]);
  EXPECT_EQ("ResourceNotFound", ask("DescribeVpcs", {{"VpcIds", {"vpc-9"}}})["Error"]["Code"]);
}

TEST_F(ActionsTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ("AuthFailure.SecretIdNotFound",
            ask("DescribeVpcs", Json::object(), "ap-guangzhou", "AKIDx")["Error"]["Code"]);
  EXPECT_EQ("InvalidAction", ask("Nothing", Json::object())["Error"]["Code"]);
  EXPECT_EQ("UnsupportedRegion", ask("DescribeVpcs", Json::object(), "mars")["Error"]["Code"]);
  EXPECT_EQ("MissingParameter", ask("DescribeVpcs", Json::object(), "")["Error"]["Code"]);
  EXPECT_EQ("InvalidParameter", ask("DescribeClusters", Json::array())["Error"]["Code"]);
  EXPECT_EQ("InvalidParameter", ask("DescribeClusters", {{"ClusterIds", 7}})["Error"]["Code"]);
  EXPECT_EQ("MissingParameter", ask("DescribeClusterKubeconfig", Json::object())["Error"]["Code"]);
}

}  // namespace
}  // namespace plumbline::cloud
