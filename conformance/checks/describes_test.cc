// What `describes` asks of a candidate that does not offer everything.
#include <gtest/gtest.h>

#include "conformance/checks/golden_histories.h"

namespace plumbline::conformance {
namespace {

/// The verdict on `description` of a candidate that offers `features` alone.
Verdict judged(const json& description, const json& features) {
  const std::string text = described(description).text();
  const auto end = text.find('\n');
  json header = json::parse(text.substr(0, end));
  header["candidate"]["features"] = features;
  std::istringstream in(header.dump() + text.substr(end));
  return judge(*load_history(in)).verdict;
}

TEST(Describes, WhatIsNotDeclaredIsNotAskedFor) {
  json bare = full_description();
  bare["services"][0]["weight"] = 1;
  bare["services"][0]["labels"] = {{"a", "b"}};
  bare.erase("tags");
  bare["backend"].erase("host");
  EXPECT_EQ(judged(bare, json::array()), Verdict::kPass);
  for (const char* feature : {"weights", "extra-labels", "tags", "host-header"})
    EXPECT_EQ(judged(bare, {feature}), Verdict::kFail) << feature;
  bare["retries"] = 3;
  EXPECT_EQ(judged(bare, json::array()), Verdict::kPass);
  EXPECT_EQ(judged(bare, {"retries"}), Verdict::kFail);
}

}  // namespace
}  // namespace plumbline::conformance
