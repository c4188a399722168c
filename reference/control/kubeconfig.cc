#include "reference/control/kubeconfig.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace plumbline::gateway {
namespace {

Error invalid(std::string field, std::string_view what) {
  return {Reason::kInvalidValue, fmt::format("kubeconfig: {}: {}", field, what), std::move(field), ""};
}

std::string text_at(const YAML::Node& node, const char* key) {
  if (!node.IsMap()) return "";
  const YAML::Node value = node[key];
  return value && value.IsScalar() ? value.Scalar() : "";
}

/// The `body` of the entry called `name` in the list `list`.
YAML::Node entry_of(const YAML::Node& root, const char* list, const std::string& name, const char* body) {
  const YAML::Node entries = root[list];
  if (entries && entries.IsSequence()) {
    for (const auto& entry : entries) {
      if (entry.IsMap() && text_at(entry, "name") == name && entry[body] && entry[body].IsMap()) return entry[body];
    }
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

Result<void> read_server(const std::string& server, KubeAccess& access) {
  constexpr std::string_view kScheme = "https://";
  std::string_view rest = server;
  if (!rest.starts_with(kScheme)) return invalid("cluster.server", fmt::format("'{}' is not an https URL", server));
  rest.remove_prefix(kScheme.size());
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view digits = rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), access.port);
    if (error != std::errc{} || end != digits.data() + digits.size() || access.port == 0) {
      return invalid("cluster.server", fmt::format("'{}' is not a port", digits));
    }
  }
  access.host = std::string(rest.substr(0, colon));
  if (access.host.empty()) return invalid("cluster.server", "has no host");
  return {};
}

Result<KubeAccess> read(const YAML::Node& root) {
  if (!root.IsMap()) return invalid("", "not a mapping");
  const YAML::Node context = entry_of(root, "contexts", text_at(root, "current-context"), "context");
  if (!context.IsDefined()) return invalid("current-context", "names no context");
  const YAML::Node cluster = entry_of(root, "clusters", text_at(context, "cluster"), "cluster");
  if (!cluster.IsDefined()) return invalid("context.cluster", "names no cluster");
  const YAML::Node user = entry_of(root, "users", text_at(context, "user"), "user");
  if (!user.IsDefined()) return invalid("context.user", "names no user");

  KubeAccess access;
  if (auto server = read_server(text_at(cluster, "server"), access); !server) return server.error();
  for (auto [node, key, into] : {std::tuple{&cluster, "certificate-authority-data", &access.ca_pem},
                                 std::tuple{&user, "client-certificate-data", &access.certificate_pem},
                                 std::tuple{&user, "client-key-data", &access.key_pem}}) {
    const auto decoded = decode_base64(text_at(*node, key));
    if (!decoded) return invalid(key, "is not base64");
    *into = *decoded;
  }
  access.token = text_at(user, "token");
  if (access.ca_pem.empty()) return invalid("certificate-authority-data", "is required");
  if (access.certificate_pem.empty() != access.key_pem.empty())
    return invalid("client-key-data", "certificate and key belong together");
  if (access.certificate_pem.empty() && access.token.empty())
    return invalid("user", "has neither certificate nor token");
  return access;
}

}  // namespace

Result<std::string> decode_base64(std::string_view text) {
  static constexpr auto kValues = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
      values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
    }
    return values;
  }();
  std::string bytes;
  std::uint32_t group = 0;
  int digits = 0;
  int padding = 0;
  for (const char letter : text) {
    if (letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t') continue;
    const int value = letter == '=' ? 0 : kValues[static_cast<unsigned char>(letter)];
    if (letter == '=') ++padding;
    if (value < 0 || (padding > 0 && letter != '=') || padding > 2) return invalid("base64", "unexpected character");
    group = group << 6 | static_cast<std::uint32_t>(value);
    if (++digits < 4) continue;
    for (int i = 2; i >= padding; --i) bytes += static_cast<char>(group >> (8 * i) & 0xff);
    group = 0;
    digits = 0;
  }
  if (digits != 0) return invalid("base64", "cut short");
  return bytes;
}

Result<KubeAccess> parse_kubeconfig(std::string_view yaml) {
  if (yaml.size() > kKubeconfigBytesMax) return invalid("", fmt::format("larger than {} bytes", kKubeconfigBytesMax));
  try {
    return read(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& failure) {
    return invalid("", failure.what());
  }
}

}  // namespace plumbline::gateway
