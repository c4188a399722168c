#include "simulator/kube/schema/names.h"

#include <gtest/gtest.h>

namespace plumbline::kube {
namespace {

using Words = Complaints;

const std::string kLabel =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const std::string kSubdomain =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const std::string kNamePart =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

TEST(DnsLabel, HasSixtyThreeLowerCaseLettersDigitsAndHyphensInside) {
  for (const std::string& good : {std::string("a"), std::string("0-9"), std::string(63, 'a')})
    EXPECT_EQ(dns_label_complaints(good), Words{}) << good;
  for (const char* bad : {"", "-a", "a-", "A", "a..b", "a_b", "\xc3\xa9"})
    EXPECT_EQ(dns_label_complaints(bad), Words{kLabel}) << bad;
  EXPECT_EQ(dns_label_complaints(std::string(64, 'a')), Words{"must be no more than 63 characters"});
  EXPECT_EQ(dns_label_complaints(std::string(64, 'A')), (Words{"must be no more than 63 characters", kLabel}));
  EXPECT_EQ(dns_label_complaints("a.b"), Words{"must not contain dots"});
  EXPECT_TRUE(is_dns_label("web-1"));
  EXPECT_FALSE(is_dns_label(std::string(64, 'a')));
}

TEST(Dns1035, BeginsWithALetter) {
  EXPECT_EQ(dns_1035_complaints("web-1"), Words{});
  EXPECT_EQ(dns_1035_complaints("1-web").size(), 1u);
  EXPECT_EQ(dns_1035_complaints("").size(), 1u);
  EXPECT_TRUE(dns_1035_complaints("S_").front().starts_with("a DNS-1035 label must consist of"));
}

TEST(DnsSubdomain, IsLabelsAndDots) {
  EXPECT_EQ(dns_subdomain_complaints("a.b-c.1"), Words{});
  EXPECT_EQ(dns_subdomain_complaints(std::string(253, 'a')), Words{});
  for (const char* bad : {"", ".", "a.", ".a", "a..b", "a.-b", "a/b", "A"})
    EXPECT_EQ(dns_subdomain_complaints(bad), Words{kSubdomain}) << bad;
  EXPECT_EQ(dns_subdomain_complaints(std::string(254, 'a')), Words{"must be no more than 253 characters"});
  EXPECT_FALSE(is_dns_subdomain(std::string(254, 'a')));
}

TEST(PathSegment, IsAnythingButAPath) {
  EXPECT_EQ(path_segment_complaints("system:node A"), Words{});
  EXPECT_EQ(path_segment_complaints("."), Words{"may not be '.'"});
  EXPECT_EQ(path_segment_complaints(".."), Words{"may not be '..'"});
  EXPECT_EQ(path_segment_complaints("a/b%"), (Words{"may not contain '/'", "may not contain '%'"}));
}

TEST(QualifiedName, HasAPrefixThatMayBeLeftOut) {
  for (const char* good : {"app", "App_1.x", "example.com/App", "a/b"})
    EXPECT_EQ(qualified_name_complaints(good), Words{}) << good;
  EXPECT_EQ(qualified_name_complaints("-a"), Words{kNamePart});
  EXPECT_EQ(qualified_name_complaints(""), (Words{"name part must be non-empty", kNamePart}));
  EXPECT_EQ(qualified_name_complaints("/a"), Words{"prefix part must be non-empty"});
  EXPECT_EQ(qualified_name_complaints("A/a"), Words{"prefix part " + kSubdomain});
  EXPECT_EQ(qualified_name_complaints("a/" + std::string(64, 'a')),
            Words{"name part must be no more than 63 characters"});
  ASSERT_EQ(qualified_name_complaints("a/b/c").size(), 1u);
  EXPECT_TRUE(qualified_name_complaints("a/b/c").front().starts_with("a qualified name must consist of"));
}

TEST(LabelValue, MayBeEmpty) {
  for (const std::string& good : {std::string(), std::string("A.b_c-1"), std::string(63, 'a')})
    EXPECT_EQ(label_value_complaints(good), Words{}) << good;
  EXPECT_EQ(label_value_complaints(std::string(64, 'a')), Words{"must be no more than 63 characters"});
  for (const char* bad : {"-", "a b", "a/b", "_a"}) EXPECT_EQ(label_value_complaints(bad).size(), 1u) << bad;
}

TEST(PortName, HasALetterAndNoTwoHyphens) {
  for (const char* good : {"http", "a", "8a", "http-2", "123456789012345-a" + 2})
    EXPECT_EQ(port_name_complaints(good), Words{}) << good;
  EXPECT_EQ(port_name_complaints("1234"), Words{"must contain at least one letter (a-z)"});
  EXPECT_EQ(port_name_complaints("a--b"), Words{"must not contain consecutive hyphens"});
  EXPECT_EQ(port_name_complaints("-a"), Words{"must not begin or end with a hyphen"});
  EXPECT_EQ(port_name_complaints("aaaaaaaaaaaaaaaa"), Words{"must be no more than 15 characters"});
  EXPECT_EQ(port_name_complaints("Http"),
            Words{"must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"});
}

TEST(IpAddress, IsOfEitherFamily) {
  for (const char* good : {"10.9.8.7", "2001:db8::ffff", "::1"})
    EXPECT_EQ(ip_address_complaints(good), Words{}) << good;
  for (const char* bad : {"", "x", "10.9.8", "10.9.8.256", "10.9.8.7/24", "1::2::3"})
    EXPECT_EQ(ip_address_complaints(bad), Words{"must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"})
        << bad;
  EXPECT_TRUE(is_ipv4_address("10.9.8.7"));
  EXPECT_FALSE(is_ipv4_address("::1"));
  EXPECT_TRUE(is_ipv6_address("::1"));
  EXPECT_FALSE(is_ipv6_address("10.9.8.7"));
}

TEST(EndpointAddress, IsOneThatTrafficCanReach) {
  const std::string loopback = "may not be in the loopback range (127.0.0.0/8, ::1/128)";
  const std::string link = "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
  for (const char* good : {"10.9.8.7", "2001:db8::ffff", "128.0.0.1"})
    EXPECT_EQ(endpoint_address_complaints(good), Words{}) << good;
  EXPECT_EQ(endpoint_address_complaints("127.3.0.1"), Words{loopback});
  EXPECT_EQ(endpoint_address_complaints("::1"), Words{loopback});
  EXPECT_EQ(endpoint_address_complaints("169.254.1.1"), Words{link});
  EXPECT_EQ(endpoint_address_complaints("fe80::1"), Words{link});
  EXPECT_EQ(endpoint_address_complaints("0.0.0.0"), Words{"may not be unspecified (0.0.0.0)"});
  EXPECT_EQ(endpoint_address_complaints("224.0.0.5"),
            Words{"may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"});
}

TEST(PortNumber, IsOneTo65535) {
  EXPECT_EQ(port_number_complaints(1), Words{});
  EXPECT_EQ(port_number_complaints(65535), Words{});
  EXPECT_EQ(port_number_complaints(0), Words{"must be between 1 and 65535, inclusive"});
  EXPECT_EQ(port_number_complaints(65536), Words{"must be between 1 and 65535, inclusive"});
}

}  // namespace
}  // namespace plumbline::kube
