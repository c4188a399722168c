// What is no resource: health, discovery, OpenAPI.
#include "simulator/kube/http/api_server.h"
#include "simulator/kube/http/discovery.h"

namespace plumbline::kube {
namespace {

// What old clients ask for begins like this.
constexpr std::string_view kOpenApiV2Protobuf = "application/com.github.proto-openapi.spec.v2";
constexpr std::string_view kAggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

bool wants_aggregated(std::string_view accept) { return accept.find(kAggregated) != std::string_view::npos; }

}  // namespace

Reply ApiServer::openapi(const Call& call) {
  const bool protobuf =
      call.target.path == "/openapi/v2" && call.request.accept.find(kOpenApiV2Protobuf) != std::string::npos;
  const OpenApiPages::Page* page = protobuf ? &openapi_pages_.protobuf_v2() : openapi_pages_.find(call.target.path);
  if (page == nullptr) return refuse(unknown_resource());
  HttpResponse response{200, "application/json", page->text};
  // Old clients refuse the '@' in the type that they ask for.
  if (protobuf) response.content_type = "application/octet-stream";
  const std::string tag = "\"" + page->hash + "\"";
  response.headers.emplace_back("Etag", tag);
  if (call.request.if_none_match == tag) {
    response.code = 304;
    response.body.clear();
  }
  return response;
}

Reply ApiServer::page(const Call& call) {
  const std::string& path = call.target.path;
  if (call.request.method != "GET" && call.request.method != "HEAD") return refuse(method_not_allowed());
  for (const std::string_view health : {"/healthz", "/livez", "/readyz"})
    if (path == health || (path.starts_with(health) && path.substr(health.size()) == "/ping"))
      return HttpResponse{200, "text/plain; charset=utf-8", "ok"};
  if ((path == "/api" || path == "/apis") && wants_aggregated(call.request.accept)) {
    HttpResponse response = respond(200, aggregated_discovery(store_.registry(), path == "/api"));
    response.content_type = kAggregated;
    return response;
  }
  if (path.starts_with("/openapi/")) return openapi(call);
  if (const auto document = discovery_document(store_.registry(), path)) return respond(200, *document);
  return refuse(unknown_resource());
}

}  // namespace plumbline::kube
