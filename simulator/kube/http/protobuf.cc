#include "simulator/kube/http/protobuf.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "simulator/kernel/base64.h"

namespace plumbline::kube {
namespace {

constexpr int kDepthMax = 32;

// How the bytes of a field are read.
enum class Form { kText, kBytes, kNumber, kFlag, kMessage, kTextMap, kBytesMap, kIntOrString, kInline, kIgnored };

struct WireMessage;
struct WireField {
  unsigned number;
  std::string_view name;
  Form form = Form::kText;
  bool repeated = false;
  const WireMessage* message = nullptr;
};
struct WireMessage {
  std::span<const WireField> fields;
};

// WireField numbers are those of the generated.proto files of k8s.io/api and k8s.io/apimachinery.
// clang-format off
constexpr WireField kMetadataFields[] = {
  {1, "name"}, {2, "generateName"}, {3, "namespace"}, {8, "creationTimestamp", Form::kIgnored},
  {11, "labels", Form::kTextMap}, {12, "annotations", Form::kTextMap}, {14, "finalizers", Form::kText, true},
  {17, "managedFields", Form::kIgnored}};
constexpr WireMessage kMetadata{kMetadataFields};
constexpr WireField kMetadataField{1, "metadata", Form::kMessage, false, &kMetadata};

constexpr WireField kNamespaceFields[] = {kMetadataField, {2, "spec", Form::kIgnored}, {3, "status", Form::kIgnored}};
constexpr WireMessage kNamespace{kNamespaceFields};

constexpr WireField kReferenceFields[] = {{1, "name"}};
constexpr WireMessage kReference{kReferenceFields};
constexpr WireField kServiceAccountFields[] = {
  kMetadataField, {3, "imagePullSecrets", Form::kMessage, true, &kReference},
  {4, "automountServiceAccountToken", Form::kFlag}};
constexpr WireMessage kServiceAccount{kServiceAccountFields};

constexpr WireField kSecretFields[] = {
  kMetadataField, {2, "data", Form::kBytesMap}, {3, "type"}, {4, "stringData", Form::kTextMap},
  {5, "immutable", Form::kFlag}};
constexpr WireMessage kSecret{kSecretFields};

constexpr WireField kConfigMapFields[] = {
  kMetadataField, {2, "data", Form::kTextMap}, {3, "binaryData", Form::kBytesMap}, {4, "immutable", Form::kFlag}};
constexpr WireMessage kConfigMap{kConfigMapFields};

constexpr WireField kRuleFields[] = {
  {1, "verbs", Form::kText, true}, {2, "apiGroups", Form::kText, true}, {3, "resources", Form::kText, true},
  {4, "resourceNames", Form::kText, true}, {5, "nonResourceURLs", Form::kText, true}};
constexpr WireMessage kRule{kRuleFields};
constexpr WireField kRoleFields[] = {kMetadataField, {2, "rules", Form::kMessage, true, &kRule}};
constexpr WireMessage kRole{kRoleFields};

constexpr WireField kSubjectFields[] = {{1, "kind"}, {2, "apiGroup"}, {3, "name"}, {4, "namespace"}};
constexpr WireMessage kSubject{kSubjectFields};
constexpr WireField kRoleRefFields[] = {{1, "apiGroup"}, {2, "kind"}, {3, "name"}};
constexpr WireMessage kRoleRef{kRoleRefFields};
constexpr WireField kBindingFields[] = {
  kMetadataField, {2, "subjects", Form::kMessage, true, &kSubject}, {3, "roleRef", Form::kMessage, false, &kRoleRef}};
constexpr WireMessage kBinding{kBindingFields};

constexpr WireField kServicePortFields[] = {
  {1, "name"}, {2, "protocol"}, {3, "port", Form::kNumber}, {4, "targetPort", Form::kIntOrString},
  {5, "nodePort", Form::kNumber}, {6, "appProtocol"}};
constexpr WireMessage kServicePort{kServicePortFields};
constexpr WireField kServiceSpecFields[] = {
  {1, "ports", Form::kMessage, true, &kServicePort}, {2, "selector", Form::kTextMap}, {3, "clusterIP"}, {4, "type"},
  {7, "sessionAffinity"}, {8, "loadBalancerIP"}, {10, "externalName"}};
constexpr WireMessage kServiceSpec{kServiceSpecFields};
constexpr WireField kServiceFields[] = {
  kMetadataField, {2, "spec", Form::kMessage, false, &kServiceSpec}, {3, "status", Form::kIgnored}};
constexpr WireMessage kService{kServiceFields};

constexpr WireField kContainerPortFields[] = {
  {1, "name"}, {2, "hostPort", Form::kNumber}, {3, "containerPort", Form::kNumber}, {4, "protocol"}, {5, "hostIP"}};
constexpr WireMessage kContainerPort{kContainerPortFields};
constexpr WireField kEnvFields[] = {{1, "name"}, {2, "value"}};
constexpr WireMessage kEnv{kEnvFields};
constexpr WireMessage kNothing{};
constexpr WireField kContainerFields[] = {
  {1, "name"}, {2, "image"}, {3, "command", Form::kText, true}, {4, "args", Form::kText, true}, {5, "workingDir"},
  {6, "ports", Form::kMessage, true, &kContainerPort}, {7, "env", Form::kMessage, true, &kEnv},
  {8, "resources", Form::kMessage, false, &kNothing}, {13, "terminationMessagePath"}, {14, "imagePullPolicy"},
  {16, "stdin", Form::kFlag}, {17, "stdinOnce", Form::kFlag}, {18, "tty", Form::kFlag}, {20, "terminationMessagePolicy"}};
constexpr WireMessage kContainer{kContainerFields};
constexpr WireField kPodSpecFields[] = {
  {2, "containers", Form::kMessage, true, &kContainer}, {3, "restartPolicy"},
  {4, "terminationGracePeriodSeconds", Form::kNumber}, {6, "dnsPolicy"}, {7, "nodeSelector", Form::kTextMap},
  {8, "serviceAccountName"}, {9, "serviceAccount"}, {10, "nodeName"}, {11, "hostNetwork", Form::kFlag},
  {12, "hostPID", Form::kFlag}, {13, "hostIPC", Form::kFlag}, {14, "securityContext", Form::kMessage, false, &kNothing},
  {16, "hostname"}, {17, "subdomain"}, {19, "schedulerName"}};
constexpr WireMessage kPodSpec{kPodSpecFields};
constexpr WireField kTemplateFields[] = {kMetadataField, {2, "spec", Form::kMessage, false, &kPodSpec}};
constexpr WireMessage kTemplate{kTemplateFields};
constexpr WireField kSelectorFields[] = {{1, "matchLabels", Form::kTextMap}};
constexpr WireMessage kSelector{kSelectorFields};
constexpr WireField kStrategyFields[] = {{1, "type"}};
constexpr WireMessage kStrategy{kStrategyFields};
constexpr WireField kDeploymentSpecFields[] = {
  {1, "replicas", Form::kNumber}, {2, "selector", Form::kMessage, false, &kSelector},
  {3, "template", Form::kMessage, false, &kTemplate}, {4, "strategy", Form::kMessage, false, &kStrategy},
  {5, "minReadySeconds", Form::kNumber}, {6, "revisionHistoryLimit", Form::kNumber}, {7, "paused", Form::kFlag},
  {9, "progressDeadlineSeconds", Form::kNumber}};
constexpr WireMessage kDeploymentSpec{kDeploymentSpecFields};
constexpr WireField kDeploymentFields[] = {
  kMetadataField, {2, "spec", Form::kMessage, false, &kDeploymentSpec}, {3, "status", Form::kIgnored}};
constexpr WireMessage kDeployment{kDeploymentFields};

constexpr WireField kBackendPortFields[] = {{1, "name"}, {2, "number", Form::kNumber}};
constexpr WireMessage kBackendPort{kBackendPortFields};
constexpr WireField kBackendServiceFields[] = {{1, "name"}, {2, "port", Form::kMessage, false, &kBackendPort}};
constexpr WireMessage kBackendService{kBackendServiceFields};
constexpr WireField kTypedReferenceFields[] = {{1, "apiGroup"}, {2, "kind"}, {3, "name"}};
constexpr WireMessage kTypedReference{kTypedReferenceFields};
constexpr WireField kBackendFields[] = {
  {3, "resource", Form::kMessage, false, &kTypedReference}, {4, "service", Form::kMessage, false, &kBackendService}};
constexpr WireMessage kBackend{kBackendFields};
constexpr WireField kIngressPathFields[] = {
  {1, "path"}, {2, "backend", Form::kMessage, false, &kBackend}, {3, "pathType"}};
constexpr WireMessage kIngressPath{kIngressPathFields};
constexpr WireField kIngressHttpFields[] = {{1, "paths", Form::kMessage, true, &kIngressPath}};
constexpr WireMessage kIngressHttp{kIngressHttpFields};
constexpr WireField kIngressRuleValueFields[] = {{1, "http", Form::kMessage, false, &kIngressHttp}};
constexpr WireMessage kIngressRuleValue{kIngressRuleValueFields};
constexpr WireField kIngressRuleFields[] = {{1, "host"}, {2, "", Form::kInline, false, &kIngressRuleValue}};
constexpr WireMessage kIngressRule{kIngressRuleFields};
constexpr WireField kIngressTlsFields[] = {{1, "hosts", Form::kText, true}, {2, "secretName"}};
constexpr WireMessage kIngressTls{kIngressTlsFields};
constexpr WireField kIngressSpecFields[] = {
  {1, "defaultBackend", Form::kMessage, false, &kBackend}, {2, "tls", Form::kMessage, true, &kIngressTls},
  {3, "rules", Form::kMessage, true, &kIngressRule}, {4, "ingressClassName"}};
constexpr WireMessage kIngressSpec{kIngressSpecFields};
constexpr WireField kIngressFields[] = {
  kMetadataField, {2, "spec", Form::kMessage, false, &kIngressSpec}, {3, "status", Form::kIgnored}};
constexpr WireMessage kIngress{kIngressFields};

constexpr WireField kBudgetSpecFields[] = {
  {1, "minAvailable", Form::kIntOrString}, {2, "selector", Form::kMessage, false, &kSelector},
  {3, "maxUnavailable", Form::kIntOrString}, {4, "unhealthyPodEvictionPolicy"}};
constexpr WireMessage kBudgetSpec{kBudgetSpecFields};
constexpr WireField kBudgetFields[] = {
  kMetadataField, {2, "spec", Form::kMessage, false, &kBudgetSpec}, {3, "status", Form::kIgnored}};
constexpr WireMessage kBudget{kBudgetFields};

constexpr WireField kResourceAttributesFields[] = {
  {1, "namespace"}, {2, "verb"}, {3, "group"}, {4, "version"}, {5, "resource"}, {6, "subresource"}, {7, "name"}};
constexpr WireMessage kResourceAttributes{kResourceAttributesFields};
constexpr WireField kPathAttributesFields[] = {{1, "path"}, {2, "verb"}};
constexpr WireMessage kPathAttributes{kPathAttributesFields};
constexpr WireField kReviewSpecFields[] = {
  {1, "resourceAttributes", Form::kMessage, false, &kResourceAttributes},
  {2, "nonResourceAttributes", Form::kMessage, false, &kPathAttributes}};
constexpr WireMessage kReviewSpec{kReviewSpecFields};
constexpr WireField kReviewFields[] = {
  kMetadataField, {2, "spec", Form::kMessage, false, &kReviewSpec}, {3, "status", Form::kIgnored}};
constexpr WireMessage kReview{kReviewFields};

constexpr WireField kSelfReviewFields[] = {kMetadataField, {2, "status", Form::kIgnored}};
constexpr WireMessage kSelfReview{kSelfReviewFields};
constexpr WireField kRulesSpecFields[] = {{1, "namespace"}};
constexpr WireMessage kRulesSpec{kRulesSpecFields};
constexpr WireField kRulesReviewFields[] = {
  kMetadataField, {2, "spec", Form::kMessage, false, &kRulesSpec}, {3, "status", Form::kIgnored}};
constexpr WireMessage kRulesReview{kRulesReviewFields};

constexpr WireField kTokenSpecFields[] = {{1, "audiences", Form::kText, true}, {4, "expirationSeconds", Form::kNumber}};
constexpr WireMessage kTokenSpec{kTokenSpecFields};
constexpr WireField kTokenFields[] = {
  kMetadataField, {2, "spec", Form::kMessage, false, &kTokenSpec}, {3, "status", Form::kIgnored}};
constexpr WireMessage kToken{kTokenFields};

constexpr WireField kPreconditionsFields[] = {{1, "uid"}, {2, "resourceVersion"}};
constexpr WireMessage kPreconditions{kPreconditionsFields};
constexpr WireField kDeleteOptionsFields[] = {
  {1, "gracePeriodSeconds", Form::kNumber}, {2, "preconditions", Form::kMessage, false, &kPreconditions},
  {3, "orphanDependents", Form::kFlag}, {4, "propagationPolicy"}, {5, "dryRun", Form::kText, true}};
constexpr WireMessage kDeleteOptions{kDeleteOptionsFields};

struct Known {
  std::string_view kind;
  const WireMessage* message;
};
constexpr std::array<Known, 17> kKnown{{
  {"Namespace", &kNamespace}, {"ServiceAccount", &kServiceAccount}, {"Secret", &kSecret}, {"ConfigMap", &kConfigMap},
  {"Role", &kRole}, {"ClusterRole", &kRole}, {"RoleBinding", &kBinding}, {"ClusterRoleBinding", &kBinding},
  {"Service", &kService}, {"Deployment", &kDeployment}, {"Ingress", &kIngress},
  {"PodDisruptionBudget", &kBudget}, {"SelfSubjectAccessReview", &kReview},
  {"SelfSubjectReview", &kSelfReview}, {"SelfSubjectRulesReview", &kRulesReview}, {"TokenRequest", &kToken},
  {"DeleteOptions", &kDeleteOptions}}};

constexpr WireField kTypeFields[] = {{1, "apiVersion"}, {2, "kind"}};
constexpr WireMessage kType{kTypeFields};
constexpr WireField kIntOrStringFields[] = {{1, "type", Form::kNumber}, {2, "intVal", Form::kNumber}, {3, "strVal"}};
constexpr WireMessage kIntOrString{kIntOrStringFields};
constexpr WireField kTextPairFields[] = {{1, "key"}, {2, "value"}};
constexpr WireMessage kTextPair{kTextPairFields};
constexpr WireField kBytesPairFields[] = {{1, "key"}, {2, "value", Form::kBytes}};
constexpr WireMessage kBytesPair{kBytesPairFields};
constexpr WireField kUnknownFields[] = {
  {1, "type", Form::kMessage, false, &kType}, {2, "raw", Form::kBytes}, {3, "contentEncoding"}, {4, "contentType"}};
constexpr WireMessage kUnknown{kUnknownFields};
// clang-format on

// Reads one message. `failure` says why it could not.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool read(const WireMessage& message, Value& json, int depth, Failure& failure) {
    json = Value::object();
    if (depth > kDepthMax) return malformed(failure);
    while (!rest_.empty()) {
      std::uint64_t tag = 0, number = 0;
      std::string_view bytes;
      if (!varint(tag)) return malformed(failure);
      switch (tag & 7) {
        case 0:
          if (!varint(number)) return malformed(failure);
          break;
        case 2:
          if (!varint(number) || number > rest_.size()) return malformed(failure);
          bytes = rest_.substr(0, number);
          rest_.remove_prefix(number);
          break;
        default:
          return malformed(failure);
      }
      const WireField* field = nullptr;
      for (const WireField& candidate : message.fields)
        if (candidate.number == tag >> 3) field = &candidate;
      // Go writes fields that are not set, too.
      if (!field && number == 0 && bytes.empty()) continue;
      if (!field) {
        failure = {415, "UnsupportedMediaType",
                   fmt::format("field {} of a protobuf message is not known here; send application/json", tag >> 3),
                   nullptr};
        return false;
      }
      const bool number_wanted = field->form == Form::kNumber || field->form == Form::kFlag;
      if (field->form != Form::kIgnored && number_wanted != ((tag & 7) == 0)) return malformed(failure);
      if (!store(*field, number, bytes, json, depth, failure)) return false;
    }
    return true;
  }

