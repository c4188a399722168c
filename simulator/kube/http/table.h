// Server-side printing: objects as the rows that `kubectl get` shows (meta.k8s.io/v1 Table). Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/store/object.h"

namespace plumbline::kube {

class TablePrinter {
 public:
  /// What a row carries beside its cells.
  enum class Content { kNone, kMetadata, kObject };

  TablePrinter(KindId kind, Content content) : kind_(kind), content_(content) {}
  /// `now` is "2026-11-23T01:57:52Z", for ages.
  Json table(const std::vector<ObjectPtr>& objects, const std::string& now, std::uint64_t resource_version,
             bool with_columns = true) const;

 private:
  KindId kind_;
  Content content_;
};

/// "45s", "3m20s", "5h", "12d": the age of what was made at `from`, seen at `to` (RFC 3339).
std::string age(std::string_view from, std::string_view to);

}  // namespace plumbline::kube
