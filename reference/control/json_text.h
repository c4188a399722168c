// Lenient reading of text members: what clouds, clusters and callers send may lack anything. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace plumbline::gateway {

/// The member `key` of `object` when it is text, else "".
inline std::string text(const nlohmann::json& object, std::string_view key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace plumbline::gateway
