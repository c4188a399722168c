#include "simulator/kube/schema/names.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>

namespace plumbline::kube {
namespace {

constexpr std::size_t kLabelMax = 63, kSubdomainMax = 253, kPortNameMax = 15;

bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return lower(c) || (c >= 'A' && c <= 'Z'); }
bool alphanumeric(char c) { return letter(c) || is_digit(c); }

std::string too_long(std::size_t max) { return "must be no more than " + std::to_string(max) + " characters"; }

/// Letters, digits, '-', '_', '.'; both ends alphanumeric. Length is not looked at.
bool is_name_part(std::string_view text) {
  if (text.empty() || !alphanumeric(text.front()) || !alphanumeric(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_label_form(std::string_view text) {
  if (text.empty() || text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return lower(c) || is_digit(c) || c == '-'; });
}

bool is_subdomain_form(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_label_form(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

constexpr std::string_view kSubdomainWords =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

}  // namespace

bool is_dns_label(std::string_view text) { return text.size() <= kLabelMax && is_label_form(text); }
bool is_dns_subdomain(std::string_view text) { return text.size() <= kSubdomainMax && is_subdomain_form(text); }

Complaints dns_label_complaints(std::string_view text) {
  Complaints list;
  if (text.size() > kLabelMax) list.push_back(too_long(kLabelMax));
  if (!is_label_form(text) && is_subdomain_form(text))
    list.emplace_back("must not contain dots");
  else if (!is_label_form(text))
    list.emplace_back(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
  return list;
}

Complaints dns_1035_complaints(std::string_view text) {
  Complaints list;
  if (text.size() > kLabelMax) list.push_back(too_long(kLabelMax));
  if (!is_label_form(text) || !lower(text.front()))
    list.emplace_back(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
        "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation "
        "is '[a-z]([-a-z0-9]*[a-z0-9])?')");
  return list;
}

Complaints dns_subdomain_complaints(std::string_view text) {
  Complaints list;
  if (text.size() > kSubdomainMax) list.push_back(too_long(kSubdomainMax));
  if (!is_subdomain_form(text)) list.emplace_back(kSubdomainWords);
  return list;
}

Complaints wildcard_subdomain_complaints(std::string_view text) {
  Complaints list;
  if (text.size() > kSubdomainMax) list.push_back(too_long(kSubdomainMax));
  if (!text.starts_with("*.") || !is_subdomain_form(text.substr(2)))
    list.emplace_back(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
        "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', "
        "regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
  return list;
}

Complaints path_segment_complaints(std::string_view text) {
  Complaints list;
  if (text == "." || text == "..") return {"may not be '" + std::string(text) + "'"};
  for (const char bad : {'/', '%'})
    if (text.find(bad) != std::string_view::npos) list.push_back(std::string("may not contain '") + bad + "'");
  return list;
}

Complaints qualified_name_complaints(std::string_view text) {
  Complaints list;
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view prefix = text.substr(0, slash);
    if (prefix.empty()) {
      list.emplace_back("prefix part must be non-empty");
    } else {
      for (const std::string& one : dns_subdomain_complaints(prefix)) list.push_back("prefix part " + one);
    }
    text.remove_prefix(slash + 1);
    if (text.find('/') != std::string_view::npos)
      return {
          "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
          "an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
          "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. "
          "'example.com/MyName')"};
  }
  if (text.empty()) {
    list.emplace_back("name part must be non-empty");
  } else if (text.size() > kLabelMax) {
    list.push_back("name part " + too_long(kLabelMax));
  }
  if (!is_name_part(text))
    list.emplace_back(
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
  return list;
}

Complaints label_value_complaints(std::string_view text) {
  Complaints list;
  if (text.size() > kLabelMax) list.push_back(too_long(kLabelMax));
  if (!text.empty() && !is_name_part(text))
    list.emplace_back(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
  return list;
}

Complaints port_name_complaints(std::string_view text) {
  Complaints list;
  if (text.size() > kPortNameMax) list.emplace_back("must be no more than 15 characters");
  const bool form = !text.empty() &&
                    std::all_of(text.begin(), text.end(), [](char c) { return lower(c) || is_digit(c) || c == '-'; });
  if (!form) list.emplace_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (std::none_of(text.begin(), text.end(), lower)) list.emplace_back("must contain at least one letter (a-z)");
  if (text.find("--") != std::string_view::npos) list.emplace_back("must not contain consecutive hyphens");
  if (!text.empty() && (text.front() == '-' || text.back() == '-'))
    list.emplace_back("must not begin or end with a hyphen");
  return list;
}

bool is_ipv4_address(std::string_view text) {
  in_addr address{};
  return inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

bool is_ipv6_address(std::string_view text) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

Complaints ip_address_complaints(std::string_view text) {
  if (is_ipv4_address(text) || is_ipv6_address(text)) return {};
  return {"must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"};
}

Complaints endpoint_address_complaints(std::string_view text) {
  const std::string address(text);
  in_addr four{};
  in6_addr six{};
  const bool is_four = inet_pton(AF_INET, address.c_str(), &four) == 1;
  if (!is_four && inet_pton(AF_INET6, address.c_str(), &six) != 1) return {};
  const std::uint32_t number = ntohl(four.s_addr);
  const auto within = [number](std::uint32_t base, int bits) { return number >> (32 - bits) == base >> (32 - bits); };
  const bool multicast = is_four ? within(0xe0000000, 4) : six.s6_addr[0] == 0xff;
  const bool local_multicast = is_four ? within(0xe0000000, 24) : multicast && (six.s6_addr[1] & 0x0f) == 0x02;
  Complaints list;
  if (is_four ? number == 0 : IN6_IS_ADDR_UNSPECIFIED(&six)) list.push_back("may not be unspecified (" + address + ")");
  if (is_four ? within(0x7f000000, 8) : IN6_IS_ADDR_LOOPBACK(&six))
    list.emplace_back("may not be in the loopback range (127.0.0.0/8, ::1/128)");
  if (is_four ? within(0xa9fe0000, 16) : IN6_IS_ADDR_LINKLOCAL(&six))
    list.emplace_back("may not be in the link-local range (169.254.0.0/16, fe80::/10)");
  if (local_multicast) list.emplace_back("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  return list;
}

Complaints port_number_complaints(std::int64_t port) {
  if (port >= 1 && port <= 65535) return {};
  return {"must be between 1 and 65535, inclusive"};
}

}  // namespace plumbline::kube
