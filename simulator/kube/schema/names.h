// Which texts are names, labels, ports: the rules of Kubernetes, and its words for what breaks them. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::kube {

/// A DNS label (RFC 1123): lower-case letters, digits, '-'; at most 63.
bool is_dns_label(std::string_view text);
/// Labels joined by dots; at most 253.
bool is_dns_subdomain(std::string_view text);

// Each gives what is wrong, a sentence a mistake; nothing when all is well.
using Complaints = std::vector<std::string>;
Complaints dns_label_complaints(std::string_view text);  ///< RFC 1123
Complaints dns_1035_complaints(std::string_view text);   ///< begins with a letter; Services
Complaints dns_subdomain_complaints(std::string_view text);
Complaints wildcard_subdomain_complaints(std::string_view text);  ///< "*." and a subdomain
Complaints path_segment_complaints(std::string_view text);        ///< RBAC: anything but a path
Complaints qualified_name_complaints(std::string_view text);      ///< keys of labels and annotations
Complaints label_value_complaints(std::string_view text);
Complaints port_name_complaints(std::string_view text);  ///< IANA_SVC_NAME
Complaints port_number_complaints(std::int64_t port);
Complaints ip_address_complaints(std::string_view text);  ///< IPv4 or IPv6
/// Of an address that is one: may traffic be sent there (not loopback, link-local, multicast, unspecified)?
Complaints endpoint_address_complaints(std::string_view address);

bool is_ipv4_address(std::string_view text);
bool is_ipv6_address(std::string_view text);

}  // namespace plumbline::kube
