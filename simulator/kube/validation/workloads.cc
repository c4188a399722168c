#include "simulator/kube/store/selector.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {
namespace {

constexpr const char* kNotNegative = "must be greater than or equal to 0";

void check_count(const Value& count, const FieldPath& path, Causes& causes) {
  if (count.integer() < 0) causes.invalid(path, count, kNotNegative);
}

/// The selector, the template, and that one matches the other.
void check_template(const Value& spec, const Object* current, const FieldPath& path, Causes& causes) {
  const Value& selector = spec["selector"];
  const Value& labels = spec.at("template.metadata.labels");
  if (selector.is_null()) {
    causes.required(path / "selector");
  } else {
    check_label_selector(selector, path / "selector", causes);
    if (selector.empty()) causes.invalid(path / "selector", selector, "empty selector is invalid for deployment");
  }
  const auto parsed = LabelSelector::from_value(selector);
  if (!parsed || selector.empty() || !parsed->matches(labels))
    causes.invalid(path / "template" / "metadata" / "labels", labels, "`selector` does not match template `labels`");
  check_labels(labels, path / "template" / "metadata" / "labels", causes);
  check_pod_spec(spec.at("template.spec"), path / "template" / "spec", causes);
  if (const Value& restart = spec.at("template.spec.restartPolicy"); !restart.is_null() && restart != "Always")
    causes.unsupported(path / "template" / "spec" / "restartPolicy", restart, {"Always"});
  if (current != nullptr && !(current->at("spec.selector") == selector))
    causes.invalid(path / "selector", selector, "field is immutable");
}

/// A number that is not negative, or a percentage.
void check_share(const Value& share, const FieldPath& path, Causes& causes) {
  if (share.is_integer()) return check_count(share, path, causes);
  const std::string_view text = share.text();
  const bool percent = text.size() > 1 && text.back() == '%' &&
                       text.find_first_not_of("0123456789") == text.size() - 1;
  if (!share.is_null() && !percent)
    causes.invalid(path, share,
                   "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
                   "regex used for validation is '[0-9]+%')");
}

bool is_none(const Value& share) { return share == "0%" || (share.is_integer() && share.integer() == 0); }

}  // namespace

void check_deployment(const Value& deployment, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  const Value& spec = deployment["spec"];
  check_count(spec["replicas"], path / "replicas", causes);
  check_template(spec, current, path, causes);
  check_count(spec["minReadySeconds"], path / "minReadySeconds", causes);
  check_count(spec["revisionHistoryLimit"], path / "revisionHistoryLimit", causes);
  const Value& strategy = spec["strategy"];
  if (strategy["type"] == "Recreate") {
    if (strategy.contains("rollingUpdate"))
      causes.forbidden(path / "strategy" / "rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
  } else if (strategy["type"] == "RollingUpdate") {
    const FieldPath at = path / "strategy" / "rollingUpdate";
    const Value& rolling = strategy["rollingUpdate"];
    check_share(rolling["maxUnavailable"], at / "maxUnavailable", causes);
    check_share(rolling["maxSurge"], at / "maxSurge", causes);
    if (is_none(rolling["maxUnavailable"]) && is_none(rolling["maxSurge"]))
      causes.invalid(at / "maxUnavailable", rolling["maxUnavailable"], "may not be 0 when `maxSurge` is 0");
  } else {
    causes.unsupported(path / "strategy" / "type", strategy["type"], {"Recreate", "RollingUpdate"});
  }
  if (spec.contains("progressDeadlineSeconds") &&
      spec["progressDeadlineSeconds"].integer() <= spec["minReadySeconds"].integer())
    causes.invalid(path / "progressDeadlineSeconds", spec["progressDeadlineSeconds"],
                   "must be greater than minReadySeconds");
}

void check_replica_set(const Value& set, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  check_count(set.at("spec.replicas"), path / "replicas", causes);
  check_count(set.at("spec.minReadySeconds"), path / "minReadySeconds", causes);
  check_template(set["spec"], current, path, causes);
}

void check_stateful_set(const Value& set, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  const Value& spec = set["spec"];
  const std::string_view policy = spec["podManagementPolicy"].text();
  if (policy != "OrderedReady" && policy != "Parallel")
    causes.invalid(path / "podManagementPolicy", spec["podManagementPolicy"],
                   "must be 'OrderedReady' or 'Parallel'");
  const std::string_view type = spec.at("updateStrategy.type").text();
  if (type != "RollingUpdate" && type != "OnDelete")
    causes.invalid(path / "updateStrategy", spec["updateStrategy"], "must be 'RollingUpdate' or 'OnDelete'");
  check_count(spec["replicas"], path / "replicas", causes);
  check_template(spec, current, path, causes);
  if (current == nullptr) return;
  for (const char* field : {"serviceName", "podManagementPolicy", "volumeClaimTemplates"})
    if (!(current->at("spec")[field] == spec[field]))
      return causes.forbidden(path,
                              "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                              "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                              "'minReadySeconds' are forbidden");
}

void check_daemon_set(const Value& set, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  const Value& spec = set["spec"];
  check_template(spec, current, path, causes);
  const std::string_view type = spec.at("updateStrategy.type").text();
  if (type != "RollingUpdate" && type != "OnDelete")
    causes.unsupported(path / "updateStrategy" / "type", spec.at("updateStrategy.type"), {"OnDelete", "RollingUpdate"});
  check_count(spec["minReadySeconds"], path / "minReadySeconds", causes);
}

}  // namespace plumbline::kube
