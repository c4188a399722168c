#include <fmt/format.h>

#include "simulator/kube/store/selector.h"
#include "simulator/kube/validation/validation.h"

namespace plumbline::kube {
namespace {

constexpr const char* kNotNegative = "must be greater than or equal to 0";

void check_count(const Value& count, const FieldPath& path, Causes& causes) {
  if (count.integer() < 0) causes.invalid(path, count, kNotNegative);
}

/// The selector, the template, and that one matches the other. `word` is what messages call the kind.
void check_template(const Value& spec, const Object* current, std::string_view word, const FieldPath& path,
                    Causes& causes) {
  const Value& selector = spec["selector"];
  const FieldPath at = path / "template";
  const std::size_t before = causes.size();
  if (selector.is_null()) {
    if (word != "daemonset") causes.required(path / "selector");
  } else {
    check_label_selector(selector, path / "selector", causes);
  }
  const bool malformed = !selector.is_null() && causes.size() != before;
  const bool empty = !selector.is_null() && selector.empty();
  if (empty) causes.invalid(path / "selector", selector, fmt::format("empty selector is invalid for {}", word));
  if (malformed) {
    causes.invalid(path / "selector", selector, "invalid label selector");
  } else {
    const Value& labels = spec.at("template.metadata.labels");
    const auto parsed = LabelSelector::from_value(selector);
    if (!empty && (selector.is_null() || !parsed || !parsed->matches(labels)))
      causes.invalid(at / "metadata" / "labels", labels, "`selector` does not match template `labels`");
    check_labels(labels, at / "labels", causes);
    check_annotations(spec.at("template.metadata.annotations"), at / "annotations", causes);
    check_pod_spec(spec.at("template.spec"), at / "spec", causes);
    if (const Value& restart = spec.at("template.spec.restartPolicy"); !restart.is_null() && restart != "Always")
      causes.unsupported(at / "spec" / "restartPolicy", restart, {"Always"});
    if (spec.at("template.spec").contains("activeDeadlineSeconds"))
      causes.forbidden(at / "spec" / "activeDeadlineSeconds", "activeDeadlineSeconds in ReplicaSet is not Supported");
  }
  if (current != nullptr && !(current->at("spec.selector") == selector))
    causes.invalid(path / "selector", selector, "field is immutable");
}

bool is_none(const Value& share) { return share == "0%" || (share.is_integer() && share.integer() == 0); }

}  // namespace

void check_share(const Value& share, const FieldPath& path, Causes& causes) {
  if (share.is_integer()) return check_count(share, path, causes);
  const std::string_view text = share.text();
  const bool percent = text.size() > 1 && text.back() == '%' && text.find_first_not_of("0123456789") == text.size() - 1;
  if (!share.is_null() && !percent)
    causes.invalid(path, share,
                   "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
                   "regex used for validation is '[0-9]+%')");
}

void check_deployment(const Value& deployment, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  const Value& spec = deployment["spec"];
  check_count(spec["replicas"], path / "replicas", causes);
  check_template(spec, current, "deployment", path, causes);
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
  check_count(spec["progressDeadlineSeconds"], path / "progressDeadlineSeconds", causes);
  if (spec.contains("progressDeadlineSeconds") &&
      spec["progressDeadlineSeconds"].integer() <= spec["minReadySeconds"].integer())
    causes.invalid(path / "progressDeadlineSeconds", spec["progressDeadlineSeconds"],
                   "must be greater than minReadySeconds");
}

void check_replica_set(const Value& set, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  check_count(set.at("spec.replicas"), path / "replicas", causes);
  check_count(set.at("spec.minReadySeconds"), path / "minReadySeconds", causes);
  check_template(set["spec"], current, "deployment", path, causes);
}

void check_stateful_set(const Value& set, const Object* current, Causes& causes) {
  const FieldPath path("spec");
  const Value& spec = set["spec"];
  const std::string_view policy = spec["podManagementPolicy"].text();
  if (policy != "OrderedReady" && policy != "Parallel")
    causes.invalid(path / "podManagementPolicy", spec["podManagementPolicy"], "must be 'OrderedReady' or 'Parallel'");
  const std::string_view type = spec.at("updateStrategy.type").text();
  if (type != "RollingUpdate" && type != "OnDelete")
    causes.invalid(path / "updateStrategy", spec["updateStrategy"], "must be 'RollingUpdate' or 'OnDelete'");
  check_count(spec["replicas"], path / "replicas", causes);
  check_template(spec, current, "statefulset", path, causes);
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
  check_template(spec, current, "daemonset", path, causes);
  const std::string_view type = spec.at("updateStrategy.type").text();
  if (type != "RollingUpdate" && type != "OnDelete")
    causes.unsupported(path / "updateStrategy" / "type", spec.at("updateStrategy.type"), {"OnDelete", "RollingUpdate"});
  check_count(spec["minReadySeconds"], path / "minReadySeconds", causes);
}

}  // namespace plumbline::kube
