// Words of command lines that people paste into a shell. Pure.
#pragma once

#include <string>
#include <string_view>

namespace plumbline {

/// `text` as one word of a POSIX shell: as it is where it can be, in single quotes otherwise.
std::string shell_word(std::string_view text);

}  // namespace plumbline
