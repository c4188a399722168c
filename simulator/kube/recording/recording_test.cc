#include "simulator/kube/recording/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "simulator/kube/recording/recording_reader.h"
#include "simulator/kube/value/text.h"

namespace plumbline::kube {
namespace {

constexpr const char* kHead = R"({"recording":1,"cluster":"c","resourceVersion":"9","began":"today"})";
constexpr const char* kEnd = R"({"endUs":50,"changes":1})";

std::string object(int version, const std::string& rest = "") {
  return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"d","uid":"u","resourceVersion":")" +
         std::to_string(version) + "\"}" + rest + "}";
}
std::string state(int version) { return R"({"state":)" + object(version) + "}"; }
std::string change(int at, int version, const std::string& op = "MODIFIED") {
  return R"({"atUs":)" + std::to_string(at) + R"(,"op":")" + op + R"(","object":)" + object(version) + "}";
}

std::string mistake_in(const std::string& line) {
  const auto read = read_recording_line(line);
  return read ? "none" : read.error().text;
}

TEST(RecordingLine, IsReadAsItIsWritten) {
  const auto head = read_recording_line(to_line(RecordingHead{"cls-1", 812, "2026-11-26T01:02:03Z"}));
  ASSERT_TRUE(head);
  EXPECT_EQ(std::get<RecordingHead>(*head).cluster, "cls-1");
  EXPECT_EQ(std::get<RecordingHead>(*head).resource_version, 812U);
  EXPECT_EQ(std::get<RecordingHead>(*head).began, "2026-11-26T01:02:03Z");
  const auto there = read_recording_line(to_line(object(3)));
  ASSERT_TRUE(there);
  EXPECT_EQ(to_text(std::get<RecordedState>(*there).object), to_text(*read_text(object(3)).value));
  for (const Op op : {Op::kAdded, Op::kModified, Op::kDeleted}) {
    const auto changed = read_recording_line(to_line(std::chrono::microseconds(1500), op, object(4)));
    ASSERT_TRUE(changed);
    EXPECT_EQ(std::get<RecordedChange>(*changed).op, op);
    EXPECT_EQ(std::get<RecordedChange>(*changed).at.count(), 1500);
    EXPECT_EQ(resource_version_in(std::get<RecordedChange>(*changed).object), 4U);
  }
  const auto end = read_recording_line(to_line(RecordingEnd{std::chrono::microseconds(7), 2}));
  ASSERT_TRUE(end);
  EXPECT_EQ(std::get<RecordingEnd>(*end).at.count(), 7);
  EXPECT_EQ(std::get<RecordingEnd>(*end).changes, 2U);
}

TEST(RecordingLine, SaysWhatIsWrongWithIt) {
  const std::map<std::string, std::string> mistakes{
      {R"({"recording":2})", "this is a recording of version 2; 1 is known"},
      {R"({"recording":1})", "`cluster` is missing"},
      {R"({"recording":1,"cluster":"../x","resourceVersion":"1","began":""})",
       "`cluster` is no name of a cluster: \"../x\""},
      {R"({"recording":1,"cluster":"","resourceVersion":"1","began":""})", "`cluster` is no name of a cluster: \"\""},
      {R"({"recording":1,"cluster":"c","resourceVersion":"-1","began":""})",
       "`resourceVersion` is no positive whole number as text"},
      {R"({"recording":1,"cluster":"c","resourceVersion":9,"began":""})", "`resourceVersion` is not a text"},
      {R"({})", "this is no line of a recording"},
      {R"([])", "this is no line of a recording"},
      {R"({"state":5})", "`state` is not an object"},
      {R"({"state":{"kind":"Pod"}})", "`state` has no apiVersion"},
      {R"({"state":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","uid":"u","resourceVersion":"0"}}})",
       "`state` has no metadata.resourceVersion"},
      {R"({"atUs":-1,"op":"ADDED","object":{}})", "`atUs` is negative"},
      {R"({"atUs":1.5,"op":"ADDED","object":{}})", "`atUs` is not a whole number"},
      {R"({"atUs":31622400000001,"op":"ADDED","object":{}})", "`atUs` is more than 8784h"},
      {R"({"atUs":1,"object":{}})", "`op` is missing"},
      {R"({"atUs":1,"op":"ADDED"})", "`object` is missing"},
      {change(1, 2, "BOOKMARK"), "`op` is \"BOOKMARK\", not ADDED, MODIFIED or DELETED"},
      {R"({"atUs":1,"atUs":2,"op":"ADDED"})", "`atUs` stands twice"},
      {R"({"endUs":1})", "`changes` is missing"},
      {R"({"endUs":1,"changes":-4})", "`changes` is negative"},
  };
  for (const auto& [line, why] : mistakes) EXPECT_EQ(why, mistake_in(line)) << line;
  EXPECT_EQ(mistake_in("{"), read_text("{").mistake);
}

