// One cluster that the gateway reads: its rights there, what it has seen, and the LISTs and WATCHes that keep that up
// to date. Lives as long as the io_context; used on its thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "reference/control/kubeconfig.h"
#include "reference/core/admission/authorisation.h"
#include "reference/core/following/cluster_state.h"
#include "reference/core/following/reflector.h"
#include "reference/core/routing/publication.h"
#include "reference/core/selection/selection.h"
#include "reference/ports/log.h"

namespace plumbline::gateway {

class KubeClient;

struct LinkOptions {
  std::uint64_t seed = 1;
  BackoffOptions backoff;
  std::chrono::milliseconds watch_silence_max{30000};  ///< a watch that says nothing for longer is opened anew
  std::chrono::seconds watch_length{300};              ///< asked of the server
  bool follow_nodes = false;
};

class ClusterLink {
 public:
  /// `changed` is told the namespaces in which something changed. `publication`, `log` must outlive the link.
  using Changed = std::function<void(const ClusterId&, const std::set<std::string>& spaces)>;
  ClusterLink(boost::asio::any_io_executor executor, ClusterId cluster, LinkOptions options,
              const PublicationPolicy& publication, Log& log, Changed changed);

  ~ClusterLink();

  /// The gateway has these rights now. The first call begins to follow the cluster, later ones renew the rights.
  void grant(const KubeAccess& access);
  Access access() const { return access_; }
  /// Why the cluster cannot be read just now; empty when it can.
  const std::string& trouble() const { return trouble_; }
  const std::optional<KubeAccess>& rights() const { return rights_; }

  void set_scope(PodScope scope) { scope_ = scope; }
  ClusterView view() const { return {cluster_, &state_, scope_}; }
  /// Services, Pods and Endpoints were listed at least once.
  bool synced() const;

  /// The Service as the API server has it now; nothing when it does not exist. Requires a grant; one call at a
  /// time.
  boost::asio::awaitable<Result<std::optional<ServiceObject>>> read_service(KubeName name);

 private:
  boost::asio::awaitable<void> follow(Resource resource);
  boost::asio::awaitable<Reflector::Next> list(Resource resource, Reflector& reflector);
  boost::asio::awaitable<Reflector::Next> watch(Resource resource, Reflector& reflector, std::string version);
  void take(const KubeObject& object, Resource resource, bool deleted, bool terminating);
  void judge(int status, std::string_view body);

  boost::asio::any_io_executor executor_;
  ClusterId cluster_;
  LinkOptions options_;
  const PublicationPolicy& publication_;
  Log& log_;
  Changed changed_;
  ClusterState state_;
  PodScope scope_;
  std::optional<KubeAccess> rights_;
  std::unique_ptr<KubeClient> reader_;  ///< kept for read_service
  Access access_ = Access::kRequired;
  std::string trouble_;
};

}  // namespace plumbline::gateway
