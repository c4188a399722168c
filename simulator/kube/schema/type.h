// What the value of a field may be: the types that served kinds are made of. One graph serves defaults, strict
// decoding, merging of patches, ownership of fields, OpenAPI documents, and validation of custom resources.
// Immutable once built; types refer to each other by pointer and live as long as the TypeSet that owns them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

struct Type;

/// How the items of a list are told apart (x-kubernetes-list-type).
enum class ListType : std::uint8_t {
  kAtomic,  ///< one value: whoever sets it owns the whole
  kSet,     ///< scalars, each an item by its value
  kMap,     ///< objects, each an item by the values of `keys`
};

/// What JSON Schema may say of a value beyond its type. Custom resources only, but for `choices`.
struct Constraints {
  std::optional<double> minimum, maximum;
  bool exclusive_minimum = false, exclusive_maximum = false;
  std::optional<double> multiple_of;
  std::optional<std::size_t> length_min, length_max;          ///< of a string, in characters
  std::optional<std::size_t> items_min, items_max;            ///< of a list
  std::optional<std::size_t> properties_min, properties_max;  ///< of an object
  bool unique_items = false;
  std::string pattern, format;
  std::vector<Value> choices;  ///< enum
  /// Schemas of which all, any, one or none must hold. They see the whole value; their types are not looked at.
  std::vector<const Type*> all_of, any_of, one_of;
  const Type* none_of = nullptr;
};

/// One field of an object.
struct Field {
  std::string name;
  const Type* type = nullptr;
  bool required = false;
  /// Real servers have it in every object of this type, empty when nobody gave it.
  bool always = false;
  Value preset;  ///< what the field gets when it is left out; null when nothing
  std::string description;
};

struct Type {
  enum class Form : std::uint8_t {
    kString,
    kInteger,
    kNumber,
    kBoolean,
    kQuantity,     ///< "500m", "2Gi", or a number
    kIntOrString,  ///< a port or its name, a count or a percentage
    kTime,         ///< RFC 3339
    kBytes,        ///< base64
    kAny,          ///< any JSON
    kList,
    kMap,     ///< string to `element`
    kObject,  ///< `fields`
  };

  Form form = Form::kAny;
  std::string name;  ///< of an object that stands on its own: "PodSpec"; "" inside another
  std::string description;
  std::vector<Field> fields;
  const Type* element = nullptr;  ///< of a list or map

  ListType list = ListType::kAtomic;
  std::vector<std::string> keys;  ///< of ListType::kMap
  std::string merge_key;          ///< of a list, for strategic merge; "" replaces it, unless `merges`
  bool merges = false;            ///< strategic merge joins the scalars of the list
  bool retain_keys = false;       ///< strategic merge: $retainKeys is honoured
  bool atomic = false;            ///< of a map or an object: whoever sets it owns the whole

  std::int8_t bits = 0;  ///< 32 or 64 of an integer
  bool micro = false;    ///< a time with microseconds
  bool nullable = false;
  bool open = false;      ///< fields that are not known are kept (x-kubernetes-preserve-unknown-fields)
  bool embedded = false;  ///< has apiVersion, kind and metadata of its own (x-kubernetes-embedded-resource)
  const Constraints* constraints = nullptr;

  const Field* find(std::string_view field) const;
  bool scalar() const {
    return form != Form::kList && form != Form::kMap && form != Form::kObject && form != Form::kAny;
  }
};

/// Owns types. Addresses stay valid while it lives.
class TypeSet {
 public:
  TypeSet() = default;
  TypeSet(TypeSet&&) = default;
  TypeSet& operator=(TypeSet&&) = default;

  Type& add(Type type);
  Constraints& add(Constraints constraints);
  /// By Type::name; nullptr when there is none.
  const Type* find(std::string_view name) const;
  /// In the order in which they were added, unnamed ones too.
  const std::deque<Type>& types() const { return types_; }

 private:
  std::deque<Type> types_;
  std::deque<Constraints> constraints_;
};

}  // namespace plumbline::kube
