#include "simulator/kube/http/table.h"

#include <gtest/gtest.h>

namespace plumbline::kube {
namespace {

TEST(Age, IsShortAsKubectlHasIt) {
  const char* from = "2026-01-01T00:00:00Z";
  EXPECT_EQ(age(from, "2026-01-01T00:00:00Z"), "0s");
  EXPECT_EQ(age(from, "2026-01-01T00:01:59Z"), "119s");
  EXPECT_EQ(age(from, "2026-01-01T00:03:20Z"), "3m20s");
  EXPECT_EQ(age(from, "2026-01-01T00:04:00Z"), "4m");
  EXPECT_EQ(age(from, "2026-01-01T00:45:10Z"), "45m");
  EXPECT_EQ(age(from, "2026-01-01T03:05:00Z"), "3h5m");
  EXPECT_EQ(age(from, "2026-01-02T03:00:00Z"), "27h");
  EXPECT_EQ(age(from, "2026-01-12T03:00:00Z"), "11d");
  EXPECT_EQ(age("", from), "<unknown>");
}

TEST(Table, PrintsPods) {
  const auto pod = std::make_shared<const Object>(KindId::kPod, *read_text(R"({
    "metadata":{"name":"a","namespace":"web","creationTimestamp":"2026-01-01T00:00:00Z"},
    "spec":{"nodeName":"n1","containers":[{},{}]},
    "status":{"phase":"Running","podIP":"10.0.16.1","containerStatuses":[{"ready":true},{"ready":false}]}})").value,
                                                  7, 7);
  const Value table = TablePrinter(KindId::kPod, TablePrinter::Content::kNone).table({pod}, "2026-01-01T00:00:05Z", 7);
  EXPECT_EQ(table["rows"][0]["cells"],
            *read_text(R"(["a","1/2","Running","0","5s","10.0.16.1","n1","<none>","<none>"])").value);
  EXPECT_EQ(table["metadata"]["resourceVersion"], "7");
  EXPECT_FALSE(table["rows"][0].contains("object"));
}

TEST(Table, EveryKindPrintsAnEmptyObject) {
  for (const Kind& kind : kinds()) {
    const auto object = std::make_shared<const Object>(kind.id, Value{{"metadata", {{"name", "a"}}}}, 1, 1);
    const Value table =
        TablePrinter(kind.id, TablePrinter::Content::kMetadata).table({object}, "2026-01-01T00:00:05Z", 1);
    EXPECT_EQ(table["rows"][0]["cells"].size(), table["columnDefinitions"].size()) << kind.name;
  }
}

}  // namespace
}  // namespace plumbline::kube
