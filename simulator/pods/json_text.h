// Writes JSON strings fast and always valid, whatever bytes a request brought. Pure.
#pragma once

#include <string>
#include <string_view>

namespace plumbline::pods {

/// Appends `text` as a JSON string; bytes that are not UTF-8 become U+FFFD.
void append_json(std::string& out, std::string_view text);
bool is_utf8(std::string_view text);
std::string base64(std::string_view bytes);

}  // namespace plumbline::pods
