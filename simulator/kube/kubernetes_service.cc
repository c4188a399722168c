#include "simulator/kube/kubernetes_service.h"

#include "model/check.h"

namespace plumbline::kube {
namespace {

constexpr const char* kName = "kubernetes";
constexpr int kHttps = 443;

Value metadata(const Value& labels) { return {{"name", kName}, {"labels", labels}}; }

void create(Operations& operations, KindId kind, const Value& object) {
  CHECK(operations.create(kind, "default", object).has_value(), "the objects are valid and their cluster is new");
}

}  // namespace

// As pkg/controlplane/controller/kubernetesservice of Kubernetes 1.34 makes them.
void create_kubernetes_service(Operations& operations, const std::string& address, std::uint16_t port) {
  const Value ports = Value::array({{{"name", "https"}, {"port", int{port}}, {"protocol", "TCP"}}});
  create(operations, KindId::kService,
         {{"metadata", metadata({{"component", "apiserver"}, {"provider", "kubernetes"}})},
          {"spec",
           {{"ports",
             Value::array({{{"name", "https"}, {"port", kHttps}, {"protocol", "TCP"}, {"targetPort", int{port}}}})},
            {"sessionAffinity", "None"},
            {"type", "ClusterIP"}}}});
  if (address.empty()) return;
  create(operations, KindId::kEndpoints,
         {{"metadata", metadata({{"endpointslice.kubernetes.io/skip-mirror", "true"}})},
          {"subsets", Value::array({{{"addresses", Value::array({{{"ip", address}}})}, {"ports", ports}}})}});
  create(operations, KindId::kEndpointSlice,
         {{"metadata", metadata({{"kubernetes.io/service-name", kName}})},
          {"addressType", "IPv4"},
          {"endpoints", Value::array({{{"addresses", Value::array({address})}, {"conditions", {{"ready", true}}}}})},
          {"ports", ports}});
}

}  // namespace plumbline::kube
