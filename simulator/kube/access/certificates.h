// A certificate authority of a cluster's own, and what it issues. Keys are EC P-256. Immutable after construction.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace plumbline::kube {

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

class CertificateAuthority {
 public:
  /// Valid from an hour ago, for ten years. Throws std::runtime_error when OpenSSL fails (start-up).
  explicit CertificateAuthority(const std::string& common_name);
  ~CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;

  const std::string& pem() const { return pem_; }
  /// `names` are IP addresses and DNS names. `expired`: it ended a minute ago. Throws as the constructor.
  Certificate issue_server(const std::vector<std::string>& names, bool expired = false) const;
  /// CN is the user, each O a group (Kubernetes: X509 client certificates). Throws as the constructor.
  Certificate issue_client(const std::string& user, const std::vector<std::string>& groups) const;

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string pem_;
};

}  // namespace plumbline::kube
