#include "simulator/kube/http/api_server.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <charconv>

#include "simulator/kube/http/negotiation.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {

HttpResponse respond(int code, const Value& value) { return {code, "application/json", to_text(value) + "\n"}; }

HttpResponse refuse(const Failure& failure) {
  HttpResponse response = respond(failure.code, failure.status());
  if (const std::int64_t seconds = failure.details["retryAfterSeconds"].integer(); seconds > 0)
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

Failure unknown_resource() {
  return {404, "NotFound", "the server could not find the requested resource", Value::object()};
}

Failure unsupported_media(std::string_view accepted) {
  return {415, "UnsupportedMediaType",
          fmt::format("the body of the request was in an unknown format - accepted media types include: {}", accepted),
          nullptr};
}

Failure not_acceptable() {
  return {406, "NotAcceptable", "only the following media types are accepted: application/json", nullptr};
}

Failure invalid_options(std::string_view options, const std::vector<Cause>& causes) {
  Kind kind;
  kind.name = options;
  kind.group = "meta.k8s.io";
  kind.plural = options;
  return invalid(kind, "", causes);
}

ObjectKey key_of(const Target& target) {
  return {target.kind->id, target.kind->namespaced ? target.space : std::string(), target.name};
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

ApiServer::ApiServer(Operations& operations, Authenticator& authenticator, Authorizer& authorizer,
                     kernel::Random random)
    : operations_(operations),
      store_(operations.store()),
      authenticator_(authenticator),
      authorizer_(authorizer),
      random_(random),
      openapi_pages_(store_.registry()) {}

Reply ApiServer::handle(const HttpRequest& request) {
  const Target target = parse_target(request.target, store_.registry());
  const Attributes asked = attributes_of(request, target);
  const Credentials credentials{request.certificate, request.bad_certificate, request.authorization};
  const auto user = authenticator_.authenticate(credentials);
  User acts = user.value_or(User{});
  const auto answer = [&]() -> Reply {
    if (!user) return refuse({401, "Unauthorized", "Unauthorized", nullptr});
    const auto another = acting(*user, request);
    if (!another) return refuse(another.error());
    acts = *another;
    Call call{request, target, acts};
    Reply reply = route(call, asked);
    if (auto* response = std::get_if<HttpResponse>(&reply))
      for (const std::string& warning : call.warnings)
        response->headers.emplace_back("Warning", fmt::format("299 - {}", to_text(Value(warning))));
    return reply;
  };
  Reply reply = answer();
  const auto* response = std::get_if<HttpResponse>(&reply);
  if (auto* watch = std::get_if<std::unique_ptr<WatchStream>>(&reply))
    watches_.add(**watch, acts, !request.impersonate_user.empty(), asked, credentials);
  audit(user.value_or(User{}), asked, request, response ? response->code : 200);
  return reply;
}

std::optional<User> ApiServer::user_of(const HttpRequest& request) const {
  return authenticator_.authenticate({request.certificate, request.bad_certificate, request.authorization});
}

void ApiServer::revocations_end_watches(boost::asio::io_context& io, bool end) {
  revocations_.clear();
  if (!end) return;
  checking_ = std::make_shared<bool>(false);
  const auto check_soon = [this, &io](const Event&) {
    if (*checking_) return;
    *checking_ = true;
    boost::asio::post(io, [this, checking = std::weak_ptr(checking_)] {
      const auto alive = checking.lock();
      if (!alive) return;
      *alive = false;
      watches_.each([this](const Watches::Watcher& watcher) {
        const auto user = authenticator_.authenticate(watcher.credentials);
        if (!user || !authorizer_.allowed(watcher.acts_for_another ? watcher.user : *user, watcher.asked))
          watcher.stream->end();
      });
    });
  };
  for (const KindId kind : {KindId::kRole, KindId::kClusterRole, KindId::kRoleBinding, KindId::kClusterRoleBinding,
                            KindId::kServiceAccount, KindId::kSecret})
    revocations_.push_back(store_.subscribe(kind, "", check_soon));
}

Reply ApiServer::route(Call& call, const Attributes& asked) {
  const Target& target = call.target;
  if (!authorizer_.allowed(call.user, asked)) {
    const std::string why = Authorizer::refusal(call.user, asked);
    if (!asked.resource_request) return refuse({403, "Forbidden", "forbidden: " + why, Value::object()});
    Kind named;
    named.group = target.group;
    named.plural = target.resource;
    return refuse(forbidden(named, target.name, why));
  }
  if (call.request.body_too_large)
    return refuse(
        {413, "RequestEntityTooLarge", fmt::format("Request entity too large: limit is {}", kRequestBodyMax), nullptr});
  if (!target.resource_request) return page(call);
  if (target.group == "authorization.k8s.io" || target.group == "authentication.k8s.io") return review(call);
  if (!target.kind) return refuse(unknown_resource());
  if (target.kind->namespaced && target.space.empty() && !target.name.empty()) return refuse(unknown_resource());
  const bool writes = call.request.method != "GET" && call.request.method != "HEAD" && target.subresource != "token";
  if (writes && !no_writes_.empty()) return refuse(forbidden(*target.kind, target.name, no_writes_));
  if (!target.served->warning.empty()) call.warnings.push_back(target.served->warning);
  return target.subresource.empty() ? resource(call) : part(call);
}

Reply ApiServer::resource(Call& call) {
  const std::string& method = call.request.method;
  const bool reads = method == "GET" || method == "HEAD";
  if (call.target.name.empty()) {
    if (reads) return call.target.flag("watch") ? watch(call) : list(call);
    // Over all namespaces there is only reading.
    if (call.target.kind->namespaced && call.target.space.empty()) return refuse(method_not_allowed());
    if (method == "POST") return create(call);
    if (method == "DELETE") return remove_collection(call);
  } else {
    if (reads) return call.target.flag("watch") ? watch(call) : read(call);
    if (method == "PUT" || method == "PATCH") return change(call);
    if (method == "DELETE") return remove(call);
  }
  return refuse(method_not_allowed());
}

Reply ApiServer::part(Call& call) {
  const Kind& kind = *call.target.kind;
  const std::string& name = call.target.subresource;
  const std::string& method = call.request.method;
  const unsigned parts = call.target.served->subresources;
  const auto has = [parts](Subresource part) { return (parts & part) != 0; };
  if (name == "status" && has(kStatusPart)) {
    if (method == "GET") return read(call);
    return method == "PUT" || method == "PATCH" ? change(call) : Reply(refuse(method_not_allowed()));
  }
  if (name == "scale" && has(kScalePart)) return scale(call);
  const auto only = [&](std::string_view known, auto answer) {
    return method == known ? (this->*answer)(call) : Reply(refuse(method_not_allowed()));
  };
  if (name == "token" && has(kTokenPart)) return only("POST", &ApiServer::request_token);
  if (name == "eviction" && has(kEvictionPart)) return only("POST", &ApiServer::evict);
  if (name == "binding" && has(kBindingPart)) return only("POST", &ApiServer::bind);
  if (name == "finalize" && has(kFinalizePart)) return only("PUT", &ApiServer::finalize);
  if (name == "proxy" && has(kProxyPart))
    return refuse(
        {503, "ServiceUnavailable",
         fmt::format("the proxy of the API server does not forward traffic: {} \"{}\"", kind.plural, call.target.name),
         nullptr});
  if (!store_.find(key_of(call.target)) && (has(kLogPart) || has(kExecPart)))
    return refuse(not_found(kind, call.target.name));
  if (name == "log" && has(kLogPart))
    return refuse({501, "NotImplemented", "simulated containers have no logs", nullptr});
  if ((name == "exec" || name == "attach" || name == "portforward") && has(kExecPart))
    return refuse({501, "NotImplemented", fmt::format("simulated Pods have no processes to {} to", name), nullptr});
  return refuse(unknown_resource());
}

}  // namespace plumbline::kube
