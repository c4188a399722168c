#include "simulator/kube/validation/causes.h"

#include <fmt/format.h>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {

FieldPath FieldPath::operator/(std::string_view field) const {
  return FieldPath(text_.empty() ? std::string(field) : fmt::format("{}.{}", text_, field));
}
FieldPath FieldPath::operator[](std::size_t index) const { return FieldPath(fmt::format("{}[{}]", text_, index)); }
FieldPath FieldPath::key(std::string_view key) const { return FieldPath(fmt::format("{}[{}]", text_, key)); }

void Causes::required(const FieldPath& field, std::string_view detail) {
  causes_.push_back({"FieldValueRequired",
                     detail.empty() ? "Required value" : fmt::format("Required value: {}", detail), field.text()});
}

void Causes::invalid(const FieldPath& field, const Value& value, std::string_view why) {
  invalid_as(field, to_text(value), why);
}

void Causes::invalid_as(const FieldPath& field, std::string_view shown, std::string_view why) {
  causes_.push_back({"FieldValueInvalid", fmt::format("Invalid value: {}: {}", shown, why), field.text()});
}

void Causes::unsupported(const FieldPath& field, const Value& value,
                         std::initializer_list<std::string_view> supported) {
  std::string words;
  for (const std::string_view one : supported) words += fmt::format("{}\"{}\"", words.empty() ? "" : ", ", one);
  causes_.push_back({"FieldValueNotSupported",
                     fmt::format("Unsupported value: {}: supported values: {}", to_text(value), words), field.text()});
}

void Causes::unsupported(const FieldPath& field, const Value& value, const std::vector<std::string>& supported) {
  causes_.push_back(
      {"FieldValueNotSupported",
       fmt::format("Unsupported value: {}: supported values: {}", to_text(value), fmt::join(supported, ", ")),
       field.text()});
}

void Causes::duplicate(const FieldPath& field, const Value& value) {
  causes_.push_back({"FieldValueDuplicate", fmt::format("Duplicate value: {}", to_text(value)), field.text()});
}

void Causes::forbidden(const FieldPath& field, std::string_view why) {
  causes_.push_back({"FieldValueForbidden", fmt::format("Forbidden: {}", why), field.text()});
}

void Causes::not_found(const FieldPath& field, const Value& value) {
  causes_.push_back({"FieldValueNotFound", fmt::format("Not found: {}", to_text(value)), field.text()});
}

void Causes::too_long(const FieldPath& field, std::size_t bytes_max) {
  causes_.push_back(
      {"FieldValueTooLong", fmt::format("Too long: may not be more than {} bytes", bytes_max), field.text()});
}

void Causes::too_many(const FieldPath& field, std::size_t count, std::size_t count_max) {
  causes_.push_back(
      {"FieldValueTooMany", fmt::format("Too many: {}: must have at most {} items", count, count_max), field.text()});
}

}  // namespace plumbline::kube
