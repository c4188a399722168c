#include "simulator/yaml/document.h"

#include <gtest/gtest.h>

namespace plumbline::yaml {
namespace {

TEST(OneDocument, OfAnotherKindSaysJustThat) {
  Problems problems;
  const std::string text = "apiVersion: v7\nkind: World\nspec: {}\nmetadta: {}\n";
  const Value document = one_document(read_yaml(text, "x.yaml", problems), "x.yaml", "Scenario", problems);
  EXPECT_TRUE(document.is_null());
  EXPECT_EQ("x.yaml:2:7: kind is Scenario here, not 'World'\n", problems.text());
}

}  // namespace
}  // namespace plumbline::yaml
