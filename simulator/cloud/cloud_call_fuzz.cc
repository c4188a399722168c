// Any call has an answer in the cloud's envelope. Input: action, region and Authorization, a line each, then the body.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/check.h"
#include "simulator/cloud/actions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace plumbline;
  using namespace plumbline::cloud;
  static const Account kAccount = [] {
    Account account;
    account.regions = {RegionId("r")};
    account.vpcs = {{VpcId("v"), RegionId("r"), "10.0.0.0/16"}};
    Cluster cluster;
    cluster.id = ClusterId("c");
    cluster.region = RegionId("r");
    cluster.vpc = VpcId("v");
    cluster.kubeconfig = [](const Principal& who) { return who.name; };
    account.clusters = {cluster};
    account.principals = {{"owner", "id", "key"}};
    return account;
  }();
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  std::array<std::string, 3> lines;
  for (std::string& line : lines) {
    const std::size_t end = rest.find('\n');
    line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  const auto answer = Actions(kAccount).answer({lines[0], lines[1], lines[2], std::string(rest)}, "id");
  CHECK(answer.at("Response").at("RequestId") == "id", "an answer names its request");
  return 0;
}
