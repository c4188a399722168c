// Which API takes a request (doc: step 2.3). Exact paths before prefixes, longer prefixes before shorter ones, a named
// method before ANY, the API released first before later ones.
// Not thread-safe. No allocation in find(); its cost does not depend on the number of APIs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reference/core/routing/route.h"

namespace plumbline::gateway {

class RouteTable {
 public:
  /// Adds the route, or replaces the one of the same API in its place.
  void put(const Route& route);
  void drop(const ApiId& api);
  /// The API that takes the request, or nullptr. `path` is the target without its query, compared byte by byte.
  /// A prefix ends at a segment: /a takes /a and /a/b, not /ab. Valid until the next put or drop.
  const Route* find(std::string_view method, std::string_view path) const;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Entry {
    std::uint64_t order;
    std::unique_ptr<Route> route;
  };
  using Paths = std::unordered_map<std::string, std::vector<const Route*>, TextHash, std::equal_to<>>;

  void rebuild();
  static const Route* choose(const Paths& paths, std::string_view method, std::string_view path);

  std::map<ApiId, Entry> routes_;
  Paths exact_;
  Paths prefix_;
  std::uint64_t next_order_ = 0;
};

/// The part of a prefix path that a request must start with: without trailing slashes, so "" for "/".
std::string_view prefix_stem(std::string_view prefix);
/// The path that goes to the Pod: `path` itself, or with the matched part replaced by the route's backend path.
std::string path_for_backend(const Route& route, std::string_view path);

}  // namespace plumbline::gateway
