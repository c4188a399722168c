#include <fmt/format.h>

#include <algorithm>

#include "simulator/kube/schema/names.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {
namespace {

constexpr std::string_view kHeaderComplaint =
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for "
    "validation "
    "is '[-A-Za-z0-9]+')";
constexpr std::string_view kVariableComplaint =
    "a valid environment variable name must consist only of printable ASCII characters other than '='";

bool all_of(std::string_view text, bool (*good)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), good);
}

bool in_header(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '-';
}

bool in_variable(char letter) { return letter >= 0x20 && letter < 0x7f && letter != '='; }

void check_dialed_port(const Value& port, const FieldPath& path, Causes& causes) {
  if (port.is_string())
    for (const std::string& why : port_name_complaints(port.text())) causes.invalid(path, port, why);
  else
    for (const std::string& why : port_number_complaints(port.integer())) causes.invalid(path, port.integer(), why);
}

void check_http_get(const Value& get, const FieldPath& path, Causes& causes) {
  if (get["path"].text().empty()) causes.required(path / "path");
  check_dialed_port(get["port"], path / "port", causes);
  if (get["scheme"] != "HTTP" && get["scheme"] != "HTTPS")
    causes.unsupported(path / "scheme", get["scheme"], {"HTTP", "HTTPS"});
  for (const Value& header : get["httpHeaders"])
    if (!all_of(header["name"].text(), in_header))
      causes.invalid(path / "httpHeaders", header["name"], kHeaderComplaint);
}

/// One way to ask or tell a container something: of probes and of lifecycle hooks.
void check_handler(const Value& handler, const FieldPath& path, std::int64_t grace, Causes& causes) {
  int count = 0;
  for (const char* way : {"exec", "httpGet", "tcpSocket", "grpc", "sleep"}) {
    if (!handler.contains(way)) continue;
    const Value& how = handler[way];
    const FieldPath at = path / way;
    if (++count > 1) {
      causes.forbidden(at, "may not specify more than 1 handler type");
    } else if (way == std::string_view("exec")) {
      if (how["command"].empty()) causes.required(at / "command");
    } else if (way == std::string_view("httpGet")) {
      check_http_get(how, at, causes);
    } else if (way == std::string_view("sleep")) {
      if (const std::int64_t seconds = how["seconds"].integer(); seconds < 0 || seconds > grace)
        causes.invalid(at, seconds,
                       fmt::format("must be non-negative and less than terminationGracePeriodSeconds ({})", grace));
    } else {
      check_dialed_port(how["port"], at / "port", causes);
    }
  }
  if (count == 0) causes.required(path, "must specify a handler type");
}

