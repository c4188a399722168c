#include "simulator/kube/access/certificates.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace plumbline::kube {
namespace {

constexpr long kValidBefore = -3600;
constexpr long kValidAfter = 10L * 365 * 24 * 3600;
constexpr int kSerialBytes = 15;

template <class T, void (*Free)(T*)>
struct Freeing {
  void operator()(T* pointer) const { Free(pointer); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY, EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freeing<X509, X509_free>>;
struct BioFree {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioFree>;

template <class T>
T* made(T* pointer, const char* what) {
  if (!pointer) throw std::runtime_error(std::string("OpenSSL could not make ") + what);
  return pointer;
}

KeyPtr new_key() { return KeyPtr(made(EVP_EC_gen("P-256"), "a key")); }

std::string text_of(BIO* bio) {
  char* start = nullptr;
  const long length = BIO_get_mem_data(bio, &start);
  return std::string(start, static_cast<std::size_t>(length));
}

std::string pem_of(X509* certificate) {
  const BioPtr bio(made(BIO_new(BIO_s_mem()), "a buffer"));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  const BioPtr bio(made(BIO_new(BIO_s_mem()), "a buffer"));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
  // -1, 0: as a relative name of its own, so that several O keep their order.
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                             static_cast<int>(value.size()), -1, 0);
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = made(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), "an extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509Ptr new_certificate(EVP_PKEY* subject_key) {
  X509Ptr certificate(made(X509_new(), "a certificate"));
  X509_set_version(certificate.get(), X509_VERSION_3);
  unsigned char serial[kSerialBytes];
  if (RAND_bytes(serial, sizeof serial) != 1) throw std::runtime_error("OpenSSL could not draw a serial number");
  BIGNUM* number = made(BN_bin2bn(serial, sizeof serial, nullptr), "a serial number");
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), kValidBefore);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidAfter);
  X509_set_pubkey(certificate.get(), subject_key);
  return certificate;
}

bool is_address(const std::string& name) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(AF_INET, name.c_str(), buffer) == 1 || inet_pton(AF_INET6, name.c_str(), buffer) == 1;
}

}  // namespace

struct CertificateAuthority::Keys {
  KeyPtr key;
  X509Ptr certificate;

  Certificate sign(X509* subject, EVP_PKEY* subject_key) const {
    X509_set_issuer_name(subject, X509_get_subject_name(certificate.get()));
    if (X509_sign(subject, key.get(), EVP_sha256()) == 0) throw std::runtime_error("OpenSSL could not sign");
    return {pem_of(subject), pem_of(subject_key)};
  }
};

CertificateAuthority::CertificateAuthority(const std::string& common_name) : keys_(std::make_unique<Keys>()) {
  keys_->key = new_key();
  keys_->certificate = new_certificate(keys_->key.get());
  X509* own = keys_->certificate.get();
  add_name(X509_get_subject_name(own), "CN", common_name);
  add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature");
  add_extension(own, own, NID_subject_key_identifier, "hash");
  pem_ = keys_->sign(own, keys_->key.get()).certificate_pem;
}

CertificateAuthority::~CertificateAuthority() = default;

Certificate CertificateAuthority::issue_server(const std::vector<std::string>& names, bool expired) const {
  const KeyPtr key = new_key();
  const X509Ptr certificate = new_certificate(key.get());
  add_name(X509_get_subject_name(certificate.get()), "CN", "kube-apiserver");
  if (expired) X509_gmtime_adj(X509_getm_notAfter(certificate.get()), -60);
  X509* issuer = keys_->certificate.get();
  std::string alternatives;
  for (const std::string& name : names)
    alternatives += (alternatives.empty() ? "" : ",") + std::string(is_address(name) ? "IP:" : "DNS:") + name;
  if (!alternatives.empty()) add_extension(certificate.get(), issuer, NID_subject_alt_name, alternatives);
  add_extension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate.get(), issuer, NID_ext_key_usage, "serverAuth");
  add_extension(certificate.get(), issuer, NID_authority_key_identifier, "keyid");
  return keys_->sign(certificate.get(), key.get());
}

Certificate CertificateAuthority::issue_client(const std::string& user, const std::vector<std::string>& groups) const {
  const KeyPtr key = new_key();
  const X509Ptr certificate = new_certificate(key.get());
  for (const std::string& group : groups) add_name(X509_get_subject_name(certificate.get()), "O", group);
  add_name(X509_get_subject_name(certificate.get()), "CN", user);
  X509* issuer = keys_->certificate.get();
  add_extension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate.get(), issuer, NID_ext_key_usage, "clientAuth");
  add_extension(certificate.get(), issuer, NID_authority_key_identifier, "keyid");
  return keys_->sign(certificate.get(), key.get());
}

}  // namespace plumbline::kube
