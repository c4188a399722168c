// A store with rights in it. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "simulator/kube/access/authorizer.h"
#include "simulator/kube/value/fixture.h"

namespace plumbline::kube {

class AccessTest : public testing::Test {
 protected:
  static Store::Options options() {
    Store::Options chosen;
    chosen.wall_clock = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000)); };
    return chosen;
  }
  void add(KindId kind, const std::string& json) { ASSERT_TRUE(store_.create(kind, value_of(json))); }

  Store store_{options()};
  Authorizer authorizer_{store_};
};

}  // namespace plumbline::kube
