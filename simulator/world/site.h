// One cluster as it stands in a world: its API server on the VPC's network, its Pods, its traps.
// Runs on the world's thread; all members must be called there.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulator/kube/cluster.h"
#include "simulator/world/hand.h"
#include "simulator/world/pod_host.h"
#include "simulator/world/recorder.h"
#include "simulator/world/recording_feed.h"
#include "simulator/world/spec.h"
#include "simulator/world/traps.h"
#include "simulator/world/waiters.h"

namespace plumbline::world {

/// What the sites of one world share. Everything must outlive them.
struct Surroundings {
  boost::asio::io_context& io;
  network::Fabric& fabric;
  pods::Journal& journal;
  Recorder& recorder;
  Waiters& waiters;
  std::function<std::int64_t()> now_us;
  std::uint64_t seed = 0;
  std::size_t answering_pods = 0;
};

/// A cluster's places in its VPC: the numbers of its API server and its first node there.
struct SitePlace {
  std::uint32_t api_server = 1;
  std::uint32_t first_node = 1;
};

/// The place of the next cluster of the same VPC.
SitePlace next_place(const SitePlace& place, const ClusterSpec& spec);

/// What a cluster at that place of a VPC is like; its seed and the clock of its audit are still to be set.
kube::ClusterOptions options_of(const ClusterSpec& spec, const network::Layout& layout, const SitePlace& place);

/// Gives the principals who have the cluster's admin role the right to it.
void grant_admins(const WorldSpec& spec, const ClusterId& name, kube::Cluster& cluster);

class Site {
 public:
  /// Requires the VPC in the fabric and a spec that passed check().
  Site(Surroundings& surroundings, const ClusterSpec& spec, const SitePlace& place);
  ~Site();

  /// Listens for the intranet access, if the spec has it; faults switch it off and on from then on. kInUse,
  /// kUnavailable.
  Result<void> open();
  /// Applies the spec's manifests, in their order. The cluster's errors, with the manifest's place, kind and name.
  Result<void> apply_manifests();

  const ClusterSpec& spec() const { return spec_; }
  kube::Cluster& cluster() { return *cluster_; }
  Hand& hand() { return *hand_; }
  PodHost& pods() { return pods_; }
  bool serves(const std::string& uid) const { return pods_.serves(uid); }
  const Traps& traps() const { return traps_; }
  std::string api_address() const { return api_address_.str(); }
  std::string api_url() const;
  bool intranet() const { return intranet_; }
  /// What the cloud says that the API server is: a name that leads nowhere without intranet access, as the real one.
  std::string server_for_clients() const;

  /// Sends a recording of the cluster over `socket`, which it takes (recording_feed.h).
  void record(int socket);
  /// Ends all recordings; what is left of them is sent by `deadline`, or not at all.
  void end_recordings(std::chrono::steady_clock::time_point deadline);

 private:
  Result<void> listen();

  Surroundings& surroundings_;
  ClusterSpec spec_;
  bool intranet_ = false;  ///< is served now
  network::Address api_address_;
  PodHost pods_;
  Traps traps_;
  std::unique_ptr<kube::Cluster> cluster_;
  std::optional<Hand> hand_;
  std::vector<std::shared_ptr<RecordingFeed>> recordings_;
};

}  // namespace plumbline::world
