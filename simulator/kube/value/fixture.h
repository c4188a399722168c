// Values as tests write them: JSON text. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "simulator/kube/value/text.h"

namespace plumbline::kube {

/// Null, and a failure of the test, when `text` is no JSON.
inline Value value_of(std::string_view text) {
  const Reading reading = read_text(text);
  EXPECT_TRUE(reading.value) << text << ": " << reading.mistake;
  return reading.value.value_or(Value());
}

}  // namespace plumbline::kube
