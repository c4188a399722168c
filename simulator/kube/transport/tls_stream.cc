#include "simulator/kube/transport/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <stdexcept>

namespace plumbline::kube {

struct SocketBio {
  static TlsStream::Socket& of(BIO* bio) { return *static_cast<TlsStream::Socket*>(BIO_get_data(bio)); }

  // A socket whose other side is gone is an error here, not the end of the process.
  static int write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const TlsStream::Socket& socket = of(bio);
    const ssize_t sent =
        ::send(socket.fd, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL | (socket.more ? MSG_MORE : 0));
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
  }

  static int read(BIO* bio, char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(of(bio).fd, bytes, static_cast<std::size_t>(size), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(got);
  }
};

namespace {

constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";

// The shortest key first, as real servers have it: it costs least.
constexpr const char* kCiphers = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr std::size_t kRecordMax = std::size_t{16} * 1024;

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

int bio_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const kMethod = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "plumbline socket");
    if (made == nullptr) throw std::runtime_error("OpenSSL has no room for a BIO");
    BIO_meth_set_write(made, SocketBio::write);
    BIO_meth_set_read(made, SocketBio::read);
    BIO_meth_set_ctrl(made, bio_control);
    BIO_meth_set_create(made, bio_create);
    return made;
  }();
  return kMethod;
}

template <typename Made, typename Free>
std::unique_ptr<Made, Free> read_pem(const std::string& pem, Made* (*read)(BIO*, Made**, pem_password_cb*, void*),
                                     Free free) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                      BIO_free);
  std::unique_ptr<Made, Free> made(read(bio.get(), nullptr, nullptr, nullptr), free);
  if (!made) throw std::runtime_error("OpenSSL does not read the PEM of a server's key or certificate");
  return made;
}

int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, chosen_size, kProtocols, sizeof kProtocols - 1, offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

std::string entry_text(X509_NAME_ENTRY* entry) {
  const ASN1_STRING* text = X509_NAME_ENTRY_get_data(entry);
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                     static_cast<std::size_t>(ASN1_STRING_length(text)));
}

User user_of(X509* certificate) {
  User user;
  X509_NAME* subject = X509_get_subject_name(certificate);
  for (int i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); i >= 0;
       i = X509_NAME_get_index_by_NID(subject, NID_commonName, i))
    user.name = entry_text(X509_NAME_get_entry(subject, i));
  for (int i = X509_NAME_get_index_by_NID(subject, NID_organizationName, -1); i >= 0;
       i = X509_NAME_get_index_by_NID(subject, NID_organizationName, i))
    user.groups.push_back(entry_text(X509_NAME_get_entry(subject, i)));
  return user;
}

int clamp_size(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

void TlsContext::Free::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

TlsContext::TlsContext(const Certificate& certificate, const std::string& ca_pem)
    : context_(SSL_CTX_new(TLS_server_method())) {
  SSL_CTX* context = context_.get();
  if (context == nullptr) throw std::runtime_error("OpenSSL has no room for a TLS context");
  const auto own = read_pem(certificate.certificate_pem, PEM_read_bio_X509, X509_free);
  const auto key = read_pem(certificate.key_pem, PEM_read_bio_PrivateKey, EVP_PKEY_free);
  const auto authority = read_pem(ca_pem, PEM_read_bio_X509, X509_free);
  if (SSL_CTX_use_certificate(context, own.get()) != 1 || SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
      SSL_CTX_add_client_CA(context, authority.get()) != 1 ||
      SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 || SSL_CTX_set_ciphersuites(context, kCiphers) != 1)
    throw std::runtime_error("OpenSSL refuses the server's certificate");
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Several records of a request in one system call, not two calls for each: whoever reads, reads to the end.
  SSL_CTX_set_read_ahead(context, 1);
  // A certificate that isn't ours ends in 401, not in a failed handshake, as real API servers do.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
}

void TlsStream::Free::operator()(SSL* ssl) const { SSL_free(ssl); }

TlsStream::TlsStream(const TlsContext& context, int fd) : socket_{fd}, ssl_(SSL_new(context.get())) {
  BIO* bio = BIO_new(socket_method());
  if (!ssl_ || bio == nullptr) {
    BIO_free(bio);
    throw std::bad_alloc();
  }
  BIO_set_data(bio, &socket_);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

TlsStep TlsStream::step_after(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return TlsStep::kDone;
    case SSL_ERROR_WANT_READ:
      return TlsStep::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return TlsStep::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return TlsStep::kEnd;
    default:
      plain_http_ = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
      broken_ = true;
      return TlsStep::kFailed;
  }
}

TlsStep TlsStream::handshake() {
  ERR_clear_error();
  return step_after(SSL_do_handshake(ssl_.get()));
}

TlsStep TlsStream::read(char* to, std::size_t size_max, std::size_t& count) {
  ERR_clear_error();
  const int result = SSL_read(ssl_.get(), to, clamp_size(size_max));
  count = result > 0 ? static_cast<std::size_t>(result) : 0;
  return step_after(result);
}

TlsStep TlsStream::write(std::string_view bytes, std::size_t& count) {
  ERR_clear_error();
  socket_.more = bytes.size() > kRecordMax;
  const int result = SSL_write(ssl_.get(), bytes.data(), clamp_size(bytes.size()));
  socket_.more = false;
  count = result > 0 ? static_cast<std::size_t>(result) : 0;
  return step_after(result);
}

void TlsStream::shut_down() {
  if (broken_ || SSL_is_init_finished(ssl_.get()) == 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

bool TlsStream::speaks_http2() const {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
  return std::string_view(reinterpret_cast<const char*>(chosen), size) == "h2";
}

TlsPeer TlsStream::peer() const {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl_.get()), X509_free);
  if (!certificate) return {};
  if (SSL_get_verify_result(ssl_.get()) != X509_V_OK) return {std::nullopt, true};
  return {user_of(certificate.get()), false};
}

}  // namespace plumbline::kube
