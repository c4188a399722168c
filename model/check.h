// CHECK: what a programmer promised. On in every build; a breach ends the process with the reason.
#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the process (abort) when `condition` is false. `why` says why it must hold.
#define CHECK(condition, why)                                                                     \
  do {                                                                                            \
    if (!(condition)) [[unlikely]] {                                                              \
      std::fprintf(stderr, "%s:%d: CHECK(%s) failed: %s\n", __FILE__, __LINE__, #condition, why); \
      std::abort();                                                                               \
    }                                                                                             \
  } while (false)
