// Reads a kubeconfig: where a cluster's API server is and who one is there. Pure; never opens the files that a
// kubeconfig may name.
#pragma once

#include <string>
#include <string_view>

#include "model/error.h"

namespace plumbline::gateway {

inline constexpr std::size_t kKubeconfigBytesMax = 1 << 20;

/// How to reach an API server and with which rights.
struct KubeAccess {
  std::string host;  ///< name or IPv4 address
  std::uint16_t port = 443;
  std::string ca_pem;                    ///< the only authority that is trusted
  std::string certificate_pem, key_pem;  ///< client certificate; both empty when there is none
  std::string token;                     ///< bearer token; empty when there is none
};

/// The access of the current context. kInvalidValue, with the field's path, when something is missing or malformed.
/// Only HTTPS servers with an embedded CA are accepted; rights are a client certificate or a token, embedded.
Result<KubeAccess> parse_kubeconfig(std::string_view yaml);

/// Standard base64 with padding; white space is skipped. kInvalidValue otherwise.
Result<std::string> decode_base64(std::string_view text);

}  // namespace plumbline::gateway
