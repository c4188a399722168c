#include "simulator/program/up.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "simulator/network/failure.h"
#include "simulator/network/isolation.h"
#include "simulator/program/control.h"
#include "simulator/program/trouble.h"
#include "simulator/world/world.h"

namespace plumbline::program {
namespace {

using network::Descriptor;
using network::unavailable;

constexpr int kEndPatienceMs = 3000;  // for the world to end by itself, before the kernel ends it
constexpr const char* kWorkDir = "/dev/shm/plumbline";
constexpr int kBacklog = 128;

/// A world for people keeps no history.
class NoHistory : public wire::HistorySink {
 public:
  void write(const nlohmann::json&) override {}
};

int code(ExitCode exit) { return static_cast<int>(exit); }

ExitCode fail(ExitCode exit, const std::string& text) {
  fmt::print(stderr, "plumbline-sim: {}\n", text);
  return exit;
}

Result<world::HostListener> open_host_listener(const ClusterId& cluster) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&place), size) != 0 ||
      ::listen(socket.get(), kBacklog) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&place), &size) != 0) {
    return unavailable("cannot listen on 127.0.0.1");
  }
  return world::HostListener{cluster, socket.release(), fmt::format("https://127.0.0.1:{}", ntohs(place.sin_port))};
}

/// The files that a world leaves for people while it is up.
class Files {
 public:
  explicit Files(const UpOrder& order) : dir_(order.kubeconfig_dir) {
    for (const auto& cluster : order.spec.clusters) names_.push_back(cluster.name.str() + ".kubeconfig");
    names_.push_back("hello.json");
  }
  std::filesystem::path path(const std::string& name) const { return *dir_ / name; }

  /// Only the user may read them: they hold keys.
  Result<void> write(const std::string& name, const std::string& text) const {
    if (!dir_) return {};
    ::unlink(path(name).c_str());
    const Descriptor file(::open(path(name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.valid() || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      return unavailable("cannot write " + path(name).string());
    }
    return {};
  }
  void remove() const {
    for (const std::string& name : names_) {
      if (dir_) ::unlink(path(name).c_str());
    }
  }

 private:
  std::optional<std::filesystem::path> dir_;
  std::vector<std::string> names_;
};

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
int keep(const UpOrder& order, const Files& files, const std::vector<world::HostListener>& listeners, int control,
         int stop) {
  ::signal(SIGINT, SIG_IGN);  // the terminal's Ctrl-C is for the parent, who closes `stop`
  ::mkdir(kWorkDir, 0755);
  NoHistory nowhere;
  auto world = world::World::build(order.spec, {order.seed, kWorkDir, listeners}, nowhere);
  if (!world) return code(fail(ExitCode::kOurFailure, "the world could not be built: " + world.error().text));
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
                               [&](const nlohmann::json& wanted) { return carry_out(wanted, **world); }});
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
  auto control = open_control(order.spec.name);
  if (!control) {
    return fail(control.error().reason == Reason::kInUse ? ExitCode::kUsage : ExitCode::kOurFailure,
                control.error().text);
  }
  if (order.kubeconfig_dir) {
    std::error_code failure;
    std::filesystem::create_directories(*order.kubeconfig_dir, failure);
    if (failure) return fail(ExitCode::kUsage, order.kubeconfig_dir->string() + ": " + failure.message());
  }
  std::vector<world::HostListener> listeners;
  for (const auto& cluster : order.spec.clusters) {
    auto listener = open_host_listener(cluster.name);
    if (!listener) return fail(ExitCode::kOurFailure, listener.error().text);
    listeners.push_back(*listener);
  }
  sigset_t ends;
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGINT);
  ::sigaddset(&ends, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &ends, nullptr);
  const Descriptor signals(::signalfd(-1, &ends, SFD_CLOEXEC));
  int ends_of_pipe[2];
  if (::pipe2(ends_of_pipe, O_CLOEXEC) != 0) return fail(ExitCode::kOurFailure, unavailable("pipe").text);
  Descriptor stopped(ends_of_pipe[0]);
  Descriptor stop(ends_of_pipe[1]);
  const Files files(order);
  const auto pid = network::spawn_isolated([&] {
    stop.reset();
    return keep(order, files, listeners, control->get(), stopped.get());
  });
  if (!pid) return fail(ExitCode::kOurFailure, pid.error().text);
  // What the world listens on is the world's alone: it must close with it.
  control->reset();
  for (const auto& listener : listeners) ::close(listener.fd);
  const int ended = wait_for_end(*pid, signals.get(), stop);
  files.remove();
  return ended >= 0 && ended <= code(ExitCode::kOurFailure) ? static_cast<ExitCode>(ended) : ExitCode::kOurFailure;
}

}  // namespace plumbline::program
