#include "simulator/network/fabric.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <functional>

#include "simulator/network/flow_log.h"
#include "simulator/network/isolation.h"
#include "simulator/network/visitor.h"

namespace plumbline::network {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 20'000ms;
constexpr auto kSilence = 300ms;
const VpcId kVpc("vpc-1");
const InstanceId kInstance("instance-1");
const Address kPod = *parse_address("10.0.16.1");

void isolated(const std::function<void()>& body) {
  const auto pid = spawn_isolated([&] {
    body();
    return testing::Test::HasFailure() ? 1 : 0;
  });
  ASSERT_TRUE(pid) << pid.error();
  EXPECT_EQ(0, wait_isolated(*pid)) << "the failures are above";
}

void join(Fabric& fabric, const VpcId& vpc, const InstanceId& instance) {
  const auto added = fabric.add_vpc(vpc, *parse_range("10.0.0.0/16"), {*parse_range("10.0.16.0/20")});
  ASSERT_TRUE(added) << added.error();
  const auto joined = fabric.add_instance(instance, vpc);
  ASSERT_TRUE(joined) << joined.error();
}

int failure_of(const Fabric& fabric, const std::string& address, std::chrono::milliseconds patience = kPatience) {
  return dial(fabric.instance(kInstance).space.fd(), address, 80, patience).failure;
}

TEST(Fabric, InstanceReachesListenersAndDeadAddressesRefuse) {
  isolated([] {
    Fabric fabric(Foreign::kSilent);
    join(fabric, kVpc, kInstance);
    const auto pod = fabric.vpc(kVpc).space.listen(kPod, 80);
    ASSERT_TRUE(pod) << pod.error();
    EXPECT_EQ(0, failure_of(fabric, "10.0.16.1"));
    EXPECT_EQ(ECONNREFUSED, failure_of(fabric, "10.0.16.2"));
    EXPECT_EQ("10.0.255.10", fabric.instance(kInstance).address.str());
  });
}

TEST(Fabric, InsideAVpcConnectionsComeFromItsRouter) {
  isolated([] {
    Fabric fabric(Foreign::kSilent);
    join(fabric, kVpc, kInstance);
    const auto pod = fabric.vpc(kVpc).space.listen(kPod, 80);
    ASSERT_TRUE(pod) << pod.error();
    const Dialled user = dial(fabric.vpc(kVpc).space.fd(), "10.0.16.1", 80, kPatience);
    ASSERT_EQ(0, user.failure);
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const Descriptor accepted(::accept(pod->get(), reinterpret_cast<sockaddr*>(&peer), &size));
    ASSERT_TRUE(accepted.valid());
    EXPECT_EQ(fabric.vpc(kVpc).layout.router().str(), ::inet_ntoa(peer.sin_addr));
  });
}

TEST(Fabric, UsersReachTheInstance) {
  isolated([] {
    Fabric fabric(Foreign::kSilent);
    join(fabric, kVpc, kInstance);
    const auto gateway = fabric.instance(kInstance).space.listen(*parse_address("0.0.0.0"), 80);
    ASSERT_TRUE(gateway) << gateway.error();
    EXPECT_EQ(0, dial(fabric.vpc(kVpc).space.fd(), "10.0.255.10", 80, kPatience).failure);
  });
}

TEST(Fabric, AddressesOfNobodyAreSilentOrUnreachable) {
  isolated([] {
    for (const Foreign foreign : {Foreign::kSilent, Foreign::kUnreachable}) {
      Fabric fabric(foreign);
      join(fabric, kVpc, kInstance);
      const bool silent = foreign == Foreign::kSilent;
      EXPECT_EQ(silent ? ETIMEDOUT : EHOSTUNREACH, failure_of(fabric, "10.0.99.1", silent ? kSilence : kPatience));
    }
  });
}

TEST(Fabric, UnreachableAddressesComeBack) {
  isolated([] {
    Fabric fabric(Foreign::kSilent);
    join(fabric, kVpc, kInstance);
    const auto pod = fabric.vpc(kVpc).space.listen(kPod, 80);
    ASSERT_TRUE(fabric.set_unreachable(kVpc, kPod, true));
    EXPECT_EQ(EHOSTUNREACH, failure_of(fabric, "10.0.16.1"));
    ASSERT_TRUE(fabric.set_unreachable(kVpc, kPod, false));
    EXPECT_EQ(0, failure_of(fabric, "10.0.16.1"));
  });
}

TEST(Fabric, DroppedArrivalsAreSilence) {
  isolated([] {
    Fabric fabric(Foreign::kSilent);
    join(fabric, kVpc, kInstance);
    const auto pod = fabric.vpc(kVpc).space.listen(kPod, 80);
    drop_arrivals(pod->get());
    EXPECT_EQ(ETIMEDOUT, failure_of(fabric, "10.0.16.1", kSilence));
    take_arrivals(pod->get());
    EXPECT_EQ(0, failure_of(fabric, "10.0.16.1"));
  });
}

TEST(Fabric, VpcsOfOneRangeAreApart) {
  isolated([] {
    Fabric fabric(Foreign::kSilent);
    join(fabric, kVpc, kInstance);
    join(fabric, VpcId("vpc-2"), InstanceId("instance-2"));
    const auto pod = fabric.vpc(VpcId("vpc-2")).space.listen(kPod, 80);
    EXPECT_EQ(ECONNREFUSED, failure_of(fabric, "10.0.16.1"));
    EXPECT_EQ(0, dial(fabric.instance(InstanceId("instance-2")).space.fd(), "10.0.16.1", 80, kPatience).failure);
  });
}

TEST(Fabric, TwoInstancesOfOneVpcBothReachIt) {
  isolated([] {
    Fabric fabric(Foreign::kSilent);
    join(fabric, kVpc, kInstance);
    ASSERT_TRUE(fabric.add_instance(InstanceId("instance-2"), kVpc));
    const auto pod = fabric.vpc(kVpc).space.listen(kPod, 80);
    EXPECT_EQ(0, failure_of(fabric, "10.0.16.1"));
    EXPECT_EQ(0, dial(fabric.instance(InstanceId("instance-2")).space.fd(), "10.0.16.1", 80, kPatience).failure);
    EXPECT_EQ("10.0.255.11", fabric.instance(InstanceId("instance-2")).address.str());
  });
}

TEST(FlowLog, SeesEveryAttemptOfTheInstanceAndNothingElse) {
  isolated([] {
    Fabric fabric(Foreign::kUnreachable);
    join(fabric, kVpc, kInstance);
    const auto pod = fabric.vpc(kVpc).space.listen(kPod, 80);
    const auto gateway = fabric.instance(kInstance).space.listen(*parse_address("0.0.0.0"), 80);
    boost::asio::io_context io;
    std::vector<std::string> seen;
    const auto log = FlowLog::open(
        io, fabric.vpc(kVpc).space, fabric.instance(kInstance).link, [] { return std::int64_t{1'000'000'000}; },
        [&](const wire::Syn& syn) {
          EXPECT_LE(syn.t, 1'000'000'000);
          EXPECT_EQ("10.0.255.10", syn.from);
          seen.push_back(syn.to + ":" + std::to_string(syn.port));
        });
    ASSERT_TRUE(log) << log.error();
    std::vector<std::string> expected;
    for (int i = 0; i < 200; ++i) {
      const auto connected = dial(fabric.instance(kInstance).space.fd(), "10.0.16.1", 80, kPatience);
      EXPECT_EQ(0, connected.failure);
      expected.push_back("10.0.16.1:80");
    }
    for (const char* address : {"10.0.16.2", "10.9.9.9", "10.0.255.77"}) {
      EXPECT_NE(0, failure_of(fabric, address));
      expected.push_back(address + std::string(":80"));
    }
    EXPECT_EQ(0, dial(fabric.vpc(kVpc).space.fd(), "10.0.255.10", 80, kPatience).failure);
    (*log)->drain();
    EXPECT_EQ(expected, seen);
    EXPECT_EQ(0U, (*log)->lost());
  });
}

}  // namespace
}  // namespace plumbline::network
