#include "simulator/kube/faults/api_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/nearest.h"
#include "simulator/kube/http/discovery.h"

namespace plumbline::kube {
namespace {

constexpr std::chrono::milliseconds kReleasePeriod{10};  // how exactly delayed events come

bool among(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

bool matches(const ApiFault& fault, const Attributes& asked, const std::string& user) {
  return among(fault.verbs, asked.verb) && among(fault.resources, asked.resource) &&
         (fault.user.empty() || fault.user == user);
}

Failure refusal(const ApiFault& fault) {
  Failure failure{fault.code, "", "", nullptr};
  switch (fault.code) {
    case 429:
      failure.reason = "TooManyRequests";
      failure.message = "too many requests, please try again later";
      break;
    case 503:
      failure.reason = "ServiceUnavailable";
      failure.message = "the server is currently unable to handle the request";
      break;
    case 504:
      failure.reason = "Timeout";
      failure.message = "the server was unable to return a response in the time allotted";
      break;
    default:
      failure.reason = fault.code >= 500 ? "InternalError" : "";
      failure.message = fmt::format(
          "an error on the server (\"simulated fault\") has prevented the request from "
          "succeeding: {}",
          fault.code);
      break;
  }
  if (fault.retry_after.count() > 0) failure.details = Value{{"retryAfterSeconds", fault.retry_after.count()}};
  return failure;
}

}  // namespace

ApiFaults::ApiFaults(boost::asio::io_context& io, Operations& operations, ApiServer& api, kernel::Random random,
                     Hooks hooks)
    : io_(io),
      operations_(operations),
      store_(operations.store()),
      api_(api),
      random_(random),
      hooks_(std::move(hooks)),
      release_(io),
      self_(std::make_shared<ApiFaults*>(this)) {
  api_.watches().on_open([this](const Watches::Watcher& watcher) { trouble(watcher); });
}

ApiFaults::~ApiFaults() { api_.watches().on_open(nullptr); }

void ApiFaults::after(std::chrono::milliseconds delay, std::function<void()> then) {
  const auto timer = std::make_shared<boost::asio::steady_timer>(io_, delay);
  timer->async_wait(
      [timer, self = std::weak_ptr(self_), then = std::move(then)](const boost::system::error_code& error) {
        if (!error && !self.expired()) then();
      });
}

std::string ApiFaults::unserved(const ApiFault& fault) const {
  const std::vector<std::string> served = resources_of(store_.registry());
  std::vector<std::string> meant = fault.resources;
  if (!fault.object_resource.empty()) meant.push_back(fault.object_resource);
  for (const std::string& resource : meant)
    if (std::find(served.begin(), served.end(), resource.substr(0, resource.find('/'))) == served.end())
      return fmt::format("'{}'{}", resource, suggestion(resource, served));
  return "";
}

std::vector<ApiFault> ApiFaults::inject(const ApiFault& fault) {
  std::vector<ApiFault> before = heal(fault.kind);
  if (fault.kind == FaultKind::kCompact) {
    store_.compact();
    return before;
  }
  if (fault.kind == FaultKind::kWatchCut) {
    api_.watches().each([&](const Watches::Watcher& watcher) {
      if (matches(fault, watcher.asked, watcher.user.name)) watcher.stream->end();
    });
    return before;
  }
  Active& active = active_[fault.kind];
  active.fault = fault;
  active.since = store_.resource_version();
  active.number = ++begun_;
  if (fault.lasts) {
    active.end = std::make_unique<boost::asio::steady_timer>(io_, *fault.lasts);
    active.end->async_wait([self = std::weak_ptr(self_), kind = fault.kind,
                            number = active.number](const boost::system::error_code& error) {
      const auto alive = self.lock();
      if (error || !alive) return;
      // It may have been replaced in the turn in which its time ended.
      const auto& all = (*alive)->active_;
      const auto found = all.find(kind);
      if (found != all.end() && found->second.number == number) (*alive)->heal(kind);
    });
  }
  begin(fault);
  return before;
}

void ApiFaults::begin(const ApiFault& fault) {
  switch (fault.kind) {
    case FaultKind::kDown:
      return hooks_.down(true);
    case FaultKind::kNoIntranet:
      return hooks_.intranet(true);
    case FaultKind::kTls:
      return hooks_.tls(fault.tls);
    case FaultKind::kClockSkew:
      return hooks_.clock_skew(fault.delay);
    case FaultKind::kGone: {
      const Failure failure = expired("The resourceVersion for the provided watch is too old.");
      return api_.watches().each([&](const Watches::Watcher& watcher) {
        if (matches(fault, watcher.asked, watcher.user.name)) watcher.stream->end(&failure);
      });
    }
    case FaultKind::kWatchMute:
    case FaultKind::kWatchDelay:
    case FaultKind::kWatchDuplicate:
      return trouble_all();
    default:
      return;
  }
}

std::vector<ApiFault> ApiFaults::heal(std::optional<FaultKind> kind) {
  std::vector<ApiFault> ended;
  for (const LastingFault& lasting : this->lasting()) {
    if (kind && lasting.fault.kind != *kind) continue;
    active_.erase(lasting.fault.kind);
    end(lasting.fault);
    ended.push_back(lasting.fault);
  }
  return ended;
}

void ApiFaults::end(const ApiFault& fault) {
  switch (fault.kind) {
    case FaultKind::kDown:
      return hooks_.down(false);
    case FaultKind::kNoIntranet:
      return hooks_.intranet(false);
    case FaultKind::kTls:
      return hooks_.tls(std::nullopt);
    case FaultKind::kClockSkew:
      return hooks_.clock_skew(std::chrono::milliseconds(0));
    case FaultKind::kWatchMute:
    case FaultKind::kWatchDelay:
    case FaultKind::kWatchDuplicate:
      return trouble_all();
    default:
      return;
  }
}

std::vector<LastingFault> ApiFaults::lasting() const {
  std::vector<LastingFault> all;
  for (const auto& [kind, active] : active_) {
    all.push_back({active.fault, std::nullopt});
    if (active.end) all.back().ends = active.end->expiry();
  }
  return all;
}

/// The fault of this kind, when it lasts, is meant for this request, and strikes.
const ApiFaults::Active* ApiFaults::concerned(FaultKind kind, const Attributes& asked, const std::string& user) {
  const auto found = active_.find(kind);
  if (found == active_.end() || !matches(found->second.fault, asked, user)) return nullptr;
  const double share = found->second.fault.share;
  if (share < 1 && random_.unit() >= share) return nullptr;
  return &found->second;
}

void ApiFaults::trouble(const Watches::Watcher& watcher) {
  WatchStream::Trouble trouble;
  const auto meant = [&](FaultKind kind) -> const ApiFault* {
    const auto found = active_.find(kind);
    const bool is = found != active_.end() && matches(found->second.fault, watcher.asked, watcher.user.name);
    return is ? &found->second.fault : nullptr;
  };
  trouble.mute = meant(FaultKind::kWatchMute) != nullptr;
  if (const ApiFault* fault = meant(FaultKind::kWatchDelay)) trouble.delay = fault->delay;
  if (const ApiFault* fault = meant(FaultKind::kWatchDuplicate))
    trouble.twice = [this, share = fault->share] { return share >= 1 || random_.unit() < share; };
  watcher.stream->trouble(std::move(trouble));
  if (active_.contains(FaultKind::kWatchDelay)) release_later();
}

void ApiFaults::trouble_all() {
  api_.watches().each([this](const Watches::Watcher& watcher) { trouble(watcher); });
}

void ApiFaults::release_later() {
  if (std::exchange(releasing_, true)) return;
  release_.expires_after(kReleasePeriod);
  release_.async_wait([self = std::weak_ptr(self_)](const boost::system::error_code& error) {
    const auto alive = self.lock();
    if (error || !alive) return;
    ApiFaults& faults = **alive;
    faults.releasing_ = false;
    faults.api_.watches().each([](const Watches::Watcher& watcher) { watcher.stream->release(); });
    if (faults.active_.contains(FaultKind::kWatchDelay)) faults.release_later();
  });
}

void ApiFaults::handle(HttpRequest request, const std::function<void(Reply)>& respond) {
  if (active_.empty()) return respond(api_.handle(request));
  const Target target = parse_target(request.target, store_.registry());
  const Attributes asked = attributes_of(request, target);
  const User user = api_.user_of(request).value_or(User{});
  if (concerned(FaultKind::kHang, asked, user.name) != nullptr) return api_.audit(user, asked, request, 0);
  if (const Active* slow = concerned(FaultKind::kSlow, asked, user.name)) {
    const auto shared = std::make_shared<HttpRequest>(std::move(request));
    return after(slow->fault.delay,
                 [this, shared, target, asked, respond] { answer(*shared, target, asked, respond); });
  }
  answer(request, target, asked, respond);
}

void ApiFaults::answer(const HttpRequest& request, const Target& target, const Attributes& asked,
                       const std::function<void(Reply)>& respond) {
  const User user = api_.user_of(request).value_or(User{});
  const auto refuse_it = [&](const Failure& why, std::chrono::seconds retry_after = {}) {
    HttpResponse response = refuse(why);
    if (retry_after.count() > 0) response.headers.emplace_back("Retry-After", std::to_string(retry_after.count()));
    api_.audit(user, asked, request, response.code);
    respond(std::move(response));
  };
  if (const Active* refuses = concerned(FaultKind::kRefuse, asked, user.name))
    return refuse_it(refusal(refuses->fault), refuses->fault.retry_after);
  const bool bearer = !request.certificate && !request.authorization.empty();
  if (bearer && concerned(FaultKind::kTokens, asked, user.name) != nullptr)
    return refuse_it({401, "Unauthorized", "Unauthorized", nullptr});
  const std::string version = target.parameter("resourceVersion");
  const bool resumes = !version.empty() && version != "0";
  if (resumes && (asked.verb == "watch" || asked.verb == "list") &&
      concerned(FaultKind::kGone, asked, user.name) != nullptr)
    return refuse_it(expired(fmt::format("too old resource version: {} ({})", version, store_.resource_version())));
  if (asked.verb == "list" && version == "0")
    if (const Active* stale = concerned(FaultKind::kStale, asked, user.name)) {
      // An old replica: everything as it was when the fault began, as long as that is known.
      HttpRequest old = request;
      old.as_of = stale->since;
      return respond(api_.handle(old));
    }
  Reply reply = api_.handle(request);
  respond(std::move(reply));
  if (asked.verb == "list") delete_after_list(asked);
}

void ApiFaults::delete_after_list(const Attributes& asked) {
  const auto found = active_.find(FaultKind::kDeleteAfterList);
  if (found == active_.end() || found->second.fault.object_resource != asked.resource) return;
  const ApiFault fault = found->second.fault;
  active_.erase(found);
  for (const Kind* kind : store_.registry().served()) {
    if (kind->plural != fault.object_resource || kind->group != asked.group) continue;
    DeleteOptions at_once;
    at_once.grace_seconds = 0;
    (void)operations_.remove({kind->id, kind->namespaced ? fault.object_space : "", fault.object_name}, at_once);
  }
}

}  // namespace plumbline::kube
