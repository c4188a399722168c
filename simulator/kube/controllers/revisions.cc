#include "simulator/kube/controllers/revisions.h"

#include <algorithm>
#include <utility>

#include "simulator/kube/controllers/deployments.h"
#include "simulator/kube/controllers/field_manager.h"

namespace plumbline::kube {
namespace {

/// What of an owner a revision keeps: a patch that brings its template back.
Value data_of(const Object& owner) {
  Value pod_template = owner.at("spec.template");
  pod_template["$patch"] = "replace";
  return {{"spec", {{"template", std::move(pod_template)}}}};
}

}  // namespace

Value controller_reference(const Kind& kind, const Object& owner) {
  return {{"apiVersion", kind.api_version()},
          {"kind", kind.name},
          {"name", owner.name()},
          {"uid", owner.uid()},
          {"controller", true},
          {"blockOwnerDeletion", true}};
}

Revisions sync_revisions(Operations& operations, const Object& owner, const std::vector<std::string>& live) {
  Store& store = operations.store();
  Revisions revisions;
  for (const ObjectPtr& object : store.owned_by(owner.uid()))
    if (object->kind() == KindId::kControllerRevision && !object->deleting()) revisions.all.push_back(object);
  const auto by_number = [](const ObjectPtr& left, const ObjectPtr& right) {
    return left->number("revision") < right->number("revision");
  };
  std::sort(revisions.all.begin(), revisions.all.end(), by_number);
  const std::int64_t newest = revisions.all.empty() ? 0 : revisions.all.back()->number("revision");
  const Value data = data_of(owner);
  const auto found = std::find_if(revisions.all.begin(), revisions.all.end(),
                                  [&](const ObjectPtr& each) { return each->at("data") == data; });
  if (found == revisions.all.end()) {
    const std::string hash = template_hash(owner.at("spec.template"));
    Value labels = owner.at("spec.template.metadata.labels");
    labels[kRevisionHashLabel] = hash;
    Value revision{{"metadata",
                    {{"name", owner.name() + "-" + hash},
                     {"labels", labels},
                     {"ownerReferences", Value::array({controller_reference(store.kind(owner.kind()), owner)})}}},
                   {"data", data},
                   {"revision", newest + 1}};
    const auto created =
        operations.create(KindId::kControllerRevision, owner.space(), std::move(revision), as_controller());
    if (created) revisions.all.push_back(*created);
    revisions.update = created ? *created : nullptr;
  } else if ((*found)->number("revision") < newest) {
    Value next = (*found)->value();
    next["revision"] = newest + 1;
    if (const auto written = operations.write(*found, std::move(next), kControllerManager)) *found = *written;
    revisions.update = *found;
    std::sort(revisions.all.begin(), revisions.all.end(), by_number);
  } else {
    revisions.update = *found;
  }
  const auto kept = static_cast<std::size_t>(std::max<std::int64_t>(0, owner.number("spec.revisionHistoryLimit", 10)));
  std::size_t old = revisions.all.empty() ? 0 : revisions.all.size() - 1;
  for (auto each = revisions.all.begin(); each != revisions.all.end() && old > kept;) {
    const std::string_view hash = (*each)->labels()[kRevisionHashLabel].text();
    if (*each == revisions.update || std::find(live.begin(), live.end(), hash) != live.end()) {
      ++each;
      continue;
    }
    (void)operations.remove((*each)->key());
    each = revisions.all.erase(each);
    --old;
  }
  return revisions;
}

}  // namespace plumbline::kube
