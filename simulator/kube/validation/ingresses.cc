// Ingresses and IngressClasses: nobody here carries them out, the controllers of other gateways do.
#include <algorithm>

#include "simulator/kube/schema/names.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {
namespace {

constexpr std::size_t kControllerBytesMax = 250;
constexpr std::string_view kPathCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-._~%!$&'()*+,;=:";
constexpr const char* kClassAnnotation = "kubernetes.io/ingress.class";

void check_host(const Value& host, const FieldPath& path, Causes& causes) {
  const std::string_view text = host.text();
  if (text.empty()) return;
  if (is_ipv4_address(text) || is_ipv6_address(text))
    causes.invalid(path, host, "must be a DNS name, not an IP address");
  const bool wild = text.find('*') != std::string_view::npos;
  for (const std::string& why : wild ? wildcard_subdomain_complaints(text) : dns_subdomain_complaints(text))
    causes.invalid(path, host, why);
}

void check_typed_reference(const Value& reference, const FieldPath& path, Causes& causes) {
  if (const Value& group = reference["apiGroup"]; !group.is_null())
    for (const std::string& why : dns_subdomain_complaints(group.text())) causes.invalid(path / "apiGroup", group, why);
  for (const char* field : {"kind", "name"}) {
    if (reference[field].text().empty()) causes.required(path / field);
    for (const std::string& why : path_segment_complaints(reference[field].text()))
      causes.invalid(path / field, reference[field], why);
  }
}

void check_backend_port(const Value& port, const FieldPath& backend, Causes& causes) {
  const FieldPath path = backend / "service" / "port";
  const std::string_view name = port["name"].text();
  const std::int64_t number = port["number"].integer();
  if (!name.empty() && number != 0) {
    causes.invalid(backend, "", "cannot set both port name & port number");
  } else if (!name.empty()) {
    for (const std::string& why : port_name_complaints(name)) causes.invalid(path / "name", port["name"], why);
  } else if (number != 0) {
    for (const std::string& why : port_number_complaints(number)) causes.invalid(path / "number", port["number"], why);
  } else {
    causes.required(backend, "port name or number is required");
  }
}

void check_backend(const Value& backend, const FieldPath& path, Causes& causes) {
  const Value& service = backend["service"];
  const bool has_resource = !backend["resource"].is_null();
  if (has_resource && !service.is_null())
    return causes.invalid(path, "", "cannot set both resource and service backends");
  if (has_resource) return check_typed_reference(backend["resource"], path / "resource", causes);
  if (service.is_null()) return causes.invalid(path, "", "resource or service backend is required");
  if (service["name"].text().empty()) {
    causes.required(path / "service" / "name");
  } else {
    for (const std::string& why : dns_1035_complaints(service["name"].text()))
      causes.invalid(path / "service" / "name", service["name"], why);
  }
  check_backend_port(service["port"], path, causes);
}

void check_http_path(const Value& http, const FieldPath& path, Causes& causes) {
  const Value& type = http["pathType"];
  const Value& text = http["path"];
  const bool absolute = text.text().starts_with('/');
  if (type.is_null()) return causes.required(path / "pathType", "pathType must be specified");
  if (type.text() == "Exact" || type.text() == "Prefix") {
    if (!absolute) causes.invalid(path / "path", text.is_null() ? Value("") : text, "must be an absolute path");
    if (!text.text().empty()) {
      for (const std::string_view odd : {"//", "/./", "/../", "%2f", "%2F"})
        if (text.text().find(odd) != std::string_view::npos)
          causes.invalid(path / "path", text, "must not contain '" + std::string(odd) + "'");
      for (const std::string_view odd : {"/..", "/."})
        if (text.text().ends_with(odd))
          causes.invalid(path / "path", text, "cannot end with '" + std::string(odd) + "'");
    }
  } else if (type.text() == "ImplementationSpecific") {
    if (!text.text().empty() && !absolute) causes.invalid(path / "path", text, "must be an absolute path");
  } else {
    causes.unsupported(path / "pathType", type, {"Exact", "ImplementationSpecific", "Prefix"});
  }
  check_backend(http["backend"], path / "backend", causes);
}

}  // namespace

