#include "simulator/network/fabric.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "model/check.h"

namespace plumbline::network {
namespace {

/// The VPC forwards, because only a router answers "unreachable"; its default route decides what foreigners get.
/// Wide port ranges: users and gateways open tens of thousands of short connections to one address.
constexpr std::array<std::pair<const char*, const char*>, 4> kSettings = {{
    {"net/ipv4/ip_forward", "1"},
    {"net/ipv4/icmp_ratemask", "0"},
    {"net/ipv4/ip_local_port_range", "10000 65535"},
    {"net/ipv4/tcp_tw_reuse", "1"},
}};

Result<void> tune(const Namespace& space) {
  for (const auto& [key, value] : kSettings) {
    if (auto done = space.set(key, value); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> Fabric::add_vpc(const VpcId& name, const Range& cidr, const std::vector<Range>& answering) {
  CHECK(!vpcs_.contains(name), "a VPC is added once");
  CHECK(cidr.prefix <= kVpcPrefixMax, "the layout needs a /16");
  auto space = Namespace::create();
  if (!space) return space.error();
  if (auto tuned = tune(*space); !tuned) return tuned;
  const Layout layout{cidr};
  std::string batch;
  const auto add = std::back_inserter(batch);
  const std::string router = layout.router().str();
  fmt::format_to(add, "addr add {}/32 dev lo\naddr add {}/32 dev lo\n", router, kCloudAddress);
  // Without a source of its own, a connection from inside the VPC would come from the very address that it goes to.
  const auto own = [&](const std::string& range) {
    fmt::format_to(add, "route add local {} dev lo src {}\n", range, router);
  };
  for (const Range& range : answering) own(range.str());
  for (const Address& first : {layout.balancer(0), layout.node(0), layout.api_server(0)}) own(first.str() + "/24");
  fmt::format_to(add, "route add {} default\n", foreign_ == Foreign::kSilent ? "blackhole" : "unreachable");
  if (auto done = space->configure(batch); !done) return done;
  vpcs_.emplace(name, Vpc{layout, std::move(*space)});
  return {};
}

Result<void> Fabric::add_instance(const InstanceId& name, const VpcId& vpc_name) {
  CHECK(!instances_.contains(name), "an instance is added once");
  const auto found = vpcs_.find(vpc_name);
  CHECK(found != vpcs_.end(), "an instance needs its VPC first");
  Vpc& vpc = found->second;
  auto space = Namespace::create();
  if (!space) return space.error();
  if (auto tuned = tune(*space); !tuned) return tuned;
  const std::uint32_t number = ++vpc.instances;
  const Address address = vpc.layout.instance(number);
  const std::string router = vpc.layout.router().str();
  const std::string link = fmt::format("link{}", number);
  const int passed[] = {space->fd()};
  const std::string outside = fmt::format(
      "link add {0} type veth peer name eth0 netns /proc/self/fd/{1}\nlink set {0} up\n"
      "route add {2}/32 dev {0} src {3}\n",
      link, space->fd(), address.str(), router);
  if (auto done = vpc.space.configure(outside, passed); !done) return done;
  const std::string inside = fmt::format(
      "addr add {0}/32 dev eth0\nlink set eth0 up\nroute add {1}/32 dev eth0 src {0}\n"
      "route add default via {1} dev eth0 src {0}\n",
      address.str(), router);
  if (auto done = space->configure(inside); !done) return done;
  instances_.emplace(name, Instance{vpc_name, address, link, std::move(*space)});
  return {};
}

const Fabric::Vpc& Fabric::vpc(const VpcId& name) const {
  const auto found = vpcs_.find(name);
  CHECK(found != vpcs_.end(), "callers name VPCs of their own world");
  return found->second;
}

const Fabric::Instance& Fabric::instance(const InstanceId& name) const {
  const auto found = instances_.find(name);
  CHECK(found != instances_.end(), "callers name instances of their own world");
  return found->second;
}

const Namespace* Fabric::find(const std::string& name) const {
  if (const auto vpc_found = vpcs_.find(VpcId(name)); vpc_found != vpcs_.end()) return &vpc_found->second.space;
  const auto found = instances_.find(InstanceId(name));
  return found == instances_.end() ? nullptr : &found->second.space;
}

Result<void> Fabric::set_unreachable(const VpcId& name, Address address, bool unreachable) {
  return vpc(name).space.configure(
      fmt::format("route {} unreachable {}/32 table local\n", unreachable ? "replace" : "del", address.str()));
}

}  // namespace plumbline::network
