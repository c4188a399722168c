#include "conformance/runner/redaction.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace plumbline::conformance {
namespace {

using nlohmann::json;

/// Names of members whose value is a secret, in lower case without separators.
constexpr std::array<std::string_view, 10> kSecretNames{"secretkey",   "token",      "frontendkey",   "kubeconfig",
                                                        "password",    "privatekey", "clientkeydata", "bearertoken",
                                                        "kubeconfigs", "secret"};

bool is_secret_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return std::find(kSecretNames.begin(), kSecretNames.end(), plain) != kSecretNames.end();
}

void replace_all(std::string& text, std::string_view what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + kRedacted.size())) {
    text.replace(at, what.size(), kRedacted);
  }
}

/// "-----BEGIN ... PRIVATE KEY-----" up to its END line, or to the end of a text that was cut.
void replace_private_keys(std::string& text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kKey = "PRIVATE KEY-----";
  std::size_t from = 0;
  while ((from = text.find(kBegin, from)) != std::string::npos) {
    const std::size_t key = text.find(kKey, from);
    if (key == std::string::npos) return;
    if (text.find("-----", from + kBegin.size()) < key) {  // a certificate that stands before a key
      from += kBegin.size();
      continue;
    }
    const std::size_t end = text.find(kKey, key + kKey.size());
    text.replace(from, end == std::string::npos ? std::string::npos : end + kKey.size() - from, kRedacted);
    from += kRedacted.size();
  }
}

bool is_token_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
}

/// JSON Web Tokens: "eyJ" and three parts of base64url.
void replace_web_tokens(std::string& text) {
  std::size_t from = 0;
  while ((from = text.find("eyJ", from)) != std::string::npos) {
    const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), is_token_byte);
    const auto size = static_cast<std::size_t>(end - text.begin()) - from;
    const auto token = std::string_view(text).substr(from, size);
    if (std::count(token.begin(), token.end(), '.') == 2) {
      text.replace(from, size, kRedacted);
      from += kRedacted.size();
    } else {
      from += size;
    }
  }
}

/// A kubeconfig's secrets, whether it is YAML or JSON text: `client-key-data: ...`, `token: ...`.
void replace_after(std::string& text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + name.size())) {
    std::size_t begin = text.find_first_not_of("\": ", at + name.size());
    if (begin == std::string::npos || begin == at + name.size()) continue;
    const std::size_t end = text.find_first_of("\"\n\r ,}", begin);
    text.replace(begin, end == std::string::npos ? std::string::npos : end - begin, kRedacted);
  }
}

}  // namespace

void Redaction::add_secret(const std::string& secret) {
  if (secret.size() >= kSecretBytesMin) secrets_.insert(secret);
}

std::string Redaction::redact(std::string text) const {
  for (const auto& secret : secrets_) replace_all(text, secret);
  if (text.find("-----BEGIN ") != std::string::npos) replace_private_keys(text);
  if (text.find("client-key-data") != std::string::npos || text.find("kind: Config") != std::string::npos) {
    for (const std::string_view name : {"client-key-data", "token"}) replace_after(text, name);
  }
  replace_web_tokens(text);
  return text;
}

void Redaction::redact(json& record) const {
  if (record.is_string()) {
    record = redact(record.get<std::string>());
  } else if (record.is_array()) {
    for (json& entry : record) {
      if (entry.is_string() || entry.is_structured()) redact(entry);
    }
  } else if (record.is_object()) {
    for (auto entry = record.begin(); entry != record.end(); ++entry) {
      if (entry->is_string() && is_secret_name(entry.key())) {
        *entry = kRedacted;
      } else if (entry->is_string() || entry->is_structured()) {
        redact(*entry);
      }
    }
  }
}

}  // namespace plumbline::conformance
