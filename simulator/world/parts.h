// What a World is made of. Part of world.h: members run on the world's thread except where it says otherwise.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "simulator/cloud/endpoint.h"
#include "simulator/network/fabric.h"
#include "simulator/network/flow_log.h"
#include "simulator/world/site.h"
#include "simulator/world/spec_check.h"
#include "simulator/world/world.h"

namespace plumbline::world {

inline constexpr std::chrono::seconds kGraceBeyondServing{5};
inline constexpr std::chrono::milliseconds kFlushEvery{500};  ///< of what waits for a full batch

struct World::Parts {
  /// Starts the thread. From any thread, as the destructor.
  Parts(const WorldSpec& spec_given, const WorldOptions& options_given, wire::HistorySink& sink);
  ~Parts();

  /// Runs `work` on the world's thread and returns what it returns. From any other thread.
  template <class Work>
  auto call(Work&& work) -> std::invoke_result_t<Work> {
    std::packaged_task<std::invoke_result_t<Work>()> task(std::forward<Work>(work));
    auto result = task.get_future();
    boost::asio::post(io, std::move(task));
    return result.get();
  }
  /// `call` with a cluster's site; kNotFound when there is no such cluster. From any other thread.
  template <class Work>
  auto at(const ClusterId& cluster, Work&& work) -> std::invoke_result_t<Work, Site&> {
    return call([&]() -> std::invoke_result_t<Work, Site&> {
      const auto found = sites.find(cluster);
      if (found == sites.end()) return no_cluster(cluster);
      return work(*found->second);
    });
  }
  Error no_cluster(const ClusterId& cluster) const;
  /// Until nothing is missing. From any other thread. kUnavailable with what is missing at the deadline.
  Result<void> wait(Waiters::Missing missing, std::chrono::milliseconds deadline);

  /// From any thread.
  std::int64_t now_us() const;
  /// From any thread, once built.
  const network::Fabric::Instance& attached_instance() const;

  Result<void> build();
  std::string missing_pods() const;
  wire::Hello hello(bool ready_made_clusters);
  Result<std::string> host_kubeconfig(const ClusterId& cluster);
  nlohmann::json describe() const;
  void flush();
  /// Keeps what waits for the history small, in worlds that nobody flushes.
  void flush_regularly();

  const WorldSpec spec;
  const WorldOptions options;
  const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open_for_work{io.get_executor()};
  network::Fabric fabric;
  pods::Journal journal;
  Recorder recorder;
  Waiters waiters;
  Surroundings surroundings;
  std::map<ClusterId, std::unique_ptr<Site>> sites;
  std::unique_ptr<cloud::Endpoint> cloud;
  std::vector<std::unique_ptr<network::FlowLog>> flow_logs;
  boost::asio::steady_timer flush_timer{io};
  std::thread thread;

 private:
  Result<void> build_networks();
  Result<void> build_clusters();
  Result<void> build_cloud();
  const InstanceSpec& attached_spec() const;
  const VpcSpec& vpc_of(const ClusterSpec& cluster) const;
};

}  // namespace plumbline::world
