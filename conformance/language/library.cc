#include "conformance/language/library.h"

#include <set>
#include <system_error>

#include "model/ids.h"

namespace plumbline::conformance {

namespace fs = std::filesystem;

bool is_name(std::string_view text) { return is_plain_name(text, kNameBytesMax); }

Library::Library(std::string folder, const std::string& scenario, fs::path root)
    : folder_(std::move(folder)), root_(std::move(root)) {
  std::error_code ignored;
  start_ = fs::absolute(scenario, ignored).parent_path();
}

std::string Library::find(const std::string& name) const {
  std::error_code ignored;
  if (name.find('/') != std::string::npos) {
    const fs::path file = start_ / name;
    return fs::is_regular_file(file, ignored) ? file.string() : "";
  }
  const std::string file = folder_ + "/" + name + ".yaml";
  for (fs::path at = start_;; at = at.parent_path()) {
    if (fs::is_regular_file(at / file, ignored)) return (at / file).lexically_normal().string();
    if (at == at.parent_path()) break;
  }
  return fs::is_regular_file(root_ / file, ignored) ? (root_ / file).string() : "";
}

std::vector<std::string> Library::names() const {
  std::set<std::string> names;
  std::error_code error;
  for (const fs::path& root : {start_, start_.parent_path(), root_}) {
    for (const auto& entry : fs::directory_iterator(root / folder_, error)) {
      if (entry.path().extension() == ".yaml") names.insert(entry.path().stem().string());
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace plumbline::conformance
