// Suggestions for misspelt names. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline {

/// The entry of `known` that `word` is most likely a misspelling of: fewest insertions, deletions, replacements and
/// swaps of neighbours away, capitals or not, and no more than a third of the word (1 in words of up to five letters).
/// "" when none is that close; never an empty entry, nor one that has nothing in common with the word.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

/// "; did you mean 'X'?", or "; known: a, b, c" when nothing is close (the first kKnownMax, in order), or "" when there
/// is nothing to name.
std::string suggestion(std::string_view word, std::vector<std::string> known);

inline constexpr std::size_t kKnownMax = 30;
inline constexpr std::size_t kWordBytesMax = 64;  ///< longer words are no misspellings

}  // namespace plumbline
