// Where the gateway says what it does. Implementations say whether they are thread-safe.
#pragma once

#include <string_view>

namespace plumbline::gateway {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view message) = 0;
};

}  // namespace plumbline::gateway
