#include "simulator/program/up.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "simulator/network/failure.h"
#include "simulator/network/isolation.h"
#include "simulator/program/access_files.h"
#include "simulator/program/control.h"
#include "simulator/program/end_signals.h"
#include "simulator/program/orders.h"
#include "simulator/world/world.h"
#include "wire/no_history.h"

namespace plumbline::program {
namespace {

using network::Descriptor;
using network::unavailable;

constexpr int kEndPatienceMs = 3000;  // for the world to end by itself, before the kernel ends it
constexpr const char* kWorkDir = "/dev/shm/plumbline";

int code(ExitCode exit) { return static_cast<int>(exit); }

ExitCode fail(ExitCode exit, const std::string& text) {
  fmt::print(stderr, "plumbline-sim: {}\n", text);
  return exit;
}

void describe(const world::World& world, const std::vector<world::HostListener>& listeners) {
  const world::WorldSpec& spec = world.spec();
  fmt::print(stderr, "world {}\n", spec.name);
  for (const auto& vpc : spec.vpcs) {
    fmt::print(stderr, "  {}  VPC {} in {}\n", vpc.name.str(), vpc.cidr, vpc.region.str());
  }
  for (const auto& listener : listeners) {
    fmt::print(stderr, "  {}  cluster, {} Pods, API server for people {}\n", listener.cluster.str(),
               world.list(listener.cluster, "Pod").size(), listener.url);
  }
  for (const auto& instance : spec.instances) {
    const bool dedicated = instance.kind == world::InstanceKind::kDedicated;
    fmt::print(stderr, "  {}  {} instance{}{}\n", instance.name.str(), dedicated ? "dedicated" : "shared",
               dedicated ? " in " + instance.vpc.str() : "",
               instance.attached ? ", the candidate's, " + world.instance_address() : "");
  }
}

/// Inside the world's process: builds it, says "ready", answers `exec` until `stop` closes.
int keep(const UpOrder& order, AccessFiles& files, const std::vector<world::HostListener>& listeners, int control,
         int stop) {
  ::signal(SIGINT, SIG_IGN);  // the terminal's Ctrl-C is for the parent, who closes `stop`
  ::mkdir(kWorkDir, 0755);
  wire::NoHistory nowhere;  // a world for people keeps none
  auto world = world::World::build(order.spec, {order.seed, kWorkDir, listeners}, nowhere);
  if (!world) {
    if (is_mistake(world.error().reason)) return code(fail(ExitCode::kUsage, world.error().text));
    return code(fail(ExitCode::kOurFailure, "the world could not be built: " + world.error().text));
  }
  for (const auto& listener : listeners) {
    const auto kubeconfig = (*world)->host_kubeconfig(listener.cluster);
    if (!kubeconfig) return code(fail(ExitCode::kOurFailure, kubeconfig.error().text));
    const auto written = files.write(listener.cluster.str() + ".kubeconfig", *kubeconfig);
    if (!written) return code(fail(ExitCode::kUsage, written.error().text));
  }
  const auto written = files.write("hello.json", to_json((*world)->hello(false)).dump(2) + "\n");
  if (!written) return code(fail(ExitCode::kUsage, written.error().text));
  describe(**world, listeners);
  fmt::print("ready\n");
  std::fflush(stdout);
  for (;;) {
    pollfd entries[] = {{stop, POLLIN, 0}, {control, POLLIN, 0}};
    if (::poll(entries, 2, -1) < 0 && errno != EINTR) break;
    if (entries[0].revents != 0) break;
    if (entries[1].revents != 0) {
      answer_control(control, {[&](const std::string& name) { return (*world)->network_namespace(name); },
                               [&](const nlohmann::json& wanted, Descriptor passed) {
                                 return carry_out(wanted, std::move(passed), **world);
                               }});
    }
  }
  return code(ExitCode::kGood);
}

/// Until the world ends by itself (its exit code) or a signal asks for its end (kGood).
int wait_for_end(pid_t pid, int signals, Descriptor& stop) {
  const Descriptor world(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd entries[] = {{world.get(), POLLIN, 0}, {signals, POLLIN, 0}};
  while (::poll(entries, 2, -1) < 0 && errno == EINTR) {
  }
  const bool asked = entries[0].revents == 0;
  stop.reset();
  if (asked && ::poll(entries, 1, kEndPatienceMs) <= 0) ::kill(pid, SIGKILL);
  const int ended = network::wait_isolated(pid);
  return asked ? code(ExitCode::kGood) : ended;
}

}  // namespace

ExitCode keep_world_up(const UpOrder& order) {
  const EndSignals signals;
  auto control = open_control(order.spec.name);
  if (!control) {
    return fail(control.error().reason == Reason::kInUse ? ExitCode::kUsage : ExitCode::kOurFailure,
                control.error().text);
  }
  AccessFiles files(order.kubeconfig_dir);
  for (const auto& cluster : order.spec.clusters) files.expect(cluster.name.str() + ".kubeconfig");
  files.expect("hello.json");
  if (const auto made = files.make_folder(); !made) return fail(ExitCode::kUsage, made.error().text);
  std::vector<world::HostListener> listeners;
  for (const auto& cluster : order.spec.clusters) {
    auto listener = open_host_listener(cluster.name);
    if (!listener) return fail(ExitCode::kOurFailure, listener.error().text);
    listeners.push_back(*listener);
  }
  int ends_of_pipe[2];
  if (::pipe2(ends_of_pipe, O_CLOEXEC) != 0) return fail(ExitCode::kOurFailure, unavailable("pipe").text);
  Descriptor stopped(ends_of_pipe[0]);
  Descriptor stop(ends_of_pipe[1]);
  const auto pid = network::spawn_isolated([&] {
    stop.reset();
    return keep(order, files, listeners, control->get(), stopped.get());
  });
  if (!pid) return fail(ExitCode::kOurFailure, pid.error().text);
  // What the world listens on is the world's alone: it must close with it.
  control->reset();
  for (const auto& listener : listeners) ::close(listener.fd);
  const int ended = wait_for_end(*pid, signals.fd(), stop);
  files.remove();
  return ended >= 0 && ended <= code(ExitCode::kOurFailure) ? static_cast<ExitCode>(ended) : ExitCode::kOurFailure;
}

}  // namespace plumbline::program
