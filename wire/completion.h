// What may follow a command, told by one program to another as JSON. Codec only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/completion.h"
#include "model/error.h"

namespace plumbline::wire {

inline constexpr const char* kCompletionsOption =
    "--completions";  ///< prints completions_text(); help does not name it

/// One line of JSON.
std::string completions_text(const std::vector<Completion>& completions);
/// What completions_text() gave. kInvalidValue for anything else.
Result<std::vector<Completion>> parse_completions(std::string_view text);

}  // namespace plumbline::wire
