#include "wire/contract.h"

#include <fmt/format.h>

#include <utility>

#include "wire/field_reader.h"

namespace plumbline::wire {
namespace {

using nlohmann::json;

template <class Value>
Result<Value> finish(const FieldReader& reader, Value value) {
  if (reader.error()) return *reader.error();
  return value;
}

void set_text(json& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

}  // namespace

json to_json(const Hello& hello) {
  json out{
      {"contract", hello.contract}, {"region", hello.region.str()}, {"workDir", hello.work_dir}, {"seed", hello.seed}};
  out["instances"] = json::array();
  for (const auto& instance : hello.instances) {
    json entry{{"id", instance.id.str()}, {"kind", instance.kind}, {"region", instance.region.str()}};
    set_text(entry, "vpc", instance.vpc.str());
    set_text(entry, "address", instance.address);
    if (instance.attached) entry["attached"] = true;
    out["instances"].push_back(entry);
  }
  out["listen"] = json::array();
  for (const auto& listen : hello.listen) {
    out["listen"].push_back({{"address", listen.address}, {"http", listen.http}, {"https", listen.https}});
  }
  json tls = json::object();
  set_text(tls, "frontendCertificate", hello.frontend_certificate_pem);
  set_text(tls, "frontendKey", hello.frontend_key_pem);
  set_text(tls, "podCa", hello.pod_ca_pem);
  if (!tls.empty()) out["tls"] = tls;
  json principals = json::array();
  for (const auto& principal : hello.principals) {
    principals.push_back(
        {{"name", principal.name}, {"secretId", principal.secret_id}, {"secretKey", principal.secret_key}});
  }
  out["cloud"] = {{"endpoint", hello.cloud_endpoint}, {"principals", principals}};
  if (!hello.clusters.empty()) {
    out["clusters"] = json::array();
    for (const auto& cluster : hello.clusters) {
      out["clusters"].push_back({{"cluster", cluster.cluster.str()}, {"kubeconfig", cluster.kubeconfig}});
    }
  }
  return out;
}

Result<Hello> hello_from_json(const json& params) {
  Hello hello;
  FieldReader reader(params, "");
  reader.integer("contract", hello.contract, true);
  reader.id("region", hello.region);
  reader.text("workDir", hello.work_dir);
  reader.integer("seed", hello.seed);
  reader.each("instances", [&](const json& entry, const std::string& path) {
    HelloInstance instance;
    FieldReader inner(entry, path);
    inner.id("id", instance.id, true);
    inner.text("kind", instance.kind, true);
    inner.id("region", instance.region);
    inner.id("vpc", instance.vpc);
    inner.text("address", instance.address);
    inner.boolean("attached", instance.attached);
    reader.merge(inner);
    hello.instances.push_back(instance);
  });
  reader.each("listen", [&](const json& entry, const std::string& path) {
    HelloListen listen;
    FieldReader inner(entry, path);
    inner.text("address", listen.address, true);
    inner.integer("http", listen.http);
    inner.integer("https", listen.https);
    reader.merge(inner);
    hello.listen.push_back(listen);
  });
  if (const json* tls = reader.find("tls")) {
    FieldReader inner(*tls, "tls");
    inner.text("frontendCertificate", hello.frontend_certificate_pem);
    inner.text("frontendKey", hello.frontend_key_pem);
    inner.text("podCa", hello.pod_ca_pem);
    reader.merge(inner);
  }
  if (const json* cloud = reader.find("cloud")) {
    FieldReader inner(*cloud, "cloud");
    inner.text("endpoint", hello.cloud_endpoint);
    inner.each("principals", [&](const json& entry, const std::string& path) {
      HelloPrincipal principal;
      FieldReader person(entry, path);
      person.text("name", principal.name, true);
      person.text("secretId", principal.secret_id);
      person.text("secretKey", principal.secret_key);
      inner.merge(person);
      hello.principals.push_back(principal);
    });
    reader.merge(inner);
  }
  reader.each("clusters", [&](const json& entry, const std::string& path) {
    HelloCluster cluster;
    FieldReader inner(entry, path);
    inner.id("cluster", cluster.cluster, true);
    inner.text("kubeconfig", cluster.kubeconfig, true);
    reader.merge(inner);
    hello.clusters.push_back(cluster);
  });
  return finish(reader, std::move(hello));
}

json to_json(const HelloResult& result) {
  return {{"contract", result.contract},
          {"name", result.name},
          {"version", result.version},
          {"features", result.features},
          {"interpretations", result.interpretations},
          {"workers", result.workers}};
}

Result<HelloResult> hello_result_from_json(const json& object) {
  HelloResult result;
  FieldReader reader(object, "");
  reader.integer("contract", result.contract, true);
  reader.text("name", result.name, true);
  reader.text("version", result.version);
  reader.text_list("features", result.features);
  reader.text_map("interpretations", result.interpretations);
  reader.integer("workers", result.workers);
  return finish(reader, std::move(result));
}

json to_json(const Tunnel& tunnel) {
  json out{{"name", tunnel.name}, {"type", tunnel.type}, {"region", tunnel.region.str()}, {"vpc", tunnel.vpc.str()}};
  out["services"] = json::array();
  for (const auto& service : tunnel.services) {
    json entry{{"cluster", service.service.cluster.str()}, {"namespace", service.service.space},
               {"service", service.service.name},          {"port", service.port.value},
               {"weight", service.weight.value},           {"labels", service.labels}};
    set_text(entry, "name", service.name);
    out["services"].push_back(entry);
  }
  out["backend"] = {{"scheme", tunnel.scheme == Scheme::kHttps ? "https" : "http"}};
  if (tunnel.host) out["backend"]["host"] = *tunnel.host;
  out["tags"] = tunnel.tags;
  if (tunnel.retries) out["retries"] = *tunnel.retries;
  return out;
}

Result<Tunnel> tunnel_from_json(const json& params, const Tunnel& base) {
  Tunnel tunnel = base;
  FieldReader reader(params, "");
  reader.text("name", tunnel.name);
  reader.text("type", tunnel.type);
  reader.id("region", tunnel.region);
  reader.id("vpc", tunnel.vpc);
  if (reader.find("services") != nullptr) tunnel.services.clear();
  reader.each("services", [&](const json& entry, const std::string& path) {
    TunnelService service;
    FieldReader inner(entry, path);
    inner.text("name", service.name);
    inner.id("cluster", service.service.cluster, true);
    inner.text("namespace", service.service.space, true);
    inner.text("service", service.service.name, true);
    inner.integer("port", service.port.value, true);
    inner.integer("weight", service.weight.value);
    inner.text_map("labels", service.labels);
    reader.merge(inner);
    tunnel.services.push_back(service);
  });
  if (const json* backend = reader.find("backend")) {
    FieldReader inner(*backend, "backend");
    std::string scheme = tunnel.scheme == Scheme::kHttps ? "https" : "http";
    inner.text("scheme", scheme);
    if (scheme == "http") {
      tunnel.scheme = Scheme::kHttp;
    } else if (scheme == "https") {
      tunnel.scheme = Scheme::kHttps;
    } else {
      inner.fail(Error{Reason::kInvalidValue, fmt::format("backend.scheme: '{}' is neither http nor https", scheme),
                       "backend.scheme", ""});
    }
    if (inner.find("host") != nullptr) {
      std::string host;
      inner.text("host", host);
      tunnel.host = host;
    } else if (backend->is_object() && backend->contains("host")) {
      tunnel.host.reset();  // an explicit null unsets it
    }
    reader.merge(inner);
  }
  reader.text_map("tags", tunnel.tags);
  if (reader.find("retries") != nullptr) {
    int retries = 0;
    reader.integer("retries", retries);
    tunnel.retries = retries;
  }
  return finish(reader, std::move(tunnel));
}

json to_json(const Api& api) {
  json backend{{"type", api.backend_type}, {"tunnelType", api.tunnel_type}, {"tunnel", api.tunnel.str()}};
  if (api.backend_path) backend["path"] = *api.backend_path;
  json response{{"type", api.response.type}};
  if (api.response.success) response["success"] = *api.response.success;
  if (api.response.failure) response["failure"] = *api.response.failure;
  if (!api.response.errors.empty()) {
    response["errors"] = json::array();
    for (const auto& error : api.response.errors) {
      response["errors"].push_back(
          {{"code", error.code}, {"message", error.message}, {"description", error.description}});
    }
  }
  return {{"apiService", api.api_service.str()},
          {"name", api.name},
          {"frontend",
           {{"method", api.frontend.method},
            {"path", api.frontend.path},
            {"match", api.frontend.match == PathMatch::kExact ? "exact" : "prefix"}}},
          {"backend", backend},
          {"timeout", api.timeout.count()},
          {"response", response}};
}

Result<Api> api_from_json(const json& params, const Api& base) {
  Api api = base;
  FieldReader reader(params, "");
  reader.id("apiService", api.api_service);
  reader.text("name", api.name);
  if (const json* frontend = reader.find("frontend")) {
    FieldReader inner(*frontend, "frontend");
    inner.text("method", api.frontend.method);
    inner.text("path", api.frontend.path);
    std::string match = api.frontend.match == PathMatch::kExact ? "exact" : "prefix";
    inner.text("match", match);
    if (match != "exact" && match != "prefix") {
      inner.fail(Error{Reason::kInvalidValue, fmt::format("frontend.match: '{}' is neither exact nor prefix", match),
                       "frontend.match", ""});
    }
    api.frontend.match = match == "exact" ? PathMatch::kExact : PathMatch::kPrefix;
    reader.merge(inner);
  }
  if (const json* backend = reader.find("backend")) {
    FieldReader inner(*backend, "backend");
    inner.text("type", api.backend_type);
    inner.text("tunnelType", api.tunnel_type);
    inner.id("tunnel", api.tunnel);
    if (inner.find("path") != nullptr) {
      std::string path;
      inner.text("path", path);
      api.backend_path = path;
    }
    reader.merge(inner);
  }
  if (reader.find("timeout") != nullptr) {
    std::int64_t timeout = 0;
    reader.integer("timeout", timeout);
    api.timeout = std::chrono::milliseconds(timeout);
  }
  if (const json* response = reader.find("response")) {
    FieldReader inner(*response, "response");
    inner.text("type", api.response.type);
    for (auto [name, into] :
         {std::pair{"success", &api.response.success}, std::pair{"failure", &api.response.failure}}) {
      if (inner.find(name) == nullptr) continue;
      std::string text;
      inner.text(name, text);
      *into = text;
    }
    if (inner.find("errors") != nullptr) api.response.errors.clear();
    inner.each("errors", [&](const json& entry, const std::string& path) {
      ResponseError error;
      FieldReader one(entry, path);
      one.integer("code", error.code, true);
      one.text("message", error.message);
      one.text("description", error.description);
      inner.merge(one);
      api.response.errors.push_back(error);
    });
    reader.merge(inner);
  }
  return finish(reader, std::move(api));
}

bool nested_deeper_than(std::string_view text, int depth_max) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > depth_max) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

json error_to_json(const Error& error) {
  json data{{"reason", to_string(error.reason)}};
  set_text(data, "field", error.field);
  set_text(data, "object", error.object);
  return {{"code", kRefusalCode}, {"message", error.text}, {"data", data}};
}

Error error_from_json(const json& object) {
  Error error;
  if (!object.is_object()) return error;
  if (const auto message = object.find("message"); message != object.end() && message->is_string()) {
    error.text = *message;
  }
  if (const auto data = object.find("data"); data != object.end() && data->is_object()) {
    if (const auto reason = data->find("reason"); reason != data->end() && reason->is_string()) {
      if (!parse_reason(reason->get<std::string>(), error.reason)) error.reason = Reason::kInternal;
    }
    if (const auto field = data->find("field"); field != data->end() && field->is_string()) error.field = *field;
    if (const auto name = data->find("object"); name != data->end() && name->is_string()) error.object = *name;
  }
  return error;
}

}  // namespace plumbline::wire
