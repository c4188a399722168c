// Server-side printing: objects as the rows that `kubectl get` shows (meta.k8s.io/v1 Table). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kube/printing/columns.h"
#include "simulator/kube/store/object.h"

namespace plumbline::kube {

class TablePrinter {
 public:
  /// What a row carries beside its cells.
  enum class Content { kNone, kMetadata, kObject };

  /// `kind` and `version` must outlive the printer.
  TablePrinter(const Kind& kind, const KindVersion& version, Content content)
      : kind_(kind), version_(version), content_(content), columns_(columns_of(kind, version)) {}

  /// `now` is "2026-11-23T01:57:52Z", for ages. `list_metadata` is that of the list.
  Value table(const std::vector<ObjectPtr>& objects, std::string_view now, Value list_metadata,
              bool with_columns = true) const;

 private:
  const Kind& kind_;
  const KindVersion& version_;
  Content content_;
  std::vector<Column> columns_;
};

}  // namespace plumbline::kube
