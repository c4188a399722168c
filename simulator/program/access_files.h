// What people reach a cluster by: a listener on 127.0.0.1, and a folder of kubeconfig files that only they may read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/ids.h"
#include "simulator/network/descriptor.h"
#include "simulator/world/world.h"

namespace plumbline::program {

/// A socket that listens on a free port of 127.0.0.1, and its URL. kUnavailable.
Result<world::HostListener> open_host_listener(const ClusterId& cluster);

/// The files that a world leaves for people while it is up. It holds a lock on each, so that another world neither
/// replaces them nor takes them away.
class AccessFiles {
 public:
  /// Without a folder none are written.
  explicit AccessFiles(std::optional<std::filesystem::path> dir) : dir_(std::move(dir)) {}

  /// Makes the folder. kInvalidValue.
  Result<void> make_folder() const;
  /// The names that remove() takes away.
  void expect(const std::string& name) { names_.push_back(name); }
  /// Replaces what is there of that name; only the user may read it: it may hold keys. kInUse when it belongs to a
  /// world that is up; kUnavailable.
  Result<void> write(const std::string& name, const std::string& text);
  /// But those that belong to another world.
  void remove();

 private:
  std::filesystem::path path(const std::string& name) const { return *dir_ / name; }
  std::optional<std::filesystem::path> dir_;
  std::vector<std::string> names_;
  std::vector<network::Descriptor> held_;
};

}  // namespace plumbline::program
