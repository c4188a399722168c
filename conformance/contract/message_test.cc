#include "conformance/contract/message.h"

#include <gtest/gtest.h>

#include <vector>

#include "conformance/contract/line_splitter.h"
#include "wire/contract.h"

namespace plumbline::conformance {
namespace {

bool is_invalid(std::string_view line) { return std::holds_alternative<InvalidMessage>(parse_message(line)); }

TEST(Message, AnswerCarriesItsResult) {
  const auto message = parse_message(R"({"jsonrpc":"2.0","id":7,"result":{"tunnel":"t-1"}})");
  const auto* answer = std::get_if<AnswerMessage>(&message);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->id, 7);
  EXPECT_FALSE(answer->refused);
  EXPECT_EQ(answer->body["tunnel"], "t-1");
}

TEST(Message, RefusalCarriesItsError) {
  const auto message = parse_message(R"({"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"no"}})");
  const auto* answer = std::get_if<AnswerMessage>(&message);
  ASSERT_NE(answer, nullptr);
  EXPECT_TRUE(answer->refused);
  EXPECT_EQ(answer->body["code"], -32000);
}

TEST(Message, NotificationWithoutParamsHasEmptyOnes) {
  const auto message = parse_message(R"({"jsonrpc":"2.0","method":"event"})");
  const auto* notification = std::get_if<Notification>(&message);
  ASSERT_NE(notification, nullptr);
  EXPECT_TRUE(notification->params.is_object());
}

TEST(Message, EverythingElseIsInvalid) {
  for (const char* line :
       {"", "starting up ...", "[]", "{}", R"({"jsonrpc":"1.0","id":1,"result":1})", R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1}})", R"({"jsonrpc":"2.0","id":"1","result":1})",
        R"({"jsonrpc":"2.0","id":1,"error":"no"})", R"({"jsonrpc":"2.0","id":1,"error":{"code":"no"}})",
        R"({"jsonrpc":"2.0","id":1,"method":"event"})", R"({"jsonrpc":"2.0","method":1})",
        R"({"jsonrpc":"2.0","method":"event","params":[]})"}) {
    EXPECT_TRUE(is_invalid(line)) << line;
  }
}

std::string nested(int depth) {
  const auto times = static_cast<std::size_t>(depth - 1);
  return R"({"jsonrpc":"2.0","id":1,"result":)" + std::string(times, '[') + R"("[[[")" + std::string(times, ']') + "}";
}

TEST(Message, ADeepOneIsReadUpToTheLimit) {
  EXPECT_FALSE(is_invalid(nested(wire::kNestingMax)));
  const auto message = parse_message(nested(wire::kNestingMax + 1));
  const auto* invalid = std::get_if<InvalidMessage>(&message);
  ASSERT_NE(invalid, nullptr);
  EXPECT_NE(invalid->why.find("nested deeper than 64"), std::string::npos) << invalid->why;
}

struct Line {
  std::string text;
  bool too_long;
  friend bool operator==(const Line&, const Line&) = default;
};

TEST(LineSplitter, PutsLinesTogetherFromAnyPieces) {
  LineSplitter splitter(100);
  std::vector<Line> lines;
  const auto keep = [&](std::string_view text, bool too_long) { lines.push_back({std::string(text), too_long}); };
  for (const char* piece : {"on", "e\r", "\ntwo\n\nthr", "ee"}) splitter.feed(piece, keep);
  splitter.end(keep);
  EXPECT_EQ(lines, (std::vector<Line>{{"one", false}, {"two", false}, {"", false}, {"three", false}}));
}

TEST(LineSplitter, KeepsALineAtTheLimitAndMarksOnePastIt) {
  LineSplitter splitter(4);
  std::vector<Line> lines;
  const auto keep = [&](std::string_view text, bool too_long) { lines.push_back({std::string(text), too_long}); };
  splitter.feed("1234\n12345\nab\n", keep);
  EXPECT_EQ(lines, (std::vector<Line>{{"1234", false}, {"1234", true}, {"ab", false}}));
}

}  // namespace
}  // namespace plumbline::conformance
