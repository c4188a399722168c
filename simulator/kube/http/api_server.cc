#include "simulator/kube/http/api_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "simulator/kube/http/discovery.h"
#include "simulator/kube/http/negotiation.h"
#include "simulator/kube/http/protobuf.h"
#include "simulator/kube/http/table.h"

namespace plumbline::kube {
namespace {

constexpr std::chrono::seconds kWatchTimeoutMin{1800};
constexpr std::int64_t kTokenSeconds = 3600;
constexpr std::int64_t kTokenSecondsMin = 600, kTokenSecondsMax = std::int64_t{1} << 32;  ///< as TokenRequest has them

HttpResponse respond(int code, const Json& json) {
  return {code, "application/json", json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

HttpResponse refuse(const Failure& failure) { return respond(failure.code, failure.status()); }

Failure unknown_resource() {
  return {404, "NotFound", "the server could not find the requested resource", Json::object()};
}

Failure unsupported_media(std::string_view accepted) {
  return {415, "UnsupportedMediaType",
          fmt::format("the body of the request was in an unknown format - accepted media types include: {}", accepted),
          nullptr};
}

Failure not_acceptable() {
  return {406, "NotAcceptable", "only the following media types are accepted: application/json", nullptr};
}

TablePrinter::Content table_content(const Target& target) {
  const std::string include = target.parameter("includeObject");
  if (include == "None") return TablePrinter::Content::kNone;
  return include == "Object" ? TablePrinter::Content::kObject : TablePrinter::Content::kMetadata;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Key key_of(const Target& target) {
  return {target.kind->id, target.kind->namespaced ? target.space : std::string(), target.name};
}

Propagation propagation_of(std::string_view word) {
  if (word == "Orphan") return Propagation::kOrphan;
  return word == "Foreground" ? Propagation::kForeground : Propagation::kBackground;
}

Outcome<DeleteOptions> delete_options(const HttpRequest& request, const Target& target) {
  DeleteOptions options;
  if (const auto grace = parse_number(target.parameter("gracePeriodSeconds")))
    options.grace_seconds = static_cast<std::int64_t>(std::min<std::uint64_t>(*grace, kGraceSecondsMax));
  options.propagation = propagation_of(target.parameter("propagationPolicy"));
  if (request.body.empty()) return options;
  const auto body = parse_body(request);
  if (!body) return body.error();
  if (at(*body, "gracePeriodSeconds").is_number())
    options.grace_seconds = number_at(*body, "gracePeriodSeconds", kGraceSecondsMax);
  if (const std::string policy = text_at(*body, "propagationPolicy"); !policy.empty())
    options.propagation = propagation_of(policy);
  if (at(*body, "orphanDependents") == true) options.propagation = Propagation::kOrphan;
  options.uid = text_at(*body, "preconditions.uid");
  options.resource_version = text_at(*body, "preconditions.resourceVersion");
  return options;
}

bool is_dry(const Target& target) { return target.parameter("dryRun") == "All"; }

}  // namespace

ApiServer::ApiServer(Operations& operations, Authenticator& authenticator, Authorizer& authorizer,
                     kernel::Random random)
    : operations_(operations),
      store_(operations.store()),
      authenticator_(authenticator),
      authorizer_(authorizer),
      random_(random) {}

Reply ApiServer::handle(const HttpRequest& request) {
  const Target target = parse_target(request.target);
  const Attributes asked = attributes_of(request, target);
  const auto user = authenticator_.authenticate({request.certificate, request.bad_certificate, request.authorization});
  Reply reply = user ? route(*user, request, target) : Reply(refuse({401, "Unauthorized", "Unauthorized", nullptr}));
  const auto* response = std::get_if<HttpResponse>(&reply);
  if (audit_) audit_(user.value_or(User{}), asked, request, response ? response->code : 200);
  return reply;
}

Reply ApiServer::route(const User& user, const HttpRequest& request, const Target& target) {
  const Attributes asked = attributes_of(request, target);
  if (!authorizer_.allowed(user, asked)) {
    const std::string why = Authorizer::refusal(user, asked);
    if (!asked.resource_request) return refuse({403, "Forbidden", "forbidden: " + why, Json::object()});
    Kind named{};
    named.group = target.group;
    named.plural = target.resource;
    return refuse(forbidden(named, target.name, why));
  }
  if (!target.resource_request) return page(request, target);
  if (target.group == "authorization.k8s.io" && target.resource == "selfsubjectaccessreviews" && asked.verb == "create")
    return review_access(user, request);
  if (!target.kind) return refuse(unknown_resource());
  if (target.kind->namespaced && target.space.empty() && !target.name.empty()) return refuse(unknown_resource());
  return resource(request, target);
}

Reply ApiServer::resource(const HttpRequest& request, const Target& target) {
  const Kind& kind = *target.kind;
  const std::string& part = target.subresource;
  const std::string& method = request.method;
  const bool reads = method == "GET" || method == "HEAD";
  if (part == "scale" && (kind.subresources & kScalePart)) return scale(request, target);
  if (part == "token" && (kind.subresources & kTokenPart) && method == "POST") return request_token(request, target);
  if (part == "proxy" && (kind.subresources & kProxyPart))
    return refuse(
        {503, "ServiceUnavailable",
         fmt::format("the proxy of the API server does not forward traffic: {} \"{}\"", kind.plural, target.name),
         nullptr});
  if (part == "log" && (kind.subresources & kLogPart))
    return refuse({501, "NotImplemented", "simulated containers have no logs", nullptr});
  const bool whole = part.empty() || (part == "status" && (kind.subresources & kStatusPart)) ||
                     (part == "finalize" && kind.id == KindId::kNamespace);
  if (!whole) return refuse(unknown_resource());
  if (target.name.empty()) {
    if (reads) return target.flag("watch") ? watch(request, target) : list(request, target);
    if (method == "POST") return create(request, target);
    if (method == "DELETE") return remove_collection(request, target);
  } else {
    if (reads) return target.flag("watch") && part.empty() ? watch(request, target) : read(request, target);
    if (method == "PUT" || method == "PATCH") return change(request, target);
    if (method == "DELETE" && part.empty()) return remove(request, target);
  }
  return refuse(method_not_allowed());
}

HttpResponse ApiServer::show(const HttpRequest& request, const Target& target, const Object& object, int code) const {
  switch (accepted(request.accept)) {
    case Accepted::kNothing:
      return refuse(not_acceptable());
    case Accepted::kTable: {
      const ObjectPtr shown = std::make_shared<const Object>(object);
      return respond(
          code,
          TablePrinter(object.kind(), table_content(target)).table({shown}, store_.now(), object.resource_version()));
    }
    case Accepted::kJson:
      break;
  }
  return {code, "application/json", object.bytes() + "\n"};
}

Reply ApiServer::read(const HttpRequest& request, const Target& target) {
  const ObjectPtr object = store_.find(key_of(target));
  if (!object) return refuse(not_found(*target.kind, target.name));
  return show(request, target, *object, 200);
}

Reply ApiServer::list(const HttpRequest& request, const Target& target) {
  const auto labels = LabelSelector::parse(target.parameter("labelSelector"));
  if (!labels) return refuse(labels.error());
  const auto fields = FieldSelector::parse(target.parameter("fieldSelector"), target.kind->id);
  if (!fields) return refuse(fields.error());
  const Accepted form = accepted(request.accept);
  if (form == Accepted::kNothing) return refuse(not_acceptable());

  std::vector<ObjectPtr> objects;
  const std::string one = fields->name();
  if (!one.empty() && (!target.space.empty() || !target.kind->namespaced)) {
    const ObjectPtr object = store_.find(target.kind->id, target.space, one);
    if (object && labels->matches(object->labels()) && fields->matches(*object)) objects.push_back(object);
  } else {
    store_.visit(target.kind->id, target.space, *labels, [&](const ObjectPtr& object) {
      if (fields->matches(*object)) objects.push_back(object);
    });
  }
  if (form == Accepted::kTable)
    return respond(
        200,
        TablePrinter(target.kind->id, table_content(target)).table(objects, store_.now(), store_.resource_version()));

  std::string body =
      fmt::format("{{\"kind\":\"{}List\",\"apiVersion\":\"{}\",\"metadata\":{{\"resourceVersion\":\"{}\"}},\"items\":[",
                  target.kind->name, target.kind->api_version(), store_.resource_version());
  std::size_t size = body.size() + 4;
  for (const ObjectPtr& object : objects) size += object->bytes().size() + 1;
  body.reserve(size);
  bool first = true;
  for (const ObjectPtr& object : objects) {
    if (!first) body += ',';
    first = false;
    body += object->bytes();
  }
  body += "]}\n";
  return HttpResponse{200, "application/json", std::move(body)};
}

Reply ApiServer::watch(const HttpRequest& request, const Target& target) {
  WatchOptions options;
  options.kind = target.kind->id;
  options.space = target.kind->namespaced ? target.space : "";
  const auto labels = LabelSelector::parse(target.parameter("labelSelector"));
  if (!labels) return refuse(labels.error());
  options.labels = *labels;
  std::string fields_text = target.parameter("fieldSelector");
  if (!target.name.empty()) fields_text += (fields_text.empty() ? "" : ",") + ("metadata.name=" + target.name);
  const auto fields = FieldSelector::parse(fields_text, options.kind);
  if (!fields) return refuse(fields.error());
  options.fields = *fields;
  if (const std::string version = target.parameter("resourceVersion"); !version.empty()) {
    options.resource_version = parse_number(version);
    if (!options.resource_version)
      return refuse(bad_request(fmt::format("resourceVersion: Invalid value: \"{}\"", version)));
  }
  const Accepted form = accepted(request.accept);
  if (form == Accepted::kNothing) return refuse(not_acceptable());
  if (form == Accepted::kTable) options.table = table_content(target);
  options.bookmarks = target.flag("allowWatchBookmarks");
  if (target.flag("sendInitialEvents")) {
    options.resource_version = 0;
    options.initial_events_end = options.bookmarks;
  }
  const auto seconds = parse_number(target.parameter("timeoutSeconds"));
  // As real servers: between one and two times the least, so that watchers don't come back all at once.
  options.timeout = seconds && *seconds > 0 ? std::chrono::seconds(std::min<std::uint64_t>(*seconds, 86400))
                                            : kWatchTimeoutMin + std::chrono::seconds(random_.below(1800));
  return std::make_unique<WatchStream>(store_, std::move(options));
}

Reply ApiServer::create(const HttpRequest& request, const Target& target) {
  const std::string_view type = media_type(request.content_type);
  if (!type.empty() && type != "application/json" && type != kProtobufType)
    return refuse(unsupported_media("application/json"));
  auto body = parse_body(request);
  if (!body) return refuse(body.error());
  if (target.kind->namespaced && target.space.empty())
    return refuse(bad_request("an empty namespace may not be set during creation"));
  const auto created = operations_.create(target.kind->id, target.space, std::move(*body), is_dry(target));
  if (!created) return refuse(created.error());
  return show(request, target, **created, 201);
}

Reply ApiServer::change(const HttpRequest& request, const Target& target) {
  const Part part = target.subresource == "status" ? Part::kStatus : Part::kMain;
  const std::string_view type = media_type(request.content_type);
  auto body = parse_body(request);
  if (request.method == "PUT") {
    // Protobuf bodies may lack fields that are not known here; only JSON may replace a whole object.
    if (!type.empty() && type != "application/json") return refuse(unsupported_media("application/json"));
    if (!body) return refuse(body.error());
    const auto updated = operations_.update(key_of(target), std::move(*body), part, is_dry(target));
    if (!updated) return refuse(updated.error());
    return show(request, target, **updated, 200);
  }
  PatchType patch_type = PatchType::kMerge;
  if (type == "application/json-patch+json")
    patch_type = PatchType::kJson;
  else if (type == "application/strategic-merge-patch+json")
    patch_type = PatchType::kStrategic;
  else if (type != "application/merge-patch+json")
    return refuse(unsupported_media(
        "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json"));
  if (!body) return refuse(body.error());
  const auto patched = operations_.patch(key_of(target), patch_type, *body, part, is_dry(target));
  if (!patched) return refuse(patched.error());
  return show(request, target, **patched, 200);
}

Reply ApiServer::remove(const HttpRequest& request, const Target& target) {
  const auto options = delete_options(request, target);
  if (!options) return refuse(options.error());
  if (is_dry(target)) return read(request, target);
  const auto removed = operations_.remove(key_of(target), *options);
  if (!removed) return refuse(removed.error());
  if (target.kind->id == KindId::kPod || store_.find_uid((*removed)->uid()))
    return show(request, target, **removed, 200);
  Json details{{"name", target.name}, {"kind", target.kind->plural}, {"uid", (*removed)->uid()}};
  if (!target.kind->group.empty()) details["group"] = target.kind->group;
  return respond(200, {{"kind", "Status"},
                       {"apiVersion", "v1"},
                       {"metadata", Json::object()},
                       {"status", "Success"},
                       {"details", std::move(details)}});
}

Reply ApiServer::remove_collection(const HttpRequest& request, const Target& target) {
  const auto options = delete_options(request, target);
  if (!options) return refuse(options.error());
  const auto labels = LabelSelector::parse(target.parameter("labelSelector"));
  if (!labels) return refuse(labels.error());
  const auto fields = FieldSelector::parse(target.parameter("fieldSelector"), target.kind->id);
  if (!fields) return refuse(fields.error());
  Json items = Json::array();
  for (const ObjectPtr& object : store_.list(target.kind->id, target.space, *labels)) {
    if (!fields->matches(*object)) continue;
    if (!is_dry(target)) (void)operations_.remove(object->key(), *options);
    items.push_back(object->json());
  }
  return respond(200, {{"kind", std::string(target.kind->name) + "List"},
                       {"apiVersion", target.kind->api_version()},
                       {"metadata", {{"resourceVersion", std::to_string(store_.resource_version())}}},
                       {"items", std::move(items)}});
}

Reply ApiServer::scale(const HttpRequest& request, const Target& target) {
  ObjectPtr object = store_.find(key_of(target));
  if (!object) return refuse(not_found(*target.kind, target.name));
  if (request.method == "GET") return respond(200, Operations::scale_of(*object));
  if (request.method != "PUT" && request.method != "PATCH") return refuse(method_not_allowed());
  auto body = parse_body(request);
  if (!body) return refuse(body.error());
  Json wanted = Operations::scale_of(*object);
  if (request.method == "PUT") {
    wanted = std::move(*body);
  } else {
    const bool json_patch = media_type(request.content_type) == "application/json-patch+json";
    auto patched_scale = patched(wanted, json_patch ? PatchType::kJson : PatchType::kMerge, *body);
    if (!patched_scale) return refuse(patched_scale.error());
    wanted = std::move(*patched_scale);
  }
  const std::string version = text_at(wanted, "metadata.resourceVersion");
  if (!version.empty() && version != std::to_string(object->resource_version()))
    return refuse(conflict(*target.kind, target.name));
  if (!is_dry(target)) {
    const auto scaled = operations_.set_replicas(key_of(target), number_at(wanted, "spec.replicas", 0));
    if (!scaled) return refuse(scaled.error());
    object = *scaled;
  }
  return respond(200, Operations::scale_of(*object));
}

Reply ApiServer::request_token(const HttpRequest& request, const Target& target) {
  const ObjectPtr account = store_.find(key_of(target));
  if (!account) return refuse(not_found(*target.kind, target.name));
  auto body = request.body.empty() ? Outcome<Json>(boost::system::in_place_value, Json::object()) : parse_body(request);
  if (!body) return refuse(body.error());
  const std::int64_t seconds =
      std::clamp(number_at(*body, "spec.expirationSeconds", kTokenSeconds), kTokenSecondsMin, kTokenSecondsMax);
  return respond(
      201, {{"kind", "TokenRequest"},
            {"apiVersion", "authentication.k8s.io/v1"},
            {"metadata", {{"name", target.name}, {"namespace", target.space}, {"creationTimestamp", store_.now()}}},
            {"spec", {{"expirationSeconds", seconds}}},
            {"status",
             {{"token", authenticator_.mint(*account, std::chrono::seconds(seconds))},
              {"expirationTimestamp", store_.now(std::chrono::seconds(seconds))}}}});
}

Reply ApiServer::review_access(const User& user, const HttpRequest& request) {
  auto body = parse_body(request);
  if (!body) return refuse(body.error());
  Attributes asked;
  if (const Json& wanted = at(*body, "spec.resourceAttributes"); wanted.is_object()) {
    asked.verb = text_at(wanted, "verb");
    asked.group = text_at(wanted, "group");
    asked.resource = text_at(wanted, "resource");
    if (const std::string part = text_at(wanted, "subresource"); !part.empty()) asked.resource += "/" + part;
    asked.space = text_at(wanted, "namespace");
    asked.name = text_at(wanted, "name");
  } else {
    asked.resource_request = false;
    asked.verb = text_at(*body, "spec.nonResourceAttributes.verb");
    asked.path = text_at(*body, "spec.nonResourceAttributes.path");
  }
  (*body)["kind"] = "SelfSubjectAccessReview";
  (*body)["apiVersion"] = "authorization.k8s.io/v1";
  (*body)["status"] = {{"allowed", authorizer_.allowed(user, asked)}};
  return respond(201, *body);
}

Reply ApiServer::page(const HttpRequest& request, const Target& target) {
  if (request.method != "GET" && request.method != "HEAD") return refuse(method_not_allowed());
  if (target.path == "/healthz" || target.path == "/livez" || target.path == "/readyz")
    return HttpResponse{200, "text/plain; charset=utf-8", "ok"};
  if (target.path == "/openapi/v2" && request.accept.find(kOpenApiV2Protobuf) != std::string::npos)
    // Old clients refuse the '@' in the type that they ask for.
    return HttpResponse{200, "application/octet-stream", openapi_v2_protobuf()};
  if (const auto document = discovery_document(target.path)) return respond(200, *document);
  return refuse(unknown_resource());
}

}  // namespace plumbline::kube
