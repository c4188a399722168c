#include "reference/control/cluster_link.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "model/check.h"
#include "reference/control/kube_client.h"
#include "reference/control/kube_codec.h"

namespace plumbline::gateway {
namespace {

namespace asio = boost::asio;

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kGone = 410;

}  // namespace

ClusterLink::ClusterLink(asio::any_io_executor executor, ClusterId cluster, LinkOptions options,
                         const PublicationPolicy& publication, Log& log, Changed changed)
    : executor_(std::move(executor)),
      cluster_(std::move(cluster)),
      options_(options),
      publication_(publication),
      log_(log),
      changed_(std::move(changed)) {}

ClusterLink::~ClusterLink() = default;

void ClusterLink::grant(const KubeAccess& access) {
  const bool first = !rights_;
  rights_ = access;
  reader_ = std::make_unique<KubeClient>(executor_, access);
  access_ = Access::kAuthorized;
  trouble_.clear();
  if (!first) return;
  for (const Resource resource : {Resource::kServices, Resource::kPods, Resource::kEndpoints, Resource::kNodes}) {
    if (resource == Resource::kNodes && !options_.follow_nodes) continue;
    asio::co_spawn(executor_, follow(resource), asio::detached);
  }
}

bool ClusterLink::synced() const {
  return state_.listed(Resource::kServices) && state_.listed(Resource::kPods) && state_.listed(Resource::kEndpoints);
}

asio::awaitable<Result<std::optional<ServiceObject>>> ClusterLink::read_service(KubeName name) {
  CHECK(rights_.has_value(), "only clusters with a grant are read");
  auto answer = co_await reader_->get(fmt::format("/api/v1/namespaces/{}/services/{}", name.space, name.name));
  if (!answer) co_return answer.error();
  if (answer->status == kNotFound) co_return std::optional<ServiceObject>();
  if (answer->status != kOk) {
    const bool refused = answer->status == kUnauthorized || answer->status == kForbidden;
    co_return Error{refused ? Reason::kPermissionDenied : Reason::kUnavailable,
                    fmt::format("cluster {}: {}", cluster_.str(), status_message(answer->body)), "", cluster_.str()};
  }
  const auto object = read_object(Resource::kServices, nlohmann::json::parse(answer->body, nullptr, false));
  if (!object) co_return Error{Reason::kUnavailable, "the answer is no Service", "", cluster_.str()};
  co_return std::optional<ServiceObject>(std::get<ServiceObject>(*object));
}

asio::awaitable<void> ClusterLink::follow(Resource resource) {
  Reflector reflector(options_.backoff, Random(options_.seed, fmt::format("{}{}", cluster_.str(), path_of(resource))));
  asio::steady_timer timer(executor_);
  Reflector::Next next = reflector.start();
  while (true) {
    switch (next.step) {
      case Reflector::Step::kList:
        next = co_await list(resource, reflector);
        break;
      case Reflector::Step::kWatch:
        next = co_await watch(resource, reflector, next.resource_version);
        break;
      case Reflector::Step::kWait: {
        timer.expires_after(next.pause);
        co_await timer.async_wait(asio::use_awaitable);
        next = reflector.waited();
      }
    }
  }
}

asio::awaitable<Reflector::Next> ClusterLink::list(Resource resource, Reflector& reflector) {
  KubeClient client(executor_, *rights_);
  auto answer = co_await client.get(std::string(path_of(resource)), kKubeListTimeout);
  if (!answer) {
    judge(0, answer.error().text);
    co_return reflector.list_failed();
  }
  judge(answer->status, answer->body);
  if (answer->status != kOk) co_return reflector.list_failed();
  auto listed = read_list(resource, answer->body);
  if (!listed) co_return reflector.list_failed();
  std::erase_if(listed->objects, [&](const KubeObject& object) { return !publication_.follows(object, false); });
  const auto spaces = state_.replace(resource, listed->objects);
  if (!spaces.empty()) changed_(cluster_, spaces);
  co_return reflector.listed(listed->resource_version, publication_.poll_interval());
}

asio::awaitable<Reflector::Next> ClusterLink::watch(Resource resource, Reflector& reflector, std::string version) {
  KubeClient client(executor_, *rights_);
  auto status =
      co_await client.watch(fmt::format("{}?watch=true&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={}",
                                        path_of(resource), version, options_.watch_length.count()));
  if (!status) {
    judge(0, status.error().text);
    co_return reflector.watch_ended(WatchEnd::kFailed);
  }
  judge(*status, "");
  if (*status != kOk) co_return reflector.watch_ended(*status == kGone ? WatchEnd::kGone : WatchEnd::kFailed);
  while (true) {
    auto line = co_await client.next_line(options_.watch_silence_max);
    if (!line) co_return reflector.watch_ended(WatchEnd::kFailed);
    if (line->empty()) co_return reflector.watch_ended(WatchEnd::kClosed);
    const WatchEvent event = read_event(resource, *line);
    if (event.type == WatchEvent::Type::kError) {
      co_return reflector.watch_ended(event.code == kGone ? WatchEnd::kGone : WatchEnd::kFailed);
    }
    reflector.seen(event.resource_version);
    if (event.object) take(*event.object, resource, event.type == WatchEvent::Type::kDelete, event.terminating);
  }
}

void ClusterLink::take(const KubeObject& object, Resource resource, bool deleted, bool terminating) {
  if (!publication_.follows(object, deleted || terminating)) return;
  const bool changed = deleted ? state_.remove(resource, name_of(object)) : state_.put(object);
  if (changed) changed_(cluster_, {name_of(object).space});
}

/// What the API server's answer says of the gateway's rights. Status 0: there was none.
void ClusterLink::judge(int status, std::string_view body) {
  const Access before = access_;
  if (status == kOk) {
    access_ = Access::kAuthorized;
    trouble_.clear();
  } else if (status == 0) {
    access_ = Access::kUnreachable;
    trouble_ = std::string(body);
  } else if (status == kUnauthorized || status == kForbidden) {
    access_ = Access::kRevoked;
    trouble_ = status_message(body);
  }
  if (access_ == before) return;
  log_.write(access_ == Access::kAuthorized ? LogLevel::kInfo : LogLevel::kWarning,
             fmt::format("cluster {}: {} {}", cluster_.str(), to_string(access_), trouble_));
}

}  // namespace plumbline::gateway
