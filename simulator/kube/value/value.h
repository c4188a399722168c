// A JSON value whose parts are shared until they are changed. Copying one costs nothing; changing a copy copies the
// objects and lists on the way to the change, and no others. So ten thousand Pods of one template have its spec in
// common, the versions of an object share what did not change, and comparing them looks only at what differs.
// Fields are ordered by name. Values may be read by several threads at once; one that changes must be one thread's own.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "simulator/kube/value/key.h"

namespace plumbline::kube {

struct Member;

class Value {
 public:
  enum class Type : std::uint8_t { kNull, kBoolean, kInteger, kReal, kString, kArray, kObject };

  Value() noexcept : raw_{} {}
  Value(std::nullptr_t) noexcept : Value() {}
  template <class Boolean, std::enable_if_t<std::is_same_v<Boolean, bool>, int> = 0>
  Value(Boolean boolean) noexcept : raw_{} {
    set_tag(Tag::kBoolean);
    raw_[8] = boolean ? 1 : 0;
  }
  template <class Number, std::enable_if_t<std::is_integral_v<Number> && !std::is_same_v<Number, bool>, int> = 0>
  Value(Number number) noexcept : Value(Integer{static_cast<std::int64_t>(number)}) {}
  Value(double real) noexcept;
  Value(std::string_view text);
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(const char* text) : Value(std::string_view(text)) {}
  /// Pairs that begin with a string make an object, anything else a list: {{"a", 1}, {"b", 2}} and {1, 2}. So never
  /// copy with braces: Value{other} is a list of one.
  Value(std::initializer_list<Value> parts);
  Value(const Value& other) noexcept;
  Value(Value&& other) noexcept;
  /// Takes `other` by value: in `a["x"]["y"] = b`, b is copied before a["x"] moves its neighbours, of which it may be
  /// one.
  Value& operator=(Value other) noexcept;
  ~Value();

  static Value object() { return empty_object(); }
  static Value array() { return empty_array(); }
  static Value array(std::initializer_list<Value> items);
  /// Of members in any order; of those of one name the last counts, and `on_duplicate` is told of the others.
  static Value object(std::vector<Member> members, const std::function<void(std::string_view)>& on_duplicate = {});

  Type type() const;
  bool is_null() const { return type() == Type::kNull; }
  bool is_boolean() const { return type() == Type::kBoolean; }
  bool is_integer() const { return type() == Type::kInteger; }
  bool is_number() const { return type() == Type::kInteger || type() == Type::kReal; }
  bool is_string() const { return type() == Type::kString; }
  bool is_array() const { return type() == Type::kArray; }
  bool is_object() const { return type() == Type::kObject; }

  // Reading. What a value is not, it reads as: false, 0, "", no items, no fields. Nothing throws.
  bool boolean() const;
  std::int64_t integer() const;  ///< of a real, its whole part
  double real() const;
  std::string_view text() const;  ///< valid until this value changes or ends
  std::string string() const { return std::string(text()); }

  /// Items of a list, fields of an object; 0 of anything else.
  std::size_t size() const;
  bool empty() const { return size() == 0; }

  /// The field, or null. Null is a value of its own that lives for ever.
  const Value& operator[](std::string_view field) const;
  const Value& operator[](const char* field) const { return (*this)[std::string_view(field)]; }
  /// The item, or null.
  template <class Index, std::enable_if_t<std::is_integral_v<Index>, int> = 0>
  const Value& operator[](Index index) const {
    return at_index(static_cast<std::size_t>(index));
  }
  const Value& front() const { return at_index(0); }
  const Value* find(std::string_view field) const;
  bool contains(std::string_view field) const { return find(field) != nullptr; }
  /// At the end of a path of field names: "status.podIP". Null when a step is missing.
  const Value& at(std::string_view path) const;

  const Value* begin() const;  ///< items of a list
  const Value* end() const;
  /// Fields of an object, ordered by name.
  struct Fields {
    const Member* first;
    const Member* last;
    const Member* begin() const { return first; }
    const Member* end() const { return last; }
    std::size_t size() const;
    bool empty() const { return first == last; }
  };
  Fields fields() const;

  // Changing. A null becomes what it is used as; a value of another type is replaced. What is returned is good until
  // this value, or one that it is part of, is copied or changed: a change through it later would reach the copy too.
  /// The field, made null when it is not there.
  Value& set(std::string_view field);
  Value& operator[](std::string_view field) { return set(field); }
  Value& operator[](const char* field) { return set(field); }
  void set(std::string_view field, Value value) { set(field) = std::move(value); }
  /// As at(), making objects on the way.
  Value& reach(std::string_view path);
  /// False when there was none.
  bool erase(std::string_view field);
  Value& item(std::size_t index);  ///< requires that it is there
  void push_back(Value value);
  void insert(std::size_t index, Value value);
  void erase_item(std::size_t index);
  /// Takes away the items for which `gone` holds.
  template <class Predicate>
  void erase_items_if(Predicate gone) {
    for (std::size_t i = size(); i-- > 0;)
      if (gone(static_cast<const Value&>(*this)[i])) erase_item(i);
  }
  void clear() { *this = Value(); }

  /// Equal JSON; 1 and 1.0 differ. Parts that are shared are not looked into.
  friend bool operator==(const Value& left, const Value& right) { return equal(left, right); }
  friend bool operator==(const Value& left, std::string_view right) { return left.is_string() && left.text() == right; }
  friend bool operator==(const Value& left, const char* right) { return left == std::string_view(right); }
  friend bool operator==(const Value& left, const std::string& right) { return left == std::string_view(right); }
  /// Equal values have equal ones.
  std::size_t hash() const;
  /// One and the same object, list or long string: equal without looking.
  bool same_as(const Value& other) const;
  /// Differs between objects, lists and long strings that are not the same_as(); null for all others.
  const void* identity() const;

 private:
  struct Integer {
    std::int64_t number;
  };
  struct StringNode;
  struct ArrayNode;
  struct ObjectNode;
  enum class Tag : std::uint8_t { kNull, kBoolean, kInteger, kReal, kShort, kString, kArray, kObject };

  explicit Value(Integer integer) noexcept;
  const Value& at_index(std::size_t index) const;
  static Value empty_object();
  static Value empty_array();
  static bool equal(const Value& left, const Value& right);
  static const Value& nothing();

  Tag tag() const { return static_cast<Tag>(raw_[0]); }
  void set_tag(Tag tag) { raw_[0] = static_cast<unsigned char>(tag); }
  template <class Payload>
  Payload payload() const;
  template <class Payload>
  void set_payload(Payload payload);
  bool counted() const { return tag() >= Tag::kString; }
  std::atomic<std::uint32_t>& references() const;
  void release() noexcept;
  ObjectNode& own_object();
  ArrayNode& own_array(std::size_t room);

  static constexpr std::size_t kShortMax = 14;  ///< letters that need no node
  /// [0] the tag; [1] the length of a short string, whose letters follow; [8..15] the payload of anything else.
  alignas(8) unsigned char raw_[16];
};

/// One field of an object.
struct Member {
  Key key;
  Value value;
  std::string_view name() const { return key.view(); }
};

inline std::size_t Value::Fields::size() const { return static_cast<std::size_t>(last - first); }

/// As JSON text, where a test says what it found.
void PrintTo(const Value& value, std::ostream* out);

/// The same JSON for the rest of the project, and back.
nlohmann::json to_json(const Value& value);
Value from_json(const nlohmann::json& json);

}  // namespace plumbline::kube