 private:
  static bool malformed(Failure& failure) {
    failure = bad_request("the body of the request is not valid protobuf");
    return false;
  }

  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  static bool store(const WireField& field, std::uint64_t number, std::string_view bytes, Value& json, int depth,
                    Failure& failure) {
    const std::string name(field.name);
    Value value;
    switch (field.form) {
      case Form::kIgnored:
        return true;
      case Form::kText:
        value = bytes;
        // Go writes empty strings where JSON has nothing.
        if (bytes.empty() && !field.repeated) return true;
        break;
      case Form::kBytes:
        value = kernel::base64_encode(bytes);
        break;
      case Form::kNumber:
        value = static_cast<std::int64_t>(number);
        break;
      case Form::kFlag:
        value = number != 0;
        break;
      case Form::kMessage:
        if (!Reader(bytes).read(*field.message, value, depth + 1, failure)) return false;
        break;
      case Form::kIntOrString:
        if (!Reader(bytes).read(kIntOrString, value, depth + 1, failure)) return false;
        value = std::as_const(value)["type"].integer() == 0 ? Value(std::as_const(value)["intVal"].integer())
                                                            : Value(std::as_const(value)["strVal"].text());
        if (value == Value(0)) return true;
        break;
      case Form::kInline:
        if (!Reader(bytes).read(*field.message, value, depth + 1, failure)) return false;
        for (const Member& member : std::as_const(value).fields()) json.set(member.name()) = member.value;
        return true;
      case Form::kTextMap:
      case Form::kBytesMap: {
        const WireMessage& pair = field.form == Form::kTextMap ? kTextPair : kBytesPair;
        if (!Reader(bytes).read(pair, value, depth + 1, failure)) return false;
        json[name].set(std::as_const(value)["key"].text()) =
            std::as_const(value)["value"].is_null() ? Value("") : std::as_const(value)["value"];
        return true;
      }
    }
    if (field.repeated)
      json[name].push_back(std::move(value));
    else
      json[name] = std::move(value);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

Outcome<Value> decode_protobuf(std::string_view body) {
  constexpr std::string_view kMagic("k8s\0", 4);
  if (!body.starts_with(kMagic)) return bad_request("the body of the request is not valid protobuf");
  body.remove_prefix(kMagic.size());
  Failure failure;
  Value envelope, object;
  if (!Reader(body).read(kUnknown, envelope, 0, failure)) return failure;
  const Value type = std::as_const(envelope)["type"];
  const std::string kind = type["kind"].string();
  for (const Known& known : kKnown) {
    if (known.kind != kind) continue;
    const auto raw = kernel::base64_decode(std::as_const(envelope)["raw"].string());
    if (!Reader(raw.value_or("")).read(*known.message, object, 0, failure)) return failure;
    object["kind"] = kind;
    object["apiVersion"] = type["apiVersion"];
    return object;
  }
  return Failure{415, "UnsupportedMediaType",
                 fmt::format("{} is not known in protobuf here; send application/json", kind), nullptr};
}

}  // namespace plumbline::kube
