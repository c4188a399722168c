// Where a run will write: looked at before anything runs, so that no result is lost for want of a place.
#pragma once

#include <string>
#include <vector>

#include "model/error.h"

namespace plumbline::conformance {

/// A file that an option names; `path` "" when it was not given.
struct OutputFile {
  std::string option;  ///< "--json"
  std::string path;
};

/// Whether each file can be written and no two are the same. Leaves them as they are: what exists keeps its bytes, what
/// does not exist is not left there. kInvalidValue names option, file and reason.
Result<void> check_output_files(const std::vector<OutputFile>& files);

/// Makes `folder` when it is not there, and sees that files can be made in it. "" is good. kInvalidValue.
Result<void> check_output_folder(const std::string& option, const std::string& folder);

}  // namespace plumbline::conformance
