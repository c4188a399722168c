#include "simulator/program/replay.h"

#include <fmt/format.h>
#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "simulator/kube/cluster.h"
#include "simulator/kube/recording/player.h"
#include "simulator/program/access_files.h"
#include "simulator/program/end_signals.h"

namespace plumbline::program {
namespace {

constexpr double kFastest = 1e6;
constexpr std::chrono::seconds kWatchersPatience{5};
constexpr std::chrono::milliseconds kLookEvery{10};
constexpr std::chrono::milliseconds kLastBytes{100};
constexpr const char* kReader = "plumbline-admin";

ExitCode replay_failed(ExitCode exit, const std::string& text) {
  fmt::print(stderr, "plumbline-sim: {}\n", text);
  return exit;
}

/// The Pods of a recording are nowhere.
class NoPods : public kube::PodRuntime {
 public:
  Result<std::string> start(const kube::Value&) override {
    return Error{Reason::kUnsupported, "a cluster that replays starts no Pods", "", ""};
  }
  void terminate(const kube::Value&, std::chrono::seconds, std::function<void()>) override {}
  void remove(const kube::Value&) override {}
};

/// Lets watchers have what they have not been told yet, then ends everything.
class Goodbye {
 public:
  Goodbye(boost::asio::io_context& io, kube::Cluster& cluster) : io_(io), cluster_(cluster), timer_(io) {}
  void say() {
    cluster_.finish_watches();
    deadline_ = std::chrono::steady_clock::now() + kWatchersPatience;
    look();
  }

 private:
  void look() {
    const bool all_told = cluster_.open_watches() == 0;
    if (std::chrono::steady_clock::now() >= deadline_) return io_.stop();
    // What a watch has told last may still be on its way to the socket.
    timer_.expires_after(all_told ? kLastBytes : kLookEvery);
    timer_.async_wait([this, all_told](const boost::system::error_code& cancelled) {
      if (cancelled) return;
      if (all_told) return io_.stop();
      look();
    });
  }

  boost::asio::io_context& io_;
  kube::Cluster& cluster_;
  boost::asio::steady_timer timer_;
  std::chrono::steady_clock::time_point deadline_;
};

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

}  // namespace

bool parse_speed(const std::string& text, std::optional<double>& speed) {
  speed.reset();
  if (text == "max") return true;
  double factor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), factor);
  if (error != std::errc() || std::string_view(end) != "x" || !(factor >= kube::kSlowest && factor <= kFastest))
    return false;
  speed = factor;
  return true;
}

ExitCode replay(const ReplayOrder& order) {
  ::signal(SIGPIPE, SIG_IGN);
  boost::asio::io_context io;
  std::ifstream whole(order.file, std::ios::binary);
  if (!whole)
    return replay_failed(ExitCode::kUsage, fmt::format("cannot read {}: {}", order.file, std::strerror(errno)));
  if (!std::filesystem::is_regular_file(order.file))
    return replay_failed(ExitCode::kUsage, order.file + " is no file that can be read twice, which a replay does");
  const auto summary = kube::check_recording(whole, order.file);
  if (!summary) return replay_failed(ExitCode::kUsage, summary.error().text);
  if (summary->cut_off) fmt::print(stderr, "plumbline-sim: {} is cut off: what is there is replayed\n", order.file);

  const auto listener = open_host_listener(ClusterId(summary->head.cluster));
  if (!listener) return replay_failed(ExitCode::kOurFailure, listener.error().text);
  AccessFiles files(order.kubeconfig_dir);
  files.expect(summary->head.cluster + ".kubeconfig");
  if (const auto made = files.make_folder(); !made) return replay_failed(ExitCode::kUsage, made.error().text);

  NoPods nowhere;
  kube::ClusterOptions options;
  options.name = ClusterId(summary->head.cluster);
  options.replays = true;
  options.wall_clock = std::chrono::system_clock::now;
  options.watch_window = static_cast<std::size_t>(summary->changes) + 1;
  kube::Cluster cluster(io, std::move(options), nowhere);
  std::ifstream in(order.file, std::ios::binary);
  kube::RecordingReader reader(in, order.file);
  kube::Player player(io, reader, order.speed,
                      [&cluster](kube::Op op, const kube::Value& object) { return cluster.restore(op, object); });
  const auto head = player.begin();
  if (!head) return replay_failed(ExitCode::kUsage, head.error().text);
  cluster.restored(head->resource_version);
  cluster.serve(listener->fd, kube::Way::kHost);
  // Until here there was nothing to take away.
  boost::asio::signal_set ends(io, SIGINT, SIGTERM);
  if (EndSignals::hang_up_ends()) ends.add(SIGHUP);
  ends.async_wait([&io](const boost::system::error_code& cancelled, int) {
    if (!cancelled) io.stop();
  });
  const auto written =
      files.write(head->cluster + ".kubeconfig", cluster.kubeconfig(kReader, {"system:masters"}, listener->url));
  if (!written) return replay_failed(ExitCode::kUsage, written.error().text);

  ExitCode exit = ExitCode::kGood;
  Goodbye goodbye(io, cluster);
  const auto ended = [&](const std::optional<Error>& why) {
    if (why) {
      exit = replay_failed(ExitCode::kUsage, why->text);
      io.stop();
      return;
    }
    say(fmt::format("replayed {} changes", player.changes()));
    if (order.once) goodbye.say();
  };
  bool started = false;
  const auto start = [&] {
    if (!std::exchange(started, true)) player.start(ended);
  };
  const std::chrono::duration<double> changed = summary->changed, lasts = summary->lasts;
  fmt::print(stderr,
             "{}  cluster of {}, {} objects; {} changes in {:.1f} s of {:.1f} s, at {}; API server for people {}\n",
             head->cluster, head->began, summary->objects, summary->changes, changed.count(), lasts.count(),
             order.speed ? fmt::format("{}x", *order.speed) : "full speed", listener->url);
  say("ready");
  if (order.when_watched) {
    cluster.on_audit([&](const kube::AuditEntry& entry) {
      if (entry.verb == "watch" && entry.code == 200) start();
    });
  } else {
    start();
  }
  io.run();
  files.remove();
  return exit;
}

}  // namespace plumbline::program
