// Which values are equal, and a number that is the same for those that are.
#include <algorithm>
#include <cstring>
#include <functional>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

bool Value::same_as(const Value& other) const { return counted() && std::memcmp(raw_, other.raw_, sizeof raw_) == 0; }

bool Value::equal(const Value& left, const Value& right) {
  if (left.type() != right.type()) return false;
  switch (left.tag()) {
    case Tag::kNull:
      return true;
    case Tag::kBoolean:
      return left.boolean() == right.boolean();
    case Tag::kInteger:
      return left.integer() == right.integer();
    case Tag::kReal:
      return left.real() == right.real();
    case Tag::kShort:
    case Tag::kString:
      return left.text() == right.text();
    case Tag::kArray:
      return left.same_as(right) || std::equal(left.begin(), left.end(), right.begin(), right.end());
    case Tag::kObject:
      break;
  }
  if (left.same_as(right)) return true;
  const Fields ours = left.fields(), theirs = right.fields();
  return std::equal(
      ours.begin(), ours.end(), theirs.begin(), theirs.end(),
      [](const Member& mine, const Member& other) { return mine.key == other.key && mine.value == other.value; });
}

std::size_t Value::hash() const {
  const auto mixed = [](std::size_t hash, std::size_t part) {
    return (hash ^ part) * 0x9E3779B97F4A7C15u + (hash >> 29);
  };
  const std::size_t start = mixed(0, static_cast<std::size_t>(type()) + 1);
  switch (type()) {
    case Type::kNull:
      return start;
    case Type::kBoolean:
      return mixed(start, boolean() ? 1 : 2);
    case Type::kInteger:
      return mixed(start, std::hash<std::int64_t>{}(integer()));
    case Type::kReal:
      return mixed(start, std::hash<double>{}(real()));
    case Type::kString:
      return mixed(start, std::hash<std::string_view>{}(text()));
    case Type::kArray: {
      std::size_t hash = start;
      for (const Value& item : *this) hash = mixed(hash, item.hash());
      return hash;
    }
    case Type::kObject:
      break;
  }
  std::size_t hash = start;
  for (const Member& member : fields()) hash = mixed(mixed(hash, member.key.hash()), member.value.hash());
  return hash;
}

}  // namespace plumbline::kube
