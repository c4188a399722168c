// Values as JSON text. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/value/value.h"

namespace plumbline::kube {

inline constexpr int kTextDepthMax = 128;

/// What was read, or why nothing was.
struct Reading {
  std::optional<Value> value;
  std::string mistake;                  ///< when there is no value: what is wrong with the text
  std::vector<std::string> duplicates;  ///< paths of fields that stand twice ("spec.replicas"); the last one counts
};

/// One JSON document: UTF-8, at most `depth_max` deep.
Reading read_text(std::string_view text, int depth_max = kTextDepthMax);

/// Appends `value`, without blanks, fields in their order.
void write_text(const Value& value, std::string& out);
std::string to_text(const Value& value);
/// Appends `text` as a JSON string with its quotes; what is no UTF-8 becomes U+FFFD.
void write_quoted(std::string_view text, std::string& out);

}  // namespace plumbline::kube
