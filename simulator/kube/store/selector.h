// Label selectors and field selectors, as query strings and as the JSON of workloads. Value types.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/store/failure.h"
#include "simulator/kube/store/object.h"

namespace plumbline::kube {

inline constexpr std::size_t kSelectorRequirementsMax = 1000;

/// One condition on a label.
struct Requirement {
  enum class Operator { kEquals, kNotEquals, kIn, kNotIn, kExists, kNotExists, kGreater, kLess };
  std::string key;
  Operator op = Operator::kExists;
  std::set<std::string, std::less<>> values;
  bool matches(const Value& labels) const;
};

/// A conjunction of requirements. Matches everything when empty.
class LabelSelector {
 public:
  LabelSelector() = default;
  /// Reads `a=b,c==d,e!=f,g in (h,i),j notin (k),l,!m,n>1,o<2`. 400 when it is malformed.
  static Outcome<LabelSelector> parse(std::string_view text);
  /// Reads {matchLabels, matchExpressions}. 400 when malformed.
  static Outcome<LabelSelector> from_value(const Value& value);

  bool empty() const { return requirements_.empty(); }
  /// As Kubernetes has it: `!=` and `notin` match objects without the key.
  bool matches(const Value& labels) const;
  const std::vector<Requirement>& requirements() const { return requirements_; }
  /// As a query would have it, ordered by key: "app=web,!old,tier in (a,b)".
  std::string text() const;

 private:
  std::vector<Requirement> requirements_;
};

/// A conjunction of `field=value`, `field==value`, `field!=value`.
class FieldSelector {
 public:
  FieldSelector() = default;
  /// 400 when malformed, or when `kind` does not support the field.
  static Outcome<FieldSelector> parse(std::string_view text, const Kind& kind);
  bool empty() const { return terms_.empty(); }
  bool matches(const Object& object) const;
  /// The value that `field` must have, or "": a list of one object need not look at the others.
  std::string_view exactly(std::string_view field) const;

 private:
  struct Term {
    std::string field;
    std::string value;
    bool equal = true;
  };
  std::vector<Term> terms_;
};

}  // namespace plumbline::kube
