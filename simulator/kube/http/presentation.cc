#include "simulator/kube/http/presentation.h"

#include "simulator/kube/value/text.h"

namespace plumbline::kube {

Value presented(const Object& object, const Kind& kind, const KindVersion& version, Accepted form) {
  if (form == Accepted::kMetadata)
    return {{"kind", "PartialObjectMetadata"}, {"apiVersion", "meta.k8s.io/v1"}, {"metadata", object.at("metadata")}};
  Value value = object.value();
  if (&version != &kind.storage()) value["apiVersion"] = kind.api_version(version);
  return value;
}

void write_presented(const Store& store, const ObjectPtr& object, const Kind& kind, const KindVersion& version,
                     Accepted form, std::string& out) {
  if (form == Accepted::kMetadata || &version != &kind.storage()) {
    write_text(presented(*object, kind, version, form), out);
    return;
  }
  out += *store.encoding(object);
}

}  // namespace plumbline::kube
