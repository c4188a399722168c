// Base64 (RFC 4648). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plumbline::kernel {

/// Section 4 (with padding), or section 5 without padding for `url`.
std::string base64_encode(std::string_view bytes, bool url = false);
/// nullopt when `text` is not of that form.
std::optional<std::string> base64_decode(std::string_view text, bool url = false);

}  // namespace plumbline::kernel
