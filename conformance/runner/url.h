// The address that a candidate names for users, taken apart by code of the judge's own. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/error.h"

namespace plumbline::conformance {

struct Url {
  std::string address;  ///< IPv4 address or name
  std::uint16_t port = 80;
  std::string path = "/";
  friend bool operator==(const Url&, const Url&) = default;
};

/// "http://10.0.255.10:80/path". kInvalidValue for anything else; https is kUnsupported until users speak TLS.
Result<Url> parse_url(std::string_view text);

}  // namespace plumbline::conformance
