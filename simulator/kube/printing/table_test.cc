#include "simulator/kube/printing/table.h"

#include <algorithm>

#include "simulator/kube/printing/age.h"
#include "simulator/kube/store/fixture.h"

namespace plumbline::kube {
namespace {

constexpr const char* kNow = "2026-01-01T00:00:05Z";

TEST(Age, IsShortAsKubectlHasIt) {
  const char* from = "2026-01-01T00:00:00Z";
  EXPECT_EQ(age(from, "2026-01-01T00:00:00Z"), "0s");
  EXPECT_EQ(age(from, "2026-01-01T00:01:59Z"), "119s");
  EXPECT_EQ(age(from, "2026-01-01T00:03:20Z"), "3m20s");
  EXPECT_EQ(age(from, "2026-01-01T00:04:00Z"), "4m");
  EXPECT_EQ(age(from, "2026-01-01T00:45:10Z"), "45m");
  EXPECT_EQ(age(from, "2026-01-01T02:59:59Z"), "179m");
  EXPECT_EQ(age(from, "2026-01-01T03:05:00Z"), "3h5m");
  EXPECT_EQ(age(from, "2026-01-02T03:00:00Z"), "27h");
  EXPECT_EQ(age(from, "2026-01-05T05:00:00Z"), "4d5h");
  EXPECT_EQ(age(from, "2026-01-12T03:00:00Z"), "11d");
  EXPECT_EQ(age(from, "2028-03-01T00:00:00Z"), "2y60d");
  EXPECT_EQ(age("", from), "<unknown>");
}

class TableTest : public testing::Test {
 protected:
  static ObjectPtr object(KindId kind, std::string_view text, std::uint64_t version = 7) {
    return std::make_shared<const Object>(object_of(kind, value_of(text), version));
  }
  Value table(KindId id, const ObjectPtr& object, TablePrinter::Content content, bool columns = true) const {
    const Kind& kind = registry_.kind(id);
    return TablePrinter(kind, kind.storage(), content).table({object}, kNow, Value{{"resourceVersion", "7"}}, columns);
  }
  Registry registry_;
};

TEST_F(TableTest, PrintsPods) {
  const ObjectPtr pod = object(KindId::kPod, R"({
    "metadata":{"name":"a","namespace":"web","creationTimestamp":"2026-01-01T00:00:00Z"},
    "spec":{"nodeName":"n1","containers":[{},{}]},
    "status":{"phase":"Running","podIP":"10.0.16.1",
      "containerStatuses":[{"ready":true,"state":{"running":{}}},{"ready":false}]}})");
  const Value printed = table(KindId::kPod, pod, TablePrinter::Content::kNone);
  EXPECT_EQ(printed["rows"].front()["cells"],
            value_of(R"(["a","1/2","Running","0","5s","10.0.16.1","n1","<none>","<none>"])"));
  EXPECT_EQ(printed.at("metadata.resourceVersion"), "7");
  EXPECT_FALSE(printed["rows"].front().contains("object"));
  EXPECT_EQ(printed["columnDefinitions"].front(), value_of(R"({"name":"Name","type":"string","format":"name",
    "description":"Unique in its namespace.","priority":0})"));
}

TEST_F(TableTest, RowsCarryWhatWasAskedFor) {
  const ObjectPtr map = object(KindId::kConfigMap, R"({"apiVersion":"v1","kind":"ConfigMap",
    "metadata":{"name":"m"},"data":{"a":"b"}})");
  EXPECT_EQ(table(KindId::kConfigMap, map, TablePrinter::Content::kMetadata)["rows"].front()["object"],
            value_of(R"({"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"m"}})"));
  EXPECT_EQ(table(KindId::kConfigMap, map, TablePrinter::Content::kObject)["rows"].front()["object"], map->value());
  EXPECT_TRUE(table(KindId::kConfigMap, map, TablePrinter::Content::kNone, false)["columnDefinitions"].empty());
}

TEST_F(TableTest, EveryKindPrintsAnEmptyObject) {
  for (const Kind* kind : registry_.served()) {
    const Value printed =
        table(kind->id, object(kind->id, R"({"metadata":{"name":"a"}})"), TablePrinter::Content::kMetadata);
    EXPECT_EQ(printed["rows"].front()["cells"].size(), printed["columnDefinitions"].size()) << kind->name;
  }
}

TEST_F(TableTest, CustomKindsPrintTheColumnsOfTheirDefinition) {
  auto kind = widgets();
  for (const char* type : {"string", "integer", "number", "boolean", "date"}) {
    PrinterColumn& column = kind->versions.front().columns.emplace_back();
    column.name = type;
    column.type = type;
    column.json_path = ".spec.x";
  }
  kind->versions.front().columns[0].description = "The x.";
  kind->versions.front().columns[0].priority = 1;
  const KindId id = registry_.add(std::move(kind)).id;
  const auto cells = [&](std::string_view x) {
    return table(id, object(id, R"({"metadata":{"name":"a"},"spec":{"x":)" + std::string(x) + "}}"),
                 TablePrinter::Content::kNone)["rows"]
        .front()["cells"];
  };
  EXPECT_EQ(cells("3"), value_of(R"(["a","3",3,3,null,null])"));
  EXPECT_EQ(cells("1.5"), value_of(R"(["a","1.5",1,1.5,null,null])"));
  EXPECT_EQ(cells("true"), value_of(R"(["a","true",null,null,true,null])"));
  EXPECT_EQ(cells("\"x\""), value_of(R"(["a","x",null,null,null,"<invalid>"])"));
  EXPECT_EQ(cells("\"2026-01-01T00:00:00Z\""), value_of(R"(["a","2026-01-01T00:00:00Z",null,null,null,"5s"])"));
  EXPECT_EQ(cells(R"([1,{"a":2}])"), value_of(R"(["a","[1,{\"a\":2}]",null,null,null,null])"));
  EXPECT_EQ(cells("null"), value_of(R"(["a","<no value>",null,null,null,null])"));
  EXPECT_EQ(
      table(id, object(id, R"({"metadata":{"name":"a"}})"), TablePrinter::Content::kNone)["rows"].front()["cells"],
      value_of(R"(["a",null,null,null,null,null])"));
  const Value columns =
      table(id, object(id, R"({"metadata":{"name":"a"}})"), TablePrinter::Content::kNone)["columnDefinitions"];
  EXPECT_EQ(columns[1]["description"], "The x.");
  EXPECT_EQ(columns[1]["priority"], Value(1));
  EXPECT_EQ(columns[2]["description"], "Custom resource definition column (in JSONPath format): .spec.x");
}

TEST_F(TableTest, CustomKindsWithoutColumnsPrintTheirAge) {
  const KindId id = registry_.add(widgets()).id;
  const Value printed = table(id, object(id, R"({"metadata":{"name":"a","creationTimestamp":"2026-01-01T00:00:00Z"}})"),
                              TablePrinter::Content::kNone);
  EXPECT_EQ(printed["rows"].front()["cells"], value_of(R"(["a","5s"])"));
  EXPECT_EQ(printed["columnDefinitions"][1]["name"], "Age");
}

}  // namespace
}  // namespace plumbline::kube
