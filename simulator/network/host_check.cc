#include "simulator/network/host_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <functional>
#include <string_view>

#include "simulator/network/fabric.h"
#include "simulator/network/flow_log.h"
#include "simulator/network/isolation.h"
#include "simulator/network/visitor.h"

namespace plumbline::network {
namespace {

constexpr std::chrono::milliseconds kPatience{5000};
constexpr const char* kDockerFlags =
    "in Docker: `docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--security-opt systempaths=unconfined ...`, or `--privileged`";

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// What keeps ordinary users from namespaces, as far as this host says.
std::string namespace_remedy() {
  if (first_line("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1") {
    return "Ubuntu's AppArmor keeps namespaces from ordinary users: `sudo sysctl -w "
           "kernel.apparmor_restrict_unprivileged_userns=0`, or run as root";
  }
  if (first_line("/proc/sys/kernel/unprivileged_userns_clone") == "0") {
    return "this kernel keeps namespaces from ordinary users: `sudo sysctl -w kernel.unprivileged_userns_clone=1`, or "
           "run as root";
  }
  if (first_line("/proc/sys/user/max_user_namespaces") == "0") {
    return "no user namespaces are allowed: `sudo sysctl -w user.max_user_namespaces=10000`, or run as root";
  }
  return std::string(kDockerFlags) + "; elsewhere run as root";
}

/// Does `body` isolated; it returns what failed, or nothing.
std::string isolated(const std::function<std::string()>& body) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return "no pipe";
  Descriptor news(ends[0]);
  Descriptor report(ends[1]);
  const auto pid = spawn_isolated([&] {
    const std::string failure = body();
    const bool told = ::write(report.get(), failure.data(), failure.size()) == static_cast<ssize_t>(failure.size());
    return failure.empty() && told ? 0 : 1;
  });
  report.reset();
  if (!pid) return pid.error().text;
  std::string failure;
  char buffer[512];
  for (ssize_t count; (count = ::read(news.get(), buffer, sizeof buffer)) > 0;) {
    failure.append(buffer, static_cast<std::size_t>(count));
  }
  const int code = wait_isolated(*pid);
  return failure.empty() && code != 0 ? fmt::format("the process that tried ended with {}", code) : failure;
}

/// A VPC and an instance, joined.
std::string build(Fabric& fabric) {
  const auto vpc = fabric.add_vpc(VpcId("vpc"), *parse_range("10.0.0.0/16"), {*parse_range("10.0.16.0/20")});
  if (!vpc) return vpc.error().text;
  const auto instance = fabric.add_instance(InstanceId("instance"), VpcId("vpc"));
  return instance ? "" : instance.error().text;
}

std::string try_links() {
  Fabric fabric(Foreign::kSilent);
  return build(fabric);
}

/// A dial from the instance to a Pod's address must arrive, and be seen on the way.
std::string try_flow_log() {
  Fabric fabric(Foreign::kSilent);
  if (std::string failure = build(fabric); !failure.empty()) return failure;
  boost::asio::io_context io;
  int seen = 0;
  const Namespace& vpc = fabric.vpc(VpcId("vpc")).space;
  const auto& instance = fabric.instance(InstanceId("instance"));
  const auto log = FlowLog::open(
      io, vpc, instance.link, [] { return std::int64_t{0}; }, [&](const wire::Syn&) { ++seen; });
  if (!log) return log.error().text;
  const auto pod = vpc.listen(*parse_address("10.0.16.1"), 80);
  if (!pod) return pod.error().text;
  const Dialled dialled = dial(instance.space.fd(), "10.0.16.1", 80, kPatience);
  if (!dialled.socket.valid())
    return fmt::format("a connection through the veth failed: {}", std::strerror(dialled.failure));
  (*log)->drain();
  return seen == 1 ? "" : fmt::format("one connection was made, {} seen", seen);
}

HostCheck check(const std::string& name, const std::string& good, const std::string& failure,
                const std::string& remedy) {
  return failure.empty() ? HostCheck{name, true, good, ""} : HostCheck{name, false, failure, remedy};
}

HostCheck check_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::string found = fmt::format("{} descriptors a process", limit.rlim_max);
  if (limit.rlim_max >= kDescriptorsWanted) return {"descriptors", true, found, ""};
  return {"descriptors", false, fmt::format("{}, {} wanted", found, kDescriptorsWanted),
          fmt::format(
              "raise the hard limit: `ulimit -Hn {0}` as root, `docker run --ulimit nofile={0}`, or LimitNOFILE={0} "
              "in the systemd unit",
              kDescriptorsWanted)};
}

HostCheck check_ip() {
  for (const char* path : {"/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip"}) {
    if (::access(path, X_OK) == 0) return {"iproute2", true, path, ""};
  }
  return {"iproute2", false, "there is no `ip`", "install it: `apt-get install iproute2`"};
}

}  // namespace

std::vector<HostCheck> check_host() {
  std::vector<HostCheck> checks;
  const std::string how = needs_user_namespace()
                              ? "user, PID, mount, IPC and network namespaces, as an ordinary user"
                              : "PID, mount, IPC and network namespaces, with this user's capabilities";
  checks.push_back(check("namespaces", how, isolated([] { return std::string(); }), namespace_remedy()));
  checks.push_back(check_ip());
  const bool basis = checks[0].ok && checks[1].ok;
  const std::string unmet = "not tried: it needs what failed above";
  checks.push_back(check("veth and routes", "a VPC and an instance were joined", basis ? isolated(try_links) : unmet,
                         "the kernel needs the module veth: `sudo modprobe veth`"));
  checks.push_back(check(
      "flow log", "an AF_PACKET socket saw a connection between them", checks[2].ok ? isolated(try_flow_log) : unmet,
      std::string("AF_PACKET sockets must be allowed: CONFIG_PACKET in the kernel; ") + kDockerFlags));
  checks.push_back(check_descriptors());
  return checks;
}

}  // namespace plumbline::network
