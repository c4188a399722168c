#include "conformance/runner/url.h"

#include <fmt/format.h>

#include <charconv>

namespace plumbline::conformance {

Result<Url> parse_url(std::string_view text) {
  const auto invalid = [&](Reason reason, std::string_view why) {
    return Error{reason, fmt::format("'{}' is no URL for users: {}", text, why), "url", std::string(text)};
  };
  constexpr std::string_view kScheme = "http://";
  if (text.starts_with("https://")) return invalid(Reason::kUnsupported, "users speak plain HTTP only");
  if (!text.starts_with(kScheme)) return invalid(Reason::kInvalidValue, "it begins with http://");
  std::string_view rest = text.substr(kScheme.size());
  const std::string_view authority = rest.substr(0, rest.find('/'));
  rest.remove_prefix(authority.size());
  Url url;
  if (!rest.empty()) url.path = rest;
  const std::size_t colon = authority.find(':');
  url.address = authority.substr(0, colon);
  if (url.address.empty()) return invalid(Reason::kInvalidValue, "it names no address");
  if (colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || end != port.data() + port.size() || url.port == 0) {
      return invalid(Reason::kInvalidValue, "its port is none");
    }
  }
  return url;
}

}  // namespace plumbline::conformance
