// What happened in another store happens here.
#include <algorithm>
#include <charconv>

#include "simulator/kube/store/store.h"

namespace plumbline::kube {

/// Parts that are equal to those of the version before, and labels that others have, are kept once.
void Store::share(KindId kind, Value& object, const Object* before) {
  if (before != nullptr)
    for (const Member& part : before->value().fields())
      if (const Value* now = std::as_const(object).find(part.name()); now != nullptr && *now == part.value)
        object[part.name()] = part.value;
  const Value& metadata = std::as_const(object)["metadata"];
  if (metadata["labels"].is_null()) return;
  Value shared = shelf(kind).spaces[metadata["namespace"].string()].labels.shared(metadata["labels"]);
  object["metadata"]["labels"] = std::move(shared);
}

Outcome<ObjectPtr> Store::restore(Op op, KindId kind, Value object) {
  const Value& metadata = std::as_const(object)["metadata"];
  const std::string_view text = metadata["resourceVersion"].text();
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version == 0)
    return bad_request("metadata.resourceVersion is no positive whole number");
  for (const char* field : {"name", "uid", "creationTimestamp"})
    if (metadata[field].text().empty()) return bad_request(std::string("metadata.") + field + " is missing");
  if (metadata["namespace"].text().empty() == this->kind(kind).namespaced)
    return bad_request(this->kind(kind).namespaced ? "metadata.namespace is missing"
                                                   : "metadata.namespace is there, but the kind has none");

  const std::string name = metadata["name"].string(), uid = metadata["uid"].string();
  const ObjectPtr stored = find(kind, metadata["namespace"].text(), name);
  if (op == Op::kAdded && (stored || by_uid_.contains(uid))) return already_exists(this->kind(kind), name);
  if (op != Op::kAdded && (!stored || stored->uid() != uid)) return not_found(this->kind(kind), name);
  const std::string space = metadata["namespace"].string();
  share(kind, object, stored.get());
  std::shared_ptr<const Identity> identity;
  if (stored) {
    identity = stored->identity();
  } else {
    identity = std::make_shared<Identity>(Identity{kind, space, name, uid, version});
  }
  auto restored = std::make_shared<const Object>(std::move(identity), std::move(object), version);
  restore_version(version);
  switch (op) {
    case Op::kAdded:
      add(restored);
      break;
    case Op::kModified:
      exchange(stored, restored);
      break;
    case Op::kDeleted:
      take_out(stored, restored);
      break;
  }
  return restored;
}

void Store::restore_version(std::uint64_t resource_version) {
  resource_version_ = std::max(resource_version_, resource_version);
}

}  // namespace plumbline::kube
