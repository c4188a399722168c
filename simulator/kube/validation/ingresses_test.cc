// What a kube-apiserver 1.34 refuses, in its words.
#include "simulator/kube/validation/fixture.h"

namespace plumbline::kube {
namespace {

class IngressValidation : public ValidationTest {
 protected:
  /// An Ingress of one path with these fields.
  static std::string of_path(const std::string& fields) {
    return R"({"spec":{"rules":[{"http":{"paths":[{)" + fields + "}]}}]}}";
  }
  static std::string of_backend(const std::string& backend) {
    return of_path(R"("path":"/","pathType":"Prefix","backend":)" + backend);
  }
};

TEST_F(IngressValidation, LeadSomewhere) {
  expect_refused(KindId::kIngress,
                 {{R"({"spec":{}})", "spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"},
                  {R"({"spec":{"defaultBackend":{"service":{"name":"s","port":{"name":"http"}}}}})", ""},
                  {R"({"spec":{"defaultBackend":{}}})",
                   "spec.defaultBackend: Invalid value: \"\": resource or service backend is required"},
                  {R"({"spec":{"rules":[{"host":"a.example.com","http":{"paths":[]}}]}})",
                   "spec.rules[0].http.paths: Required value"},
                  {R"({"spec":{"rules":[{"host":"a.example.com"}]}})", ""}});
}

TEST_F(IngressValidation, BackendsAreServicesOrResources) {
  const std::string backend = "spec.rules[0].http.paths[0].backend";
  const auto expect = [&](const char* text, const std::string& why) {
    EXPECT_EQ(why, causes(KindId::kIngress, object(KindId::kIngress, of_backend(text)))) << text;
  };
  expect(R"({"service":{"name":"s","port":{"number":80}}})", "");
  expect(R"({"resource":{"kind":"K","name":"n"}})", "");
  expect(R"({"resource":{"kind":"","name":""}})",
         backend + ".resource.kind: Required value, " + backend + ".resource.name: Required value");
  expect(R"({"service":{"name":"s","port":{"number":80}},"resource":{"kind":"K","name":"n"}})",
         backend + ": Invalid value: \"\": cannot set both resource and service backends");
  expect(R"({"service":{"name":"S","port":{"number":70000}}})",
         backend + ".service.name: Invalid value: \"S\": <1035>, " + backend +
             ".service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive");
  expect(R"({"service":{"name":"","port":{"name":"a","number":80}}})",
         backend + ".service.name: Required value, " + backend +
             ": Invalid value: \"\": cannot set both port name & port number");
  expect(R"({"service":{"name":"s","port":{}}})", backend + ": Required value: port name or number is required");
  expect(R"({"service":{"name":"s","port":{"name":"-"}}})",
         backend + ".service.port.name: Invalid value: \"-\": must contain at least one letter (a-z), " + backend +
             ".service.port.name: Invalid value: \"-\": must not begin or end with a hyphen");
}

TEST_F(IngressValidation, PathsAreAbsoluteAndPlain) {
  const std::string service = R"(,"backend":{"service":{"name":"s","port":{"number":80}}})";
  const std::string at = "spec.rules[0].http.paths[0]";
  const auto expect = [&](const std::string& text, const std::string& why) {
    EXPECT_EQ(why, causes(KindId::kIngress, object(KindId::kIngress, of_path(text + service)))) << text;
  };
  expect(R"("path":"/a","pathType":"Exact")", "");
  expect(R"("pathType":"ImplementationSpecific")", "");
  expect(R"("path":"/a//b","pathType":"ImplementationSpecific")", "");
  expect(R"("path":"a","pathType":"ImplementationSpecific")",
         at + ".path: Invalid value: \"a\": must be an absolute path");
  expect(R"("pathType":"Prefix")", at + ".path: Invalid value: \"\": must be an absolute path");
  expect(R"("path":"x/..","pathType":"Exact")", at + ".path: Invalid value: \"x/..\": must be an absolute path, " + at +
                                                    ".path: Invalid value: \"x/..\": cannot end with '/..'");
  expect(R"("path":"/a//b/./c/../d%2fe","pathType":"Prefix")",
         at + ".path: Invalid value: \"/a//b/./c/../d%2fe\": must not contain '//', " + at +
             ".path: Invalid value: \"/a//b/./c/../d%2fe\": must not contain '/./', " + at +
             ".path: Invalid value: \"/a//b/./c/../d%2fe\": must not contain '/../', " + at +
             ".path: Invalid value: \"/a//b/./c/../d%2fe\": must not contain '%2f'");
  EXPECT_EQ(at + ".pathType: Required value: pathType must be specified",
            causes(KindId::kIngress, object(KindId::kIngress, of_path(R"("path":"x","backend":{})"))))
      << "and no more of it";
  expect(
      R"("path":"/","pathType":"")",
      at + ".pathType: Unsupported value: \"\": supported values: \"Exact\", \"ImplementationSpecific\", \"Prefix\"");
  expect(
      R"("path":"/","pathType":"Odd")",
      at +
          ".pathType: Unsupported value: \"Odd\": supported values: \"Exact\", \"ImplementationSpecific\", \"Prefix\"");
}

TEST_F(IngressValidation, HostsAreNames) {
  const auto of_host = [this](const std::string& host) {
    return causes(KindId::kIngress, object(KindId::kIngress, R"({"spec":{"rules":[{"host":")" + host + R"("}]}})"));
  };
  EXPECT_EQ("", of_host("*.example.com"));
  EXPECT_EQ("spec.rules[0].host: Invalid value: \"1.2.3.4\": must be a DNS name, not an IP address",
            of_host("1.2.3.4"));
  EXPECT_EQ("spec.rules[0].host: Invalid value: \"A\": <subdomain>", of_host("A"));
  EXPECT_NE(std::string::npos, of_host("*example.com").find("a wildcard DNS-1123 subdomain must start with '*.'"));
  expect_refused(
      KindId::kIngress,
      {{R"({"spec":{"rules":[{}],"ingressClassName":"A","tls":[{"hosts":["B"],"secretName":"C"}]}})",
        "spec.tls[0].hosts[0]: Invalid value: \"B\": <subdomain>, spec.tls[0].secretName: Invalid value: \"C\": "
        "<subdomain>, spec.ingressClassName: Invalid value: \"A\": <subdomain>"}});
}

TEST_F(IngressValidation, TheOldWayToNameAClassAgreesWithTheNewOne) {
  const auto of_classes = [](const char* annotation, const char* name) {
    return fmt::format(R"({{"metadata":{{"name":"n","annotations":{{"kubernetes.io/ingress.class":"{}"}}}},)"
                       R"("spec":{{"rules":[{{}}],"ingressClassName":"{}"}}}})",
                       annotation, name);
  };
  EXPECT_EQ("", causes(KindId::kIngress, object(KindId::kIngress, of_classes("a", "a"))));
  EXPECT_EQ(
      "annotations.kubernetes.io/ingress.class: Invalid value: \"a\": must match `ingressClassName` when both are "
      "specified",
      causes(KindId::kIngress, object(KindId::kIngress, of_classes("a", "b"))));
  EXPECT_EQ("", changed(KindId::kIngress, of_classes("a", "a"), of_classes("a", "b"))) << "only at creation";
}

TEST_F(IngressValidation, ClassesNameTheirController) {
  expect_refused(
      KindId::kIngressClass,
      {{R"({"spec":{"controller":"example.com/c"}})", ""},
       {R"({"spec":{}})", "spec.controller: Required value"},
       {R"({"spec":{"controller":"c"}})",
        R"(spec.controller: Invalid value: "c": must be a domain-prefixed path (such as "acme.io/foo"))"},
       {R"({"spec":{"controller":"example.com/c","parameters":{"kind":"K","name":"n","scope":"Namespace"}}})",
        "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"},
       {R"({"spec":{"controller":"example.com/c","parameters":{"kind":"K","name":"n","namespace":"x"}}})",
        "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"},
       {R"({"spec":{"controller":"example.com/c","parameters":{"kind":"","name":"a/b","scope":"Odd"}}})",
        "spec.parameters.kind: Required value, spec.parameters.name: Invalid value: \"a/b\": may not contain '/', "
        "spec.parameters.scope: Unsupported value: \"Odd\": supported values: \"Cluster\", \"Namespace\""}});
  const auto of_controller = [this](const std::string& controller) {
    return causes(KindId::kIngressClass,
                  object(KindId::kIngressClass, R"({"spec":{"controller":")" + controller + R"("}})"));
  };
  EXPECT_EQ("", of_controller("a/" + std::string(248, 'x')));
  EXPECT_NE("", of_controller("a/" + std::string(249, 'x')));
  EXPECT_EQ("spec.controller: Invalid value: \"A\": <subdomain>", of_controller("A/x"));
  EXPECT_EQ(
      "spec.controller: Invalid value: \"a b\": Invalid path (regex used for validation is "
      "'[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
      of_controller("a.io/a b"));
  const auto of_parameters = [this](const std::string& more) {
    return causes(KindId::kIngressClass,
                  object(KindId::kIngressClass,
                         R"({"spec":{"controller":"a/b","parameters":{"kind":"K","name":"n",)" + more + "}}}"));
  };
  EXPECT_EQ("", of_parameters(R"("scope":"Namespace","namespace":"x")"));
  EXPECT_EQ("spec.parameters.apiGroup: Invalid value: \"A\": <subdomain>", of_parameters(R"("apiGroup":"A")"));
  EXPECT_EQ("spec.parameters.namespace: Invalid value: \"X\": <label>",
            of_parameters(R"("scope":"Namespace","namespace":"X")"));
  EXPECT_EQ("spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'",
            of_parameters(R"("namespace":"")"));
  EXPECT_EQ("spec.controller: Invalid value: \"example.com/d\": field is immutable",
            changed(KindId::kIngressClass, R"({"spec":{"controller":"example.com/c"}})",
                    R"({"spec":{"controller":"example.com/d"}})"));
}

}  // namespace
}  // namespace plumbline::kube
