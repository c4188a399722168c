#include "simulator/kube/value/value.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "model/check.h"

namespace plumbline::kube {

struct Value::StringNode {
  std::atomic<std::uint32_t> references;
  std::uint32_t size;
  char text[1];
};

struct alignas(8) Value::ArrayNode {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t size = 0, room = 0;
  Value* items() { return reinterpret_cast<Value*>(this + 1); }
};

struct alignas(8) Value::ObjectNode {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t size = 0, room = 0;
  Member* members() { return reinterpret_cast<Member*>(this + 1); }
  /// Where `name` is, or would be.
  Member* place(std::string_view name) {
    return std::lower_bound(members(), members() + size, name,
                            [](const Member& member, std::string_view wanted) { return member.name() < wanted; });
  }
  /// The member of that name, or null. Looks at all marks where there are few, as that touches no names.
  Member* find(std::string_view name) {
    constexpr std::uint32_t kFew = 24;
    Member* const end = members() + size;
    if (size > kFew) {
      Member* found = place(name);
      return found != end && found->name() == name ? found : nullptr;
    }
    const std::uint16_t mark = Key::mark_of(name);
    for (Member* member = members(); member != end; ++member)
      if (member->key.mark() == mark && member->name() == name) return member;
    return nullptr;
  }
};

namespace {

constexpr std::uint32_t kRoomFirst = 4;

template <class Node, class Part>
Node* new_node(std::uint32_t room) {
  static_assert(sizeof(Node) % alignof(Part) == 0, "parts follow their node at once");
  void* memory = std::malloc(sizeof(Node) + room * sizeof(Part));
  if (memory == nullptr) throw std::bad_alloc();
  Node* node = new (memory) Node;
  node->room = room;
  return node;
}

/// Moves `count` parts, which may overlap their new place; values and keys may be moved as bytes.
template <class Part>
void relocate(Part* to, const Part* from, std::size_t count) {
  std::memmove(static_cast<void*>(to), static_cast<const void*>(from), count * sizeof(Part));
}

}  // namespace

template <class Payload>
Payload Value::payload() const {
  Payload value;
  std::memcpy(&value, raw_ + 8, sizeof value);
  return value;
}

template <class Payload>
void Value::set_payload(Payload value) {
  static_assert(sizeof value <= 8);
  std::memcpy(raw_ + 8, &value, sizeof value);
}

Value::Value(Integer integer) noexcept : raw_{} {
  set_tag(Tag::kInteger);
  set_payload(integer.number);
}

Value::Value(double real) noexcept : raw_{} {
  set_tag(Tag::kReal);
  set_payload(real);
}

Value::Value(std::string_view text) : raw_{} {
  if (text.size() <= kShortMax) {
    set_tag(Tag::kShort);
    raw_[1] = static_cast<unsigned char>(text.size());
    std::copy(text.begin(), text.end(), raw_ + 2);
    return;
  }
  void* memory = std::malloc(sizeof(StringNode) + text.size());
  if (memory == nullptr) throw std::bad_alloc();
  auto* node = new (memory) StringNode{{1}, static_cast<std::uint32_t>(text.size()), {}};
  std::memcpy(node->text, text.data(), text.size());
  set_tag(Tag::kString);
  set_payload(node);
}

Value::Value(std::initializer_list<Value> parts) : Value() {
  const bool object = std::all_of(parts.begin(), parts.end(), [](const Value& part) {
    return part.is_array() && part.size() == 2 && part[0].is_string();
  });
  if (!object) {
    *this = array(parts);
    return;
  }
  *this = empty_object();
  for (const Value& part : parts) set(part[0].text()) = part[1];
}

Value Value::array(std::initializer_list<Value> items) {
  Value list = empty_array();
  if (items.size() == 0) return list;
  ArrayNode& node = list.own_array(items.size());
  for (const Value& item : items) new (&node.items()[node.size++]) Value(item);
  return list;
}

Value Value::object(std::vector<Member> members, const std::function<void(std::string_view)>& on_duplicate) {
  const auto before = [](const Member& left, const Member& right) { return left.name() < right.name(); };
  if (!std::is_sorted(members.begin(), members.end(), before)) std::stable_sort(members.begin(), members.end(), before);
  Value object = empty_object();
  auto* node = new_node<ObjectNode, Member>(static_cast<std::uint32_t>(members.size()));
  object.set_payload(node);
  for (Member& member : members) {
    Member* last = node->members() + node->size;
    if (node->size > 0 && last[-1].key == member.key) {
      if (on_duplicate) on_duplicate(member.name());
      last[-1].value = std::move(member.value);
    } else {
      new (last) Member(std::move(member));
      ++node->size;
    }
  }
  return object;
}

Value::Value(const Value& other) noexcept {
  std::memcpy(raw_, other.raw_, sizeof raw_);
  if (counted()) references().fetch_add(1, std::memory_order_relaxed);
}

Value::Value(Value&& other) noexcept {
  std::memcpy(raw_, other.raw_, sizeof raw_);
  other.set_tag(Tag::kNull);
}

Value& Value::operator=(Value other) noexcept {
  // What it had goes with `other`, and last.
  std::swap_ranges(raw_, raw_ + sizeof raw_, other.raw_);
  return *this;
}

Value::~Value() { release(); }

std::atomic<std::uint32_t>& Value::references() const {
  switch (tag()) {
    case Tag::kString:
      return payload<StringNode*>()->references;
    case Tag::kArray:
      return payload<ArrayNode*>()->references;
    default:
      return payload<ObjectNode*>()->references;
  }
}

void Value::release() noexcept {
  if (!counted() || references().fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (tag() == Tag::kString) {
    std::free(payload<StringNode*>());
  } else if (tag() == Tag::kArray) {
    auto* node = payload<ArrayNode*>();
    for (std::uint32_t i = 0; i < node->size; ++i) node->items()[i].~Value();
    std::free(node);
  } else {
    auto* node = payload<ObjectNode*>();
    for (std::uint32_t i = 0; i < node->size; ++i) node->members()[i].~Member();
    std::free(node);
  }
}

Value Value::empty_object() {
  static const Value& kEmpty = *[] {
    auto* value = new Value;
    value->set_tag(Tag::kObject);
    value->set_payload(new_node<ObjectNode, Member>(0));
    return value;
  }();
  return kEmpty;
}

Value Value::empty_array() {
  static const Value& kEmpty = *[] {
    auto* value = new Value;
    value->set_tag(Tag::kArray);
    value->set_payload(new_node<ArrayNode, Value>(0));
    return value;
  }();
  return kEmpty;
}

const Value& Value::nothing() {
  static const Value kNothing;
  return kNothing;
}

Value::Type Value::type() const {
  switch (tag()) {
    case Tag::kNull:
      return Type::kNull;
    case Tag::kBoolean:
      return Type::kBoolean;
    case Tag::kInteger:
      return Type::kInteger;
    case Tag::kReal:
      return Type::kReal;
    case Tag::kShort:
    case Tag::kString:
      return Type::kString;
    case Tag::kArray:
      return Type::kArray;
    case Tag::kObject:
      return Type::kObject;
  }
  return Type::kNull;
}

bool Value::boolean() const { return tag() == Tag::kBoolean && raw_[8] != 0; }

std::int64_t Value::integer() const {
  if (tag() == Tag::kInteger) return payload<std::int64_t>();
  if (tag() != Tag::kReal) return 0;
  const double number = payload<double>();
  constexpr double kLimit = 9.2e18;
  return number > -kLimit && number < kLimit ? static_cast<std::int64_t>(number) : 0;
}

double Value::real() const {
  if (tag() == Tag::kReal) return payload<double>();
  return tag() == Tag::kInteger ? static_cast<double>(payload<std::int64_t>()) : 0;
}

std::string_view Value::text() const {
  if (tag() == Tag::kShort) return {reinterpret_cast<const char*>(raw_ + 2), raw_[1]};
  if (tag() != Tag::kString) return {};
  const auto* node = payload<StringNode*>();
  return {node->text, node->size};
}

std::size_t Value::size() const {
  if (tag() == Tag::kArray) return payload<ArrayNode*>()->size;
  return tag() == Tag::kObject ? payload<ObjectNode*>()->size : 0;
}

const Value* Value::find(std::string_view field) const {
  if (tag() != Tag::kObject) return nullptr;
  const Member* found = payload<ObjectNode*>()->find(field);
  return found == nullptr ? nullptr : &found->value;
}

const Value& Value::operator[](std::string_view field) const {
  const Value* found = find(field);
  return found == nullptr ? nothing() : *found;
}

const Value& Value::at_index(std::size_t index) const {
  return tag() == Tag::kArray && index < size() ? payload<ArrayNode*>()->items()[index] : nothing();
}

const Value* Value::begin() const { return tag() == Tag::kArray ? payload<ArrayNode*>()->items() : nullptr; }
const Value* Value::end() const { return tag() == Tag::kArray ? begin() + size() : nullptr; }

Value::Fields Value::fields() const {
  if (tag() != Tag::kObject) return {nullptr, nullptr};
  const Member* first = payload<ObjectNode*>()->members();
  return {first, first + size()};
}

/// An object that nobody else has, with room for one more field.
Value::ObjectNode& Value::own_object() {
  if (tag() != Tag::kObject) *this = empty_object();
  auto* node = payload<ObjectNode*>();
  const bool alone = node->references.load(std::memory_order_acquire) == 1;
  if (alone && node->size < node->room) return *node;
  // What grows may grow on; a copy is changed in one place, mostly, and kept.
  const std::uint32_t room = alone ? node->size + node->size / 2 + 1 : node->size + 1;
  auto* wider = new_node<ObjectNode, Member>(node->size == 0 ? kRoomFirst : room);
  if (alone) {
    relocate(wider->members(), node->members(), node->size);
    wider->size = node->size;
    std::free(node);
  } else {
    for (; wider->size < node->size; ++wider->size)
      new (&wider->members()[wider->size]) Member(node->members()[wider->size]);
    release();
  }
  set_tag(Tag::kObject);
  set_payload(wider);
  return *wider;
}

/// A list that nobody else has, with room for `more` items.
Value::ArrayNode& Value::own_array(std::size_t more) {
  if (tag() != Tag::kArray) *this = empty_array();
  auto* node = payload<ArrayNode*>();
  const bool alone = node->references.load(std::memory_order_acquire) == 1;
  if (alone && node->size + more <= node->room) return *node;
  const auto needed = static_cast<std::uint32_t>(node->size + more);
  const std::uint32_t room = alone && more == 1 ? std::max(needed, node->size * 2) : needed;
  auto* wider = new_node<ArrayNode, Value>(room);
  if (alone) {
    relocate(wider->items(), node->items(), node->size);
    wider->size = node->size;
    std::free(node);
  } else {
    for (; wider->size < node->size; ++wider->size)
      new (&wider->items()[wider->size]) Value(node->items()[wider->size]);
    release();
  }
  set_tag(Tag::kArray);
  set_payload(wider);
  return *wider;
}

const void* Value::identity() const { return counted() ? payload<const void*>() : nullptr; }

Value& Value::set(std::string_view field) {
  // A field that is there needs no room.
  if (tag() == Tag::kObject) {
    auto* node = payload<ObjectNode*>();
    if (Member* found = node->find(field)) {
      if (node->references.load(std::memory_order_acquire) == 1) return found->value;
      const auto index = found - node->members();
      return own_object().members()[index].value;
    }
  }
  ObjectNode& node = own_object();
  Member* place = node.place(field);
  Member fresh{Key(field), Value()};
  relocate(place + 1, place, static_cast<std::size_t>(node.members() + node.size - place));
  ++node.size;
  new (place) Member(std::move(fresh));
  return place->value;
}

bool Value::erase(std::string_view field) {
  if (!contains(field)) return false;
  ObjectNode& node = own_object();
  Member* place = node.place(field);
  place->~Member();
  --node.size;
  relocate(place, place + 1, static_cast<std::size_t>(node.members() + node.size - place));
  return true;
}

Value& Value::item(std::size_t index) {
  CHECK(is_array() && index < size(), "only an item that is there can be changed");
  return own_array(0).items()[index];
}

void Value::push_back(Value value) {
  ArrayNode& node = own_array(1);
  new (&node.items()[node.size++]) Value(std::move(value));
}

void Value::insert(std::size_t index, Value value) {
  ArrayNode& node = own_array(1);
  CHECK(index <= node.size, "a list has no gaps");
  relocate(node.items() + index + 1, node.items() + index, node.size - index);
  ++node.size;
  new (&node.items()[index]) Value(std::move(value));
}

void Value::erase_item(std::size_t index) {
  CHECK(is_array() && index < size(), "only an item that is there can be taken away");
  ArrayNode& node = own_array(0);
  node.items()[index].~Value();
  --node.size;
  relocate(node.items() + index, node.items() + index + 1, node.size - index);
}

}  // namespace plumbline::kube
