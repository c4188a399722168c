// Questions about rights and identities: nothing is stored.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "simulator/kube/http/api_server.h"
#include "simulator/kube/http/negotiation.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr std::int64_t kTokenSecondsMin = 600, kTokenSecondsDefault = 3600;
constexpr std::int64_t kTokenSecondsMax = std::int64_t{1} << 32;

Attributes attributes_of_review(const Value& spec) {
  Attributes asked;
  if (const Value& wanted = spec["resourceAttributes"]; wanted.is_object()) {
    asked.verb = wanted["verb"].text();
    asked.group = wanted["group"].text();
    asked.resource = wanted["resource"].text();
    if (const std::string_view part = wanted["subresource"].text(); !part.empty()) {
      asked.resource += '/';
      asked.resource += part;
    }
    asked.space = wanted["namespace"].text();
    asked.name = wanted["name"].text();
  } else {
    asked.resource_request = false;
    asked.verb = spec.at("nonResourceAttributes.verb").text();
    asked.path = spec.at("nonResourceAttributes.path").text();
  }
  return asked;
}

/// Asks for a change of what is stored.
bool writes(const Attributes& asked) {
  const bool questions = asked.group == "authorization.k8s.io" || asked.group == "authentication.k8s.io" ||
                         asked.resource.ends_with("/token");
  constexpr std::string_view kWriting[] = {"create", "update", "patch", "delete", "deletecollection", "*"};
  return asked.resource_request && !questions &&
         std::find(std::begin(kWriting), std::end(kWriting), asked.verb) != std::end(kWriting);
}

Value user_value(const User& user) {
  Value groups = Value::array();
  for (const std::string& group : user.groups) groups.push_back(group);
  return {{"username", user.name}, {"groups", groups}};
}

}  // namespace

Value ApiServer::access_of(const User& user, const Attributes& asked) const {
  const bool allowed = authorizer_.allowed(user, asked);
  if (allowed && !no_writes_.empty() && writes(asked))
    return {{"allowed", false}, {"denied", true}, {"reason", no_writes_}};
  return {{"allowed", allowed}};
}

Reply ApiServer::review(const Call& call) {
  const Target& target = call.target;
  if (call.request.method != "POST" || !target.name.empty()) return refuse(unknown_resource());
  auto body = read_body(call.request, target.resource);
  if (!body) return refuse(body.error());
  Value answer = body->value.is_object() ? body->value : Value::object();
  const Value& spec = std::as_const(body->value)["spec"];
  const auto answered = [&](std::string_view kind, Value status) {
    answer["kind"] = kind;
    answer["apiVersion"] = target.group + "/v1";
    if (!std::as_const(answer)["metadata"].is_object()) answer["metadata"] = Value::object();
    answer["status"] = std::move(status);
    return respond(201, answer);
  };
  if (target.group == "authorization.k8s.io") {
    if (target.resource == "selfsubjectaccessreviews")
      return answered("SelfSubjectAccessReview", access_of(call.user, attributes_of_review(spec)));
    if (target.resource == "subjectaccessreviews" || target.resource == "localsubjectaccessreviews") {
      User user{spec["user"].string(), {}};
      for (const Value& group : spec["groups"]) user.groups.push_back(group.string());
      return answered(target.resource == "subjectaccessreviews" ? "SubjectAccessReview" : "LocalSubjectAccessReview",
                      access_of(user, attributes_of_review(spec)));
    }
    if (target.resource == "selfsubjectrulesreviews")
      return answered("SelfSubjectRulesReview", authorizer_.rules_in(call.user, spec["namespace"].string()));
  }
  if (target.group == "authentication.k8s.io") {
    if (target.resource == "selfsubjectreviews")
      return answered("SelfSubjectReview", Value{{"userInfo", user_value(call.user)}});
    if (target.resource == "tokenreviews") {
      const auto user = authenticator_.authenticate({{}, true, "Bearer " + spec["token"].string()});
      if (!user) return answered("TokenReview", Value{{"authenticated", false}, {"error", "invalid bearer token"}});
      return answered("TokenReview", Value{{"authenticated", true}, {"user", user_value(*user)}});
    }
  }
  return refuse(unknown_resource());
}

Reply ApiServer::request_token(const Call& call) {
  const Target& target = call.target;
  const ObjectPtr account = store_.find(key_of(target));
  if (!account) return refuse(not_found(*target.kind, target.name));
  Value spec;
  if (!call.request.body.empty()) {
    auto body = read_body(call.request, "TokenRequest");
    if (!body) return refuse(body.error());
    spec = std::as_const(body->value)["spec"];
  }
  const Value& asked = std::as_const(spec)["expirationSeconds"];
  const std::int64_t seconds = asked.is_null() ? kTokenSecondsDefault : asked.integer();
  const bool too_long = seconds > kTokenSecondsMax || (asked.is_number() && !asked.is_integer());
  if (too_long || seconds < kTokenSecondsMin) {
    Kind kind;
    kind.name = "TokenRequest";
    kind.group = "authentication.k8s.io";
    return refuse(invalid(kind, "",
                          {{"FieldValueInvalid",
                            fmt::format("Invalid value: {}: may not specify a duration {}", to_text(asked),
                                        too_long ? "larger than 2^32 seconds" : "less than 10 minutes"),
                            "spec.expirationSeconds"}}));
  }
  if (std::as_const(spec)["audiences"].empty()) spec["audiences"] = Value::array({kIssuer});
  spec["expirationSeconds"] = seconds;
  return respond(
      201, {{"kind", "TokenRequest"},
            {"apiVersion", "authentication.k8s.io/v1"},
            {"metadata", {{"name", target.name}, {"namespace", target.space}, {"creationTimestamp", store_.now()}}},
            {"spec", spec},
            {"status",
             {{"token", authenticator_.mint(*account, std::chrono::seconds(seconds))},
              {"expirationTimestamp", store_.now(std::chrono::seconds(seconds))}}}});
}

}  // namespace plumbline::kube