TEST(RecordingLine, HoldsAnObjectAsDeepAsAnyMayBe) {
  const auto nested = [](int depth) {
    const auto lists = static_cast<std::size_t>(depth - 1);  // the object is one of them
    return object(3, R"(,"x":)" + std::string(lists, '[') + "1" + std::string(lists, ']'));
  };
  ASSERT_TRUE(read_text(nested(kTextDepthMax)).value);
  ASSERT_FALSE(read_text(nested(kTextDepthMax + 1)).value);
  EXPECT_EQ("none", mistake_in(to_line(nested(kTextDepthMax))));
  EXPECT_NE("none", mistake_in(to_line(nested(kTextDepthMax + 1))));
}

/// "" when `lines` are a recording, else what is wrong.
std::string checked(const std::vector<std::string>& lines, RecordingSummary* summary = nullptr,
                    const std::string& last = "\n") {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  std::istringstream in(text + (lines.empty() ? "" : last));
  const auto read = check_recording(in, "r.jsonl");
  if (read && summary != nullptr) *summary = *read;
  return read ? "" : read.error().text;
}

TEST(RecordingReader, CountsWhatIsThere) {
  RecordingSummary summary;
  EXPECT_EQ("", checked({kHead, state(3), state(9), change(20, 11), kEnd}, &summary));
  EXPECT_EQ("c", summary.head.cluster);
  EXPECT_EQ(2U, summary.objects);
  EXPECT_EQ(1U, summary.changes);
  EXPECT_EQ(20, summary.changed.count());
  EXPECT_EQ(50, summary.lasts.count());
  EXPECT_FALSE(summary.cut_off);
}

TEST(RecordingReader, KnowsWhenItIsCutOff) {
  RecordingSummary summary;
  EXPECT_EQ("", checked({kHead, change(20, 11)}, &summary));
  EXPECT_TRUE(summary.cut_off) << "there is no end";
  EXPECT_EQ(20, summary.lasts.count());
  EXPECT_EQ("", checked({kHead, change(20, 11), change(30, 12).substr(0, 40)}, &summary, ""));
  EXPECT_TRUE(summary.cut_off) << "the last line is not whole";
  EXPECT_EQ(1U, summary.changes);
  EXPECT_EQ("", checked({kHead, change(20, 11), kEnd}, &summary, ""));
  EXPECT_TRUE(summary.cut_off) << "the last line may not be whole";
  EXPECT_EQ("", checked({kHead, change(20, 11), kEnd, "{"}, &summary, ""));
  EXPECT_TRUE(summary.cut_off) << "something was to come after the end";
}

TEST(RecordingReader, SaysWhichLineIsOutOfPlace) {
  EXPECT_EQ("r.jsonl: this is no recording: it has no line", checked({}));
  EXPECT_THAT(checked({"kind: World"}), ::testing::StartsWith("r.jsonl:1: this is no recording: "));
  EXPECT_EQ("r.jsonl:1: a recording begins with its head", checked({state(3)}));
  EXPECT_EQ("r.jsonl:2: the recording has a head already", checked({kHead, kHead}));
  EXPECT_EQ("r.jsonl:2: the object is newer than the recording", checked({kHead, state(10)}));
  EXPECT_EQ("r.jsonl:3: what was there comes before what changed", checked({kHead, change(1, 11), state(3)}));
  EXPECT_EQ("r.jsonl:2: resourceVersion 9 does not come after 9", checked({kHead, change(1, 9)}));
  EXPECT_EQ("r.jsonl:3: resourceVersion 11 does not come after 11", checked({kHead, change(1, 11), change(2, 11)}));
  EXPECT_EQ("r.jsonl:3: `atUs` is before that of the line above", checked({kHead, change(2, 11), change(1, 12)}));
  EXPECT_EQ("r.jsonl:3: the end is before the line above", checked({kHead, change(60, 11), kEnd}));
  EXPECT_EQ("r.jsonl:2: 1 changes were recorded, 0 are here", checked({kHead, kEnd}));
  EXPECT_EQ("r.jsonl:4: the recording has ended already", checked({kHead, change(1, 11), kEnd, kEnd}));
  EXPECT_EQ("r.jsonl:2: this is no line of a recording", checked({kHead, "{}"}));
}

}  // namespace
}  // namespace plumbline::kube
