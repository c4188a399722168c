// What is no resource: health, discovery, OpenAPI.
#include "simulator/kube/http/api_server.h"
#include "simulator/kube/http/discovery.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kAggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

bool wants_aggregated(std::string_view accept) { return accept.find(kAggregated) != std::string_view::npos; }

}  // namespace

Reply ApiServer::page(const Call& call) {
  const std::string& path = call.target.path;
  if (call.request.method != "GET" && call.request.method != "HEAD") return refuse(method_not_allowed());
  if (path == "/healthz" || path == "/livez" || path == "/readyz")
    return HttpResponse{200, "text/plain; charset=utf-8", "ok"};
  if ((path == "/api" || path == "/apis") && wants_aggregated(call.request.accept)) {
    HttpResponse response = respond(200, aggregated_discovery(store_.registry(), path == "/api"));
    response.content_type = kAggregated;
    return response;
  }
  if (path == "/openapi/v2" && call.request.accept.find(kOpenApiV2Protobuf) != std::string::npos)
    // Old clients refuse the '@' in the type that they ask for.
    return HttpResponse{200, "application/octet-stream", openapi_v2_protobuf()};
  if (const auto document = discovery_document(store_.registry(), path)) return respond(200, *document);
  return refuse(unknown_resource());
}

}  // namespace plumbline::kube
