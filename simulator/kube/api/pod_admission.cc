#include "simulator/kube/api/pod_admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace plumbline::kube {
namespace {

constexpr std::size_t kKeptMax = 64;
constexpr std::string_view kTokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr std::string_view kTokenVolume = "kube-api-access-";
constexpr std::string_view kDefaultAccount = "default";
constexpr std::string_view kPreempts = "PreemptLowerPriority";
constexpr int kTolerationSeconds = 300;

void tolerate(Value& spec, std::string_view taint) {
  for (const Value& toleration : std::as_const(spec)["tolerations"]) {
    const bool key = toleration["key"] == taint || toleration["key"].text().empty();
    const bool effect = toleration["effect"] == "NoExecute" || toleration["effect"].text().empty();
    if (key && effect) return;
  }
  spec["tolerations"].push_back(
      {{"key", taint}, {"operator", "Exists"}, {"effect", "NoExecute"}, {"tolerationSeconds", kTolerationSeconds}});
}

Value token_volume(const std::string& name) {
  return {
      {"name", name},
      {"projected",
       {{"defaultMode", 420},
        {"sources",
         Value::array(
             {{{"serviceAccountToken", {{"expirationSeconds", 3607}, {"path", "token"}}}},
              {{"configMap",
                {{"name", "kube-root-ca.crt"}, {"items", Value::array({{{"key", "ca.crt"}, {"path", "ca.crt"}}})}}}},
              {{"downwardAPI",
                {{"items",
                  Value::array({{{"path", "namespace"},
                                 {"fieldRef", {{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}}}}})}}}}})}}}};
}

void mount_token(Value& spec, const std::string& volume) {
  bool used = false;
  for (const char* list : {"containers", "initContainers"})
    for (std::size_t i = 0; i < std::as_const(spec)[list].size(); ++i) {
      const Value& mounts = std::as_const(spec)[list][i]["volumeMounts"];
      const bool there = std::any_of(mounts.begin(), mounts.end(),
                                     [](const Value& mount) { return mount["mountPath"] == kTokenPath; });
      if (there) continue;
      spec[list].item(i)["volumeMounts"].push_back({{"name", volume}, {"readOnly", true}, {"mountPath", kTokenPath}});
      used = true;
    }
  if (used) spec["volumes"].push_back(token_volume(volume));
}

/// Nothing when there is no such class.
std::optional<std::int64_t> priority_of(std::string_view class_name) {
  if (class_name.empty()) return 0;
  if (class_name == "system-cluster-critical") return 2'000'000'000;
  if (class_name == "system-node-critical") return 2'000'001'000;
  return std::nullopt;
}

/// What a Pod's creator may not say of its priority; "" when all is well.
std::string priority_mistake(const Value& spec) {
  const auto priority = priority_of(spec["priorityClassName"].text());
  if (!priority) return fmt::format("no PriorityClass with name {} was found", spec["priorityClassName"].text());
  if (spec.contains("priority") && spec["priority"].integer() != *priority)
    return fmt::format(
        "the integer value of priority ({}) must not be provided in pod spec; priority admission controller computed "
        "{} from the given PriorityClass name",
        spec["priority"].integer(), *priority);
  if (const Value& preempts = spec["preemptionPolicy"]; !preempts.is_null() && preempts != kPreempts)
    return fmt::format(
        "the string value of PreemptionPolicy ({}) must not be provided in pod spec; priority admission controller "
        "computed {} from the given PriorityClass name",
        preempts.text(), kPreempts);
  return "";
}

bool has_token_volume(const Value& spec) {
  return std::any_of(spec["volumes"].begin(), spec["volumes"].end(),
                     [](const Value& volume) { return volume["name"].text().starts_with(kTokenVolume); });
}

/// Real servers refuse before they make a name up.
std::string_view name_in_refusals(const Value& pod) {
  const std::string_view name = pod.at("metadata.name").text(), prefix = pod.at("metadata.generateName").text();
  return !prefix.empty() && name.starts_with(prefix) ? prefix : name;
}

}  // namespace

std::string_view quality_of_service(const Value& spec) {
  bool any = false, all_limited = true;
  for (const char* list : {"containers", "initContainers"})
    for (const Value& container : spec[list]) {
      const Value& limits = container.at("resources.limits");
      const Value& requests = container.at("resources.requests");
      for (const char* resource : {"cpu", "memory"}) {
        any = any || limits.contains(resource) || requests.contains(resource);
        all_limited = all_limited && limits.contains(resource) &&
                      (!requests.contains(resource) || requests[resource] == limits[resource]);
      }
    }
  if (!any) return "BestEffort";
  return all_limited ? "Guaranteed" : "Burstable";
}

void PodAdmission::admit_spec(const std::string& space, const ObjectPtr& account, Value& spec) {
  if (std::as_const(spec)["serviceAccountName"].text().empty()) {
    spec["serviceAccountName"] = kDefaultAccount;
    spec["serviceAccount"] = kDefaultAccount;
  }
  const Value& wanted = std::as_const(spec)["automountServiceAccountToken"];
  const bool mounts = wanted.is_boolean() ? wanted.boolean()
                                          : !(account && account->at("automountServiceAccountToken") == Value(false));
  if (mounts && !has_token_volume(spec)) mount_token(spec, store_.generate_name(KindId::kSecret, space, kTokenVolume));
  tolerate(spec, "node.kubernetes.io/not-ready");
  tolerate(spec, "node.kubernetes.io/unreachable");
  spec["priority"] = *priority_of(std::as_const(spec)["priorityClassName"].text());
  spec["preemptionPolicy"] = kPreempts;
}

void PodAdmission::admit_change(Value& pod) {
  Value spec = std::as_const(pod)["spec"];
  tolerate(spec, "node.kubernetes.io/not-ready");
  tolerate(spec, "node.kubernetes.io/unreachable");
  if (!spec.same_as(std::as_const(pod)["spec"])) pod["spec"] = std::move(spec);
}

Outcome<void> PodAdmission::admit(Value& pod) {
  const std::string space = std::as_const(pod).at("metadata.namespace").string();
  const Value before = std::as_const(pod)["spec"];
  const std::string_view asked = before["serviceAccountName"].text();
  const std::string_view name = asked.empty() ? kDefaultAccount : asked;
  const ObjectPtr account = store_.find(KindId::kServiceAccount, space, name);
  if (!account && name != kDefaultAccount)
    return forbidden(
        store_.kind(KindId::kPod), name_in_refusals(pod),
        fmt::format("error looking up service account {}/{}: serviceaccount \"{}\" not found", space, name, name));
  if (const std::string why = priority_mistake(before); !why.empty())
    return forbidden(store_.kind(KindId::kPod), name_in_refusals(pod), why);
  const auto known = kept_.find(before.identity());
  if (known != kept_.end() && known->second.account == account) {
    pod["spec"] = known->second.after;
  } else {
    Value spec = before;
    admit_spec(space, account, spec);
    if (kept_.size() >= kKeptMax) kept_.clear();
    kept_.insert_or_assign(before.identity(), Kept{before, spec, account});
    pod["spec"] = std::move(spec);
  }
  pod["status"] = Value{{"phase", "Pending"}, {"qosClass", quality_of_service(std::as_const(pod)["spec"])}};
  return {};
}

}  // namespace plumbline::kube
