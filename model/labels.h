// Kubernetes labels and the equality selectors that Services use. Value types; no I/O.
#pragma once

#include <map>
#include <string>

namespace plumbline {

/// Label key to value, ordered so that output is stable.
using Labels = std::map<std::string, std::string, std::less<>>;

/// True when `labels` carries every pair of `selector`. An empty selector matches everything here;
/// a Service without a selector selects nothing, which is the caller's rule (Kubernetes: Services without selectors).
inline bool carries_all(const Labels& labels, const Labels& selector) {
  for (const auto& [key, value] : selector) {
    const auto found = labels.find(key);
    if (found == labels.end() || found->second != value) return false;
  }
  return true;
}

}  // namespace plumbline
