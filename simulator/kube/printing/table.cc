#include "simulator/kube/printing/table.h"

namespace plumbline::kube {

Value TablePrinter::table(const std::vector<ObjectPtr>& objects, std::string_view now, Value list_metadata,
                          bool with_columns) const {
  Value columns = Value::array();
  if (with_columns)
    for (const Column& column : columns_)
      columns.push_back({{"name", column.name},
                         {"type", column.type},
                         {"format", column.format},
                         {"description", column.description},
                         {"priority", column.priority}});
  Value rows = Value::array();
  for (const ObjectPtr& object : objects) {
    Value cells = Value::array();
    for (const Column& column : columns_) cells.push_back(column.cell(object->value(), now));
    Value row{{"cells", std::move(cells)}};
    if (content_ == Content::kObject) {
      row["object"] = object->value();
      row["object"]["apiVersion"] = kind_.api_version(version_);
    }
    if (content_ == Content::kMetadata)
      row["object"] = Value{
          {"kind", "PartialObjectMetadata"}, {"apiVersion", "meta.k8s.io/v1"}, {"metadata", object->at("metadata")}};
    rows.push_back(std::move(row));
  }
  return {{"kind", "Table"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", std::move(list_metadata)},
          {"columnDefinitions", std::move(columns)},
          {"rows", std::move(rows)}};
}

}  // namespace plumbline::kube