void check_probe(const Value& probe, const FieldPath& path, bool succeeds_once, Causes& causes) {
  check_handler(probe, path, 0, causes);
  for (const char* field :
       {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"})
    if (probe[field].integer() < 0) causes.invalid(path / field, probe[field], "must be greater than or equal to 0");
  if (const Value& grace = probe["terminationGracePeriodSeconds"]; !grace.is_null() && grace.integer() <= 0)
    causes.invalid(path / "terminationGracePeriodSeconds", grace, "must be greater than 0");
  if (succeeds_once && probe["successThreshold"].integer() != 1)
    causes.invalid(path / "successThreshold", probe["successThreshold"], "must be 1");
}

bool is_downward_field(std::string_view path) {
  for (const std::string_view known :
       {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"})
    if (path == known) return true;
  return (path.starts_with("metadata.labels['") || path.starts_with("metadata.annotations['")) && path.ends_with("']");
}

void check_value_from(const Value& from, std::string_view value, const FieldPath& path, Causes& causes) {
  int count = 0;
  if (from.contains("fieldRef")) {
    ++count;
    const FieldPath at = path / "fieldRef" / "fieldPath";
    const std::string_view field = from["fieldRef"]["fieldPath"].text();
    if (field.empty())
      causes.required(at);
    else if (!is_downward_field(field))
      causes.invalid(at, field, fmt::format("error converting fieldPath: field label not supported: {}", field));
  }
  count += from.contains("resourceFieldRef") ? 1 : 0;
  for (const char* reference : {"configMapKeyRef", "secretKeyRef"}) {
    if (!from.contains(reference)) continue;
    ++count;
    if (from[reference]["key"].text().empty()) causes.required(path / reference / "key");
  }
  if (count == 0)
    causes.invalid(path, "",
                   "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
  else if (!value.empty())
    causes.invalid(path, "", "may not be specified when `value` is not empty");
  else if (count > 1)
    causes.invalid(path, "", "may not have more than one field specified at a time");
}

void check_environment(const Value& container, const FieldPath& path, Causes& causes) {
  const Value& variables = container["env"];
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const FieldPath at = (path / "env")[i];
    const Value& name = variables[i]["name"];
    if (name.text().empty())
      causes.required(at / "name");
    else if (!all_of(name.text(), in_variable))
      causes.invalid(at / "name", name, kVariableComplaint);
    if (variables[i].contains("valueFrom"))
      check_value_from(variables[i]["valueFrom"], variables[i]["value"].text(), at / "valueFrom", causes);
  }
  const Value& sources = container["envFrom"];
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const FieldPath at = (path / "envFrom")[i];
    if (!sources[i].contains("configMapRef") && !sources[i].contains("secretRef"))
      causes.invalid(path / "envFrom", "", "must specify one of: `configMapRef` or `secretRef`");
    for (const char* reference : {"configMapRef", "secretRef"})
      if (sources[i].contains(reference) && sources[i][reference]["name"].text().empty())
        causes.required(at / reference / "name");
  }
}

}  // namespace

void check_running(const Value& container, const FieldPath& path, std::int64_t grace, Causes& causes) {
  check_environment(container, path, causes);
  for (const char* hook : {"postStart", "preStop"})
    if (const Value& lifecycle = container["lifecycle"]; lifecycle.contains(hook))
      check_handler(lifecycle[hook], path / "lifecycle" / hook, grace, causes);
  for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"})
    if (container.contains(probe))
      check_probe(container[probe], path / probe, probe != std::string_view("readinessProbe"), causes);
  if (const Value& policy = container["terminationMessagePolicy"];
      !policy.text().empty() && policy != "File" && policy != "FallbackToLogsOnError")
    causes.unsupported(path / "terminationMessagePolicy", policy, {"File", "FallbackToLogsOnError"});
}

void check_tolerations(const Value& tolerations, const FieldPath& path, Causes& causes) {
  for (std::size_t i = 0; i < tolerations.size(); ++i) {
    const Value& toleration = tolerations[i];
    const Value &key = toleration["key"], &word = toleration["operator"], &effect = toleration["effect"];
    if (!key.text().empty())
      for (const std::string& why : qualified_name_complaints(key.text())) causes.invalid(path[i] / "key", key, why);
    if (key.text().empty() && word != "Exists")
      causes.invalid(path[i] / "operator", word,
                     "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
    if (toleration.contains("tolerationSeconds") && effect != "NoExecute")
      causes.invalid(path[i] / "effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    if (word == "Exists") {
      if (!toleration["value"].text().empty())
        causes.invalid(path[i] / "operator", toleration["value"], "value must be empty when `operator` is 'Exists'");
    } else if (word.text().empty() || word == "Equal") {
      for (const std::string& why : label_value_complaints(toleration["value"].text()))
        causes.invalid(path[i] / "operator", toleration["value"], why);
    } else {
      causes.unsupported(path[i] / "operator", word, {"Equal", "Exists"});
    }
    if (!effect.text().empty() && effect != "NoSchedule" && effect != "PreferNoSchedule" && effect != "NoExecute")
      causes.unsupported(path[i] / "effect", effect, {"NoSchedule", "PreferNoSchedule", "NoExecute"});
  }
}

}  // namespace plumbline::kube
