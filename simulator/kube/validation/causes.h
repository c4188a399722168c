// What is wrong with the fields of an object, in the words and reasons of Kubernetes (Status.details.causes).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulator/kube/store/failure.h"
#include "simulator/kube/value/value.h"

namespace plumbline::kube {

/// Where in an object something is: "spec.ports[0].port". Cheap to extend; value type.
class FieldPath {
 public:
  explicit FieldPath(std::string text) : text_(std::move(text)) {}
  FieldPath operator/(std::string_view field) const;  ///< text_.field
  FieldPath operator[](std::size_t index) const;      ///< text_[3]
  FieldPath key(std::string_view key) const;          ///< text_[key]
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class Causes {
 public:
  void required(const FieldPath& field, std::string_view detail = "");
  void invalid(const FieldPath& field, const Value& value, std::string_view why);
  /// `shown` is the value as real servers show it.
  void invalid_as(const FieldPath& field, std::string_view shown, std::string_view why);
  void unsupported(const FieldPath& field, const Value& value, std::initializer_list<std::string_view> supported);
  /// `supported` are JSON texts.
  void unsupported(const FieldPath& field, const Value& value, const std::vector<std::string>& supported);
  void duplicate(const FieldPath& field, const Value& value);
  void forbidden(const FieldPath& field, std::string_view why);
  void not_found(const FieldPath& field, const Value& value);
  void too_long(const FieldPath& field, std::size_t bytes_max);
  void too_many(const FieldPath& field, std::size_t count, std::size_t count_max);
  bool empty() const { return causes_.empty(); }
  std::size_t size() const { return causes_.size(); }
  std::vector<Cause> take() { return std::move(causes_); }

 private:
  std::vector<Cause> causes_;
};

}  // namespace plumbline::kube
