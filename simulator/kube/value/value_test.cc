#include "simulator/kube/value/value.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {
namespace {

using Other = nlohmann::json;

TEST(Value, ReadsAsNothingWhatItIsNot) {
  const Value text("a text that is longer than fourteen letters");
  EXPECT_EQ(text.integer(), 0);
  EXPECT_FALSE(text.boolean());
  EXPECT_TRUE(text["field"].is_null());
  EXPECT_TRUE(text[std::size_t{3}].is_null());
  EXPECT_EQ(text.size(), 0u);
  EXPECT_TRUE(Value(3).text().empty());
  EXPECT_TRUE(Value().at("a.b.c").is_null());
}

TEST(Value, BracesOfPairsAreObjectsAndOthersAreLists) {
  const Value object{{"name", "web"}, {"ports", {80, 443}}, {"labels", {{"app", "web"}}}};
  EXPECT_EQ(to_text(object), R"({"labels":{"app":"web"},"name":"web","ports":[80,443]})");
  EXPECT_EQ(to_text(Value::array({Value("a")})), R"(["a"])");
}

TEST(Value, AChangeLeavesCopiesAsTheyWere) {
  Value first{{"spec", {{"replicas", 1}, {"paused", false}}}, {"status", {{"phase", "Running"}}}};
  Value second = first;
  second.reach("spec.replicas") = 2;
  EXPECT_EQ(first.at("spec.replicas").integer(), 1);
  EXPECT_EQ(second.at("spec.replicas").integer(), 2);
  EXPECT_TRUE(first["status"].same_as(std::as_const(second)["status"])) << "what did not change is shared";
  EXPECT_FALSE(first["spec"].same_as(std::as_const(second)["spec"]));
}

TEST(Value, CanBecomeOneOfItsOwnParts) {
  Value tree{{"inner", {{"deep", {{"x", "a text that is longer than fourteen letters"}}}}}};
  tree = std::as_const(tree)["inner"];
  tree = std::as_const(tree)["deep"];
  EXPECT_EQ(to_text(tree), R"({"x":"a text that is longer than fourteen letters"})");
}

TEST(Value, AnAssignedPartIsReadBeforeItsNeighboursMove) {
  for (int room = 0; room < 6; ++room) {
    Value object{{"name", "a name of more than fourteen letters"}};
    for (int i = 0; i < room; ++i) object["other" + std::to_string(i)] = i;
    object["labels"]["name"] = std::as_const(object)["name"];
    EXPECT_EQ(object.at("labels.name"), "a name of more than fourteen letters") << room;
    object["annotations"] = std::as_const(object)["labels"];
    EXPECT_EQ(object.at("annotations.name"), "a name of more than fourteen letters") << room;
  }
}

TEST(Value, FieldsAndItemsComeAndGo) {
  Value value;
  value["b"] = 2;
  value["a"] = 1;
  EXPECT_TRUE(value.erase("b"));
  EXPECT_FALSE(value.erase("b"));
  Value& list = value["list"];
  for (int i = 0; i < 9; ++i) list.push_back(i);
  list.insert(0, "first");
  list.erase_items_if([](const Value& item) { return item.integer() % 2 == 1; });
  list.item(1) = "zero";
  EXPECT_EQ(to_text(value), R"({"a":1,"list":["first","zero",2,4,6,8]})");
}

TEST(Text, IsRefusedWithTheMistake) {
  for (const char* text : {"", "{", "[1,]", "{\"a\" 1}", "nul", "\"\xff\"", "1 2", "{\"a\":1}x"}) {
    const Reading reading = read_text(text);
    EXPECT_FALSE(reading.value) << text;
    EXPECT_FALSE(reading.mistake.empty()) << text;
  }
  EXPECT_TRUE(read_text(std::string(kTextDepthMax, '[') + "{}" + std::string(kTextDepthMax, ']')).value);
  EXPECT_TRUE(read_text(std::string(kTextDepthMax, '[') + "1" + std::string(kTextDepthMax, ']')).value);
  EXPECT_FALSE(read_text(std::string(kTextDepthMax + 1, '[') + "1" + std::string(kTextDepthMax + 1, ']')).value);
}

TEST(Text, FieldsThatStandTwiceAreNamedAndTheLastCounts) {
  const Reading reading = read_text(R"({"spec":{"replicas":1,"list":[{"x":1,"x":2}],"replicas":3},"a":1,"a":2})");
  EXPECT_EQ(reading.duplicates, (std::vector<std::string>{"spec.list[0].x", "spec.replicas", "a"}));
  EXPECT_EQ(to_text(*reading.value), R"({"a":2,"spec":{"list":[{"x":2}],"replicas":3}})");
}

TEST(Value, NumbersThatDoNotFitAreNoIntegers) {
  for (const char* text : {"18446744073709551615", "9223372036854775808", "1e300", "-1e300"}) {
    EXPECT_FALSE(value_of(text).is_integer()) << text;
    EXPECT_EQ(from_json(to_json(value_of(text))), value_of(text)) << text;
  }
  for (const char* beyond : {"18446744073709551616", "-9223372036854775809"})
    EXPECT_FALSE(read_text(beyond).value) << beyond << " is no number that could be kept";
  EXPECT_EQ(value_of("1e300").integer(), 0);
  EXPECT_EQ(value_of("-2.5").integer(), -2);
  EXPECT_EQ(Value(std::numeric_limits<double>::quiet_NaN()).integer(), 0);
  EXPECT_EQ(from_json(nlohmann::json(UINT64_MAX)), value_of("18446744073709551615"));
  EXPECT_EQ(from_json(nlohmann::json(std::uint64_t{INT64_MAX})), Value(INT64_MAX));
}

TEST(Text, WritesUtf8WhateverItIsGiven) {
  EXPECT_EQ(to_text(Value("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")), "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
  EXPECT_EQ(to_text(Value("a\xE9z\"\xE2\x82")), "\"a\xEF\xBF\xBDz\\\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  Value object;
  object["\xFF"] = "\xC3\xA9";
  EXPECT_EQ(to_text(object), "{\"\xEF\xBF\xBD\":\"\xC3\xA9\"}");
  EXPECT_EQ(to_text(Value(std::string_view())), "\"\"") << "a view of nothing";
}

TEST(Text, NumbersKeepWhatTheyAre) {
  EXPECT_EQ(to_text(value_of("[0,-7,9223372036854775807,0.5,1.0,1e3,-0.25]")),
            "[0,-7,9223372036854775807,0.5,1.0,1000.0,-0.25]");
  EXPECT_TRUE(value_of("18446744073709551615").is_number());
  EXPECT_NE(value_of("1"), value_of("1.0"));
}

TEST(Text, LettersAreEscapedAsJsonWantsThem) {
  EXPECT_EQ(to_text(Value(std::string_view("\"\\\n\t\r\x01 \xc3\xa9", 9))), "\"\\\"\\\\\\n\\t\\r\\u0001 \xc3\xa9\"");
}

TEST(Values, CopiesThatGrowLeaveTheirOriginalsAlone) {
  for (int size = 0; size < 40; ++size) {
    Value object = Value::object(), list = Value::array();
    for (int i = 0; i < size; ++i) {
      object["f" + std::to_string(i)] = i;
      list.push_back(i);
    }
    Value wider = object, longer = list;
    for (int i = size; i < size + 9; ++i) {
      wider["f" + std::to_string(i)] = i;
      longer.push_back(i);
    }
    ASSERT_EQ(object.size(), static_cast<std::size_t>(size));
    ASSERT_EQ(list.size(), static_cast<std::size_t>(size));
    for (int i = 0; i < size + 9; ++i) {
      ASSERT_EQ(std::as_const(wider)["f" + std::to_string(i)], Value(i)) << size;
      ASSERT_EQ(std::as_const(longer)[i], Value(i)) << size;
    }
  }
}

TEST(Keys, OfEqualMarksAreToldApart) {
  ASSERT_EQ(Key::mark_of("axbxc"), Key::mark_of("aybyc"));
  Value value{{"aybyc", 2}, {"axbxc", 1}};
  EXPECT_EQ(value["axbxc"], Value(1));
  EXPECT_EQ(std::as_const(value)["aybyc"], Value(2));
  EXPECT_FALSE(value.contains("azbzc"));
  EXPECT_FALSE(value.contains(""));
  value["azbzc"] = 3;
  EXPECT_EQ(to_text(value), R"({"axbxc":1,"aybyc":2,"azbzc":3})");
}

TEST(Values, FindFieldsHoweverManyThereAre) {
  Value value;
  for (int i = 0; i < 60; ++i) {
    const std::string fresh = "field" + std::to_string(i);
    EXPECT_EQ(value.find(fresh), nullptr);
    value[fresh] = i;
    for (int old = 0; old <= i; ++old)
      ASSERT_EQ(std::as_const(value)["field" + std::to_string(old)], Value(old)) << "of " << i + 1;
  }
}

TEST(Keys, AreForgottenWithTheirLastField) {
  const std::size_t before = Key::known();
  {
    Value value;
    for (int i = 0; i < 1000; ++i) value["a field that nothing else has " + std::to_string(i)] = i;
    const Value copy = value;
    EXPECT_EQ(Key::known(), before + 1000);
  }
  EXPECT_EQ(Key::known(), before);
}

TEST(Values, MayBeReadAndCopiedByManyThreads) {
  const Value shared =
      value_of(R"({"metadata":{"labels":{"app":"a value of some length"},"name":"n"},"spec":[1,2,3]})");
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([shared, i] {
      for (int n = 0; n < 2000; ++n) {
        Value mine = shared;
        mine.reach("metadata.labels.thread") = i;
        mine["key of a thread's own " + std::to_string(n % 7)] = n;
        EXPECT_EQ(mine.at("metadata.labels.app").text(), "a value of some length");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shared.at("metadata.labels").size(), 1u);
}

// Against nlohmann's JSON, as long sequences of random changes on values that share parts.
Other random_json(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 7 : 5);
  switch (kind) {
    case 0:
      return nullptr;
    case 1:
      return *rc::gen::arbitrary<bool>();
    case 2:
      return *rc::gen::arbitrary<std::int64_t>();
    case 3:
      return *rc::gen::container<std::string>(rc::gen::inRange('a', 'z'));
    case 4:
      return "a rather long text " + std::to_string(*rc::gen::inRange(0, 9));
    case 5: {
      Other list = Other::array();
      for (int i = *rc::gen::inRange(0, 5); i > 0; --i) list.push_back(random_json(depth - 1));
      return list;
    }
    default: {
      Other object = Other::object();
      for (int i = *rc::gen::inRange(0, 6); i > 0; --i)
        object[std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 8)))] = random_json(depth - 1);
      return object;
    }
  }
}

void change_both(Other& other, Value& value, int depth) {
  const std::string field(1, static_cast<char>('a' + *rc::gen::inRange(0, 8)));
  if (other.is_array() && !other.empty()) {
    const auto index = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(other.size())));
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        other.erase(index);
        value.erase_item(index);
        return;
      case 1: {
        const Other fresh = random_json(1);
        other.insert(other.begin() + static_cast<std::ptrdiff_t>(index), fresh);
        value.insert(index, from_json(fresh));
        return;
      }
      case 2: {
        const Other fresh = random_json(1);
        other.push_back(fresh);
        value.push_back(from_json(fresh));
        return;
      }
      default:
        return change_both(other[index], value.item(index), depth - 1);
    }
  }
  if (other.is_object() && *rc::gen::inRange(0, 3) == 0) {
    RC_ASSERT((other.erase(field) == 1) == value.erase(field));
    return;
  }
  if (other.is_object() && depth > 0 && other.contains(field))
    return change_both(other[field], value[field], depth - 1);
  const Other fresh = random_json(2);
  if (!other.is_object()) other = Other::object();
  other[field] = fresh;
  value[field] = from_json(fresh);
}

RC_GTEST_PROP(Values, BehaveAsOtherJsonWhateverIsSharedAndChanged, ()) {
  std::vector<std::pair<Other, Value>> pairs;
  const Other first = random_json(3);
  pairs.emplace_back(first, from_json(first));
  for (int round = *rc::gen::inRange(0, 60); round > 0; --round) {
    const auto index = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(pairs.size())));
    if (pairs.size() < 8 && *rc::gen::inRange(0, 4) == 0) pairs.push_back(pairs[index]);
    change_both(pairs[index].first, pairs[index].second, 4);
    for (const auto& [other, value] : pairs) {
      RC_ASSERT(to_text(value) == other.dump());
      RC_ASSERT(to_json(value) == other);
    }
    for (const auto& [other, value] : pairs) RC_ASSERT((value == pairs[index].second) == (other == pairs[index].first));
    RC_ASSERT(value_of(pairs[index].first.dump()) == pairs[index].second);
  }
}

}  // namespace
}  // namespace plumbline::kube
