// What a candidate wrote on one line: an answer, a notification, or neither. Pure; no I/O.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace plumbline::conformance {

/// The answer to request `id`.
struct AnswerMessage {
  std::int64_t id = 0;
  bool refused = false;
  nlohmann::json body;  ///< the result, or the error object {code, message, data?} when `refused`
};
struct Notification {
  std::string method;
  nlohmann::json params;  ///< {} when absent
};
struct InvalidMessage {
  std::string why;  ///< what was expected and how the line begins
};
using Message = std::variant<AnswerMessage, Notification, InvalidMessage>;

/// Reads one line as a JSON-RPC 2.0 message of a candidate. Never throws.
Message parse_message(std::string_view line);

}  // namespace plumbline::conformance
