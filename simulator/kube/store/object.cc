#include "simulator/kube/store/object.h"

#include <algorithm>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

const Value kNothing;

}  // namespace

Object::Object(std::shared_ptr<const Identity> identity, Value value, std::uint64_t resource_version)
    : identity_(std::move(identity)),
      value_(std::move(value)),
      resource_version_(resource_version),
      deleting_(value_.at("metadata.deletionTimestamp").is_string()) {}

std::int64_t Object::number(std::string_view path, std::int64_t fallback) const {
  const Value& found = value_.at(path);
  return found.is_integer() ? found.integer() : fallback;
}

const Value& Object::labels() const { return value_.at("metadata.labels"); }
const Value& Object::annotations() const { return value_.at("metadata.annotations"); }
std::string_view Object::annotation(std::string_view name) const { return annotations()[name].text(); }

bool Object::has_finalizer(std::string_view name) const {
  const Value& finalizers = value_.at("metadata.finalizers");
  return std::any_of(finalizers.begin(), finalizers.end(), [&](const Value& each) { return each == name; });
}

std::vector<std::string_view> Object::owners() const {
  std::vector<std::string_view> uids;
  for (const Value& owner : value_.at("metadata.ownerReferences")) uids.push_back(owner["uid"].text());
  return uids;
}

const Value& Object::controller() const {
  for (const Value& owner : value_.at("metadata.ownerReferences"))
    if (owner["controller"].boolean()) return owner;
  return kNothing;
}

const std::shared_ptr<const std::string>& Object::encoded() const {
  if (!encoded_) {
    auto text = std::make_shared<std::string>();
    write_text(value_, *text);
    text->shrink_to_fit();
    encoded_ = std::move(text);
  }
  return encoded_;
}

bool carries(const Value& labels, const Value& wanted) {
  const auto fields = wanted.fields();
  return std::all_of(fields.begin(), fields.end(), [&](const Member& pair) {
    const Value* found = labels.find(pair.name());
    return found != nullptr && *found == pair.value;
  });
}

}  // namespace plumbline::kube