void check_ingress(const Value& ingress, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  const Value& spec = ingress["spec"];
  if (spec["rules"].empty() && spec["defaultBackend"].is_null())
    causes.invalid_as(path, "null", "either `defaultBackend` or `rules` must be specified");
  if (!spec["defaultBackend"].is_null()) check_backend(spec["defaultBackend"], path / "defaultBackend", causes);
  for (std::size_t i = 0; i < spec["rules"].size(); ++i) {
    const FieldPath rule = (path / "rules")[i];
    check_host(spec["rules"][i]["host"], rule / "host", causes);
    const Value& http = spec["rules"][i]["http"];
    if (http.is_null()) continue;
    if (http["paths"].empty()) causes.required(rule / "http" / "paths");
    for (std::size_t n = 0; n < http["paths"].size(); ++n)
      check_http_path(http["paths"][n], (rule / "http" / "paths")[n], causes);
  }
  for (std::size_t i = 0; i < spec["tls"].size(); ++i) {
    const FieldPath tls = (path / "tls")[i];
    for (std::size_t n = 0; n < spec["tls"][i]["hosts"].size(); ++n) {
      const Value& host = spec["tls"][i]["hosts"][n];
      const bool wild = host.text().find('*') != std::string_view::npos;
      for (const std::string& why :
           wild ? wildcard_subdomain_complaints(host.text()) : dns_subdomain_complaints(host.text()))
        causes.invalid((tls / "hosts")[n], host, why);
    }
    if (const Value& secret = spec["tls"][i]["secretName"]; !secret.text().empty())
      for (const std::string& why : dns_subdomain_complaints(secret.text()))
        causes.invalid(tls / "secretName", secret, why);
  }
  if (const Value& name = spec["ingressClassName"]; !name.is_null())
    for (const std::string& why : dns_subdomain_complaints(name.text()))
      causes.invalid(path / "ingressClassName", name, why);
  const Value& annotation = ingress.at("metadata.annotations")[kClassAnnotation];
  if (current == nullptr && !annotation.is_null() && !spec["ingressClassName"].is_null() &&
      !(annotation == spec["ingressClassName"]))
    causes.invalid(FieldPath("annotations") / kClassAnnotation, annotation,
                   "must match `ingressClassName` when both are specified");
}

void check_ingress_class(const Value& ingress_class, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  const Value& spec = ingress_class["spec"];
  const std::string_view controller = spec["controller"].text();
  if (current != nullptr && !(current->at("spec.controller") == spec["controller"]))
    causes.invalid(path / "controller", spec["controller"], "field is immutable");
  if (controller.size() > kControllerBytesMax) causes.too_long(path / "controller", kControllerBytesMax);
  const std::size_t slash = controller.find('/');
  if (controller.empty()) {
    causes.required(path / "controller");
  } else if (slash == std::string_view::npos || slash == 0 || slash + 1 == controller.size()) {
    causes.invalid(path / "controller", spec["controller"], "must be a domain-prefixed path (such as \"acme.io/foo\")");
  } else {
    for (const std::string& why : dns_subdomain_complaints(controller.substr(0, slash)))
      causes.invalid(path / "controller", Value(controller.substr(0, slash)), why);
    if (controller.find_first_not_of(kPathCharacters, slash + 1) != std::string_view::npos)
      causes.invalid(path / "controller", Value(controller.substr(slash + 1)),
                     "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')");
  }
  const Value& parameters = spec["parameters"];
  if (parameters.is_null()) return;
  const FieldPath at = path / "parameters";
  check_typed_reference(parameters, at, causes);
  const std::string_view scope = parameters["scope"].text();
  const bool has_space = !parameters["namespace"].is_null();
  if (scope != "Cluster" && scope != "Namespace") {
    causes.unsupported(at / "scope", parameters["scope"], {"Cluster", "Namespace"});
  } else if (scope == "Namespace") {
    if (!has_space) causes.required(at / "namespace", "`parameters.scope` is set to 'Namespace'");
    for (const std::string& why : has_space ? dns_label_complaints(parameters["namespace"].text()) : Complaints())
      causes.invalid(at / "namespace", parameters["namespace"], why);
  } else if (has_space) {
    causes.forbidden(at / "namespace", "`parameters.scope` is set to 'Cluster'");
  }
}

}  // namespace plumbline::kube
