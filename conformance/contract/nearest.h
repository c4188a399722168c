// Suggestions for misspelt names. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline::conformance {

/// The entry of `known` that is fewest edits away from `text`, "" when none is close (a third of its length, at least
/// 2).
std::string nearest(std::string_view text, const std::vector<std::string>& known);

/// "; did you mean 'X'?" or, when nothing is close, "; known: a, b, c".
std::string did_you_mean(std::string_view text, const std::vector<std::string>& known);

}  // namespace plumbline::conformance
