// The register of this tree, read once, for tests.
#pragma once

#include "conformance/rules/rules.h"

namespace plumbline::conformance {

/// Empty when it cannot be read, which rules_test.cc would say.
inline const Register& house_register() {
  static const Register kRules = [] {
    auto read = Register::read(home() / "conformance/rules");
    return read ? *read : Register();
  }();
  return kRules;
}

}  // namespace plumbline::conformance
