// Takes secrets out of records before they are written. A history can be shown to anyone.
// Thread-compatible: the owner serialises calls.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace plumbline::conformance {

inline constexpr std::string_view kRedacted = "[redacted]";

class Redaction {
 public:
  /// `secret` is taken out wherever it occurs from now on. Shorter ones than kSecretBytesMin are ignored: they would
  /// occur by chance.
  void add_secret(const std::string& secret);
  static constexpr std::size_t kSecretBytesMin = 8;

  /// Replaces, anywhere in `record`: values of members that hold secrets by their name (secretKey, token, kubeconfig,
  /// private keys ...), PEM private keys, JSON Web Tokens, and added secrets. Numbers and keys stay.
  void redact(nlohmann::json& record) const;
  /// The same for one text.
  std::string redact(std::string text) const;

 private:
  std::set<std::string> secrets_;
};

}  // namespace plumbline::conformance
