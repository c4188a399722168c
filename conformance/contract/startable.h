// What a descriptor wants started, found before anything is started: a command that does not exist is a mistake in an
// input file, not a failure of the candidate. Looks at the file system only.
#pragma once

#include <string>

#include "conformance/contract/descriptor.h"
#include "model/error.h"

namespace plumbline::conformance {

/// The program that the command names: as given when it has a slash (relative to the descriptor's folder), else its
/// sibling in the folder `programs` when there is one, else as given, for PATH.
std::string program_of(const Descriptor& descriptor, const std::string& programs);

/// Whether the command's program exists and is executable, or the socket to attach to is there. kNotFound: the text
/// begins with the place in the descriptor and says where it was looked for.
Result<void> check_startable(const Descriptor& descriptor, const std::string& programs);

}  // namespace plumbline::conformance
