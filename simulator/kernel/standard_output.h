// What a program says at its end when nobody could read what it wrote.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "model/verdict.h"

namespace plumbline {

/// The exit code of `program` once its output is written: `code`; or kOurFailure, said on standard error, when all went
/// well until then and standard output cannot be written.
inline int once_written(int code, std::string_view program) {
  if (std::fflush(stdout) == 0) return code;
  const std::string cause = std::strerror(errno);
  const std::string why = std::string(program) + ": standard output cannot be written: " + cause + "\n";
  std::fputs(why.c_str(), stderr);
  return code == static_cast<int>(ExitCode::kGood) ? static_cast<int>(ExitCode::kOurFailure) : code;
}

}  // namespace plumbline
