// One simulated cluster: a Kubernetes API server (HTTPS), its store and its controllers.
// Not a network: where it listens and what a Pod does are given to it. Everything runs on one io_context thread; all
// members must be called there.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "model/ids.h"
#include "model/labels.h"
#include "simulator/kube/faults/api_fault.h"
#include "simulator/kube/pod_runtime.h"
#include "simulator/kube/recording/recording_writer.h"
#include "simulator/kube/value/value.h"

namespace plumbline::kube {

/// The JSON of the rest of the project; inside of a cluster there are Values.
using Json = nlohmann::json;

/// One line of the audit log.
struct AuditEntry {
  std::string user;      ///< "system:serviceaccount:kube-system:apigw-ingress", "system:anonymous" ...
  std::string verb;      ///< RBAC verb: get, list, watch, create, update, patch, delete, deletecollection
  std::string resource;  ///< plural, with subresource: "pods", "deployments/scale"
  std::string space;     ///< namespace or ""
  std::string name;
  std::string path;  ///< request target as received
  int code = 0;
  std::string from;  ///< address of the client
};

/// One committed change.
struct Change {
  std::string kind;  ///< "Pod"
  std::string op;    ///< "ADDED", "MODIFIED", "DELETED"
  std::uint64_t resource_version = 0;
  Value object;  ///< shares its parts with the store
};

struct NodeOptions {
  std::string name;
  Labels labels;
  std::string address;
};

struct ClusterOptions {
  ClusterId name;
  std::string service_cidr = "10.0.240.0/22";
  std::string load_balancer_cidr = "10.0.252.0/24";  ///< of Services of type LoadBalancer
  std::uint32_t load_balancer_first = 1;             ///< where in it the search starts: clusters of one VPC share it
  std::vector<NodeOptions> nodes;
  std::chrono::milliseconds pod_start_delay{0};  ///< from creation to Ready
  std::size_t watch_window = 10000;              ///< changes kept; older resourceVersions get 410
  std::uint64_t seed = 1;
  bool replays = false;  ///< empty, without controllers: all that happens in it is restored; its clients may read
  bool revocations_end_watches =
      false;  ///< a watch ends when its user loses the right to it; real servers let it go on
  std::vector<std::string> san_addresses;  ///< IP addresses and names for the server certificate
  std::string api_address;                 ///< where Service `kubernetes` leads to; "" = nowhere
  std::uint16_t api_port = 443;
  std::function<std::int64_t()> now_us;  ///< for audit only; wall-clock comes from `wall_clock`
  std::function<std::chrono::system_clock::time_point()> wall_clock;  ///< required
};

/// How clients come to the API server.
enum class Way { kIntranet, kHost };

class Cluster {
 public:
  /// `runtime` and `io` must outlive the cluster.
  Cluster(boost::asio::io_context& io, ClusterOptions options, PodRuntime& runtime);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// Serves HTTPS on a socket that is bound and listening already; takes ownership of `fd`.
  /// May be called for several sockets.
  void serve(int fd, Way way = Way::kIntranet);
  /// Stops accepting this way, and closes its connections.
  void stop_serving(Way way);
  /// Told to switch the intranet access on or off, by a fault. Without it, off is for ever.
  void on_intranet(std::function<void(bool on)> hand);

  /// PEM of the cluster's own CA.
  const std::string& ca_pem() const;
  /// A kubeconfig with a client certificate of user `user` in groups `groups`, for `server` ("https://10.0.0.9:443").
  std::string kubeconfig(const std::string& user, const std::vector<std::string>& groups,
                         const std::string& server) const;
  /// Binds `user` to cluster role `role` ("cluster-admin", "tke:admin").
  void grant(const std::string& user, const std::string& role);

  // What the world's own hand does, with all rights, through the same admission and store as HTTP requests.
  // Errors: kNotFound, kInvalidValue, kInUse (conflict); `text` is the API server's message.
  Result<Json> apply(const Json& manifest);  ///< create, or merge-patch when it exists
  Result<Json> get(std::string_view kind, const ObjectName& name) const;
  std::vector<Json> list(std::string_view kind, std::string_view space = "") const;
  /// Just their names.
  std::vector<std::string> names(std::string_view kind, std::string_view space) const;
  /// What is left shares its parts with the store.
  Result<Value> merge_patch(std::string_view kind, const ObjectName& name, const Json& patch);
  Result<Json> remove(std::string_view kind, const ObjectName& name,
                      std::optional<std::chrono::seconds> grace = std::nullopt);
  Result<Json> scale(const ObjectName& deployment, int replicas);
  /// The readiness probe of a Pod changed its mind; sets the Ready condition and what follows from it.
  Result<void> set_pod_ready(const ObjectName& pod, bool ready);

  /// Called for every committed change but those of Events, in order, before the writer gets its answer.
  void on_change(std::function<void(const Change&)> observer);
  void on_audit(std::function<void(const AuditEntry&)> observer);

  /// Makes trouble for the clients of its API server. kInvalidValue: the fault makes no sense, or is about a resource
  /// that is not served.
  /// What it is in place of.
  Result<std::vector<ApiFault>> inject(const ApiFault& fault);
  /// Ends the trouble of one kind, or all; what ended.
  std::vector<ApiFault> heal(std::optional<FaultKind> kind = std::nullopt);
  /// What the node's kubelet says: "True", "False", or "Unknown" when it says nothing any more. kNotFound.
  Result<void> set_node_ready(const std::string& node, std::string_view status);

  /// What is there `now`: {"pods": 6, "nodes": 3, "notReady": 1, "faults": [as fault_json.h, and "leftMs"]};
  /// `notReady` is how many of the nodes are not.
  Json status(std::chrono::steady_clock::time_point now) const;

  std::uint64_t resource_version() const;

  /// Tells `line` of all that is there and of every change from now on, as the lines of a recording (recording.h).
  /// Until the RecordingWriter is destroyed, which must be before the cluster is.
  std::unique_ptr<RecordingWriter> record(std::function<void(const std::string& line)> line);
  /// In a cluster that replays: what happened in another one. kInvalidValue: a kind that is not served, an object that
  /// lacks what all have; kNotFound, kInUse: it is not there, or is already.
  Result<void> restore(Op op, const Value& object);
  /// Watches end after what they still have to tell.
  void finish_watches();
  std::size_t open_watches() const;
  /// In a cluster that replays: all that was there is. Nobody can resume from before `resource_version`.
  void restored(std::uint64_t resource_version);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace plumbline::kube
