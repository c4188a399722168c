// The columns of each kind's table, as real servers print them. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/store/kind.h"
#include "simulator/kube/value/value.h"

namespace plumbline::kube {

struct Column {
  std::string name;
  std::string type = "string";  ///< "string", "integer", "boolean", "number", "date"
  std::string format;
  std::string description;
  std::int64_t priority = 0;  ///< 0 always, 1 with -o wide
  std::function<Value(const Value& object, std::string_view now)> cell;
};

std::vector<Column> columns_of(const Kind& kind, const KindVersion& version);

}  // namespace plumbline::kube
