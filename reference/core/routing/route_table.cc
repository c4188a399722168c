#include "reference/core/routing/route_table.h"

#include <algorithm>

namespace plumbline::gateway {
namespace {

constexpr std::string_view kAnyMethod = "ANY";

}  // namespace

std::string_view prefix_stem(std::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
  return prefix;
}

void RouteTable::put(const Route& route) {
  const auto found = routes_.find(route.api);
  if (found == routes_.end()) {
    routes_.emplace(route.api, Entry{next_order_++, std::make_unique<Route>(route)});
  } else {
    *found->second.route = route;
  }
  rebuild();
}

void RouteTable::drop(const ApiId& api) {
  if (routes_.erase(api) > 0) rebuild();
}

void RouteTable::rebuild() {
  exact_.clear();
  prefix_.clear();
  std::vector<const Entry*> entries;
  for (const auto& [api, entry] : routes_) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) { return a->order < b->order; });
  for (const Entry* entry : entries) {
    const Route& route = *entry->route;
    const bool is_exact = route.frontend.match == PathMatch::kExact;
    const std::string_view path = is_exact ? std::string_view(route.frontend.path) : prefix_stem(route.frontend.path);
    (is_exact ? exact_ : prefix_)[std::string(path)].push_back(&route);
  }
}

const Route* RouteTable::choose(const Paths& paths, std::string_view method, std::string_view path) {
  const auto found = paths.find(path);
  if (found == paths.end()) return nullptr;
  const Route* any = nullptr;
  for (const Route* route : found->second) {
    if (route->frontend.method == method) return route;
    if (any == nullptr && route->frontend.method == kAnyMethod) any = route;
  }
  return any;
}

const Route* RouteTable::find(std::string_view method, std::string_view path) const {
  if (const Route* route = choose(exact_, method, path)) return route;
  if (prefix_.empty() || path.empty() || path.front() != '/') return nullptr;
  while (true) {
    if (const Route* route = choose(prefix_, method, path)) return route;
    if (path.empty()) return nullptr;
    path = path.substr(0, path.rfind('/'));
  }
}

std::string path_for_backend(const Route& route, std::string_view path) {
  if (!route.backend_path) return std::string(path);
  if (route.frontend.match == PathMatch::kExact) return *route.backend_path;
  const std::string_view stem = prefix_stem(route.frontend.path);
  const std::string_view rest = path.substr(std::min(stem.size(), path.size()));
  std::string_view base = *route.backend_path;
  if (!rest.empty() && rest.front() == '/') base = prefix_stem(base);
  return std::string(base) + std::string(rest);
}

}  // namespace plumbline::gateway
