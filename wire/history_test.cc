#include "wire/history.h"

#include <gtest/gtest.h>

namespace plumbline::wire {
namespace {

TEST(RequestId, TextParsesBack) { EXPECT_EQ(parse_request_id(to_string(RequestId{3, 17})), (RequestId{3, 17})); }

TEST(RequestId, AnythingElseIsNoId) {
  for (const auto* text : {"", "-", "3", "3-", "-3", "3-x", "3-4-5", "3--4", "99999999999-1"}) {
    EXPECT_EQ(parse_request_id(text), RequestId{}) << text;
  }
}

TEST(HistoryHits, ColumnsParseBack) {
  const std::vector<Hit> hits{{10, "cls-1/default/a#u1", 80, 4, {1, 2}, "10.0.255.10", "example.com", 200},
                              {11, "trap:clb:10.0.200.1:80", 8000, 5, {}, "10.0.255.10", "a\nb", 0}};
  const auto back = hits_from_record(to_record(hits));
  ASSERT_EQ(back.size(), hits.size());
  for (std::size_t i = 0; i < hits.size(); ++i) {
    EXPECT_EQ(back[i].pod, hits[i].pod);
    EXPECT_EQ(back[i].id, hits[i].id);
    EXPECT_EQ(back[i].host, hits[i].host);
    EXPECT_EQ(back[i].connection, hits[i].connection);
    EXPECT_EQ(back[i].status, hits[i].status);
  }
}

TEST(HistoryResults, ColumnsParseBack) {
  const std::vector<ClientResult> results{{1, 2, {0, 0}, 0, 200, "p", ""}, {3, 4, {0, 1}, 1, 0, "", "timeout"}};
  const auto back = results_from_record(to_record(results));
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back[0].status, 200);
  EXPECT_EQ(back[1].error, "timeout");
  EXPECT_EQ(back[1].id, (RequestId{0, 1}));
}

TEST(HistorySyns, AShortColumnIsAnErrorNotAZero) {
  auto record = to_record(std::vector<Syn>{{1, "a", "b", 80}, {2, "a", "c", 81}});
  EXPECT_EQ(syns_from_record(record).at(1).to, "c");
  record["port"].erase(record["port"].begin());
  EXPECT_ANY_THROW(syns_from_record(record));
}

}  // namespace
}  // namespace plumbline::wire
