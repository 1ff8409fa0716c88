#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

/* What OpenSSL has as macros, and what Swift would read out of unions. */

/* TLS 1.3 and later; nothing is resumed, so that each connection is judged anew, and nothing is sent early. */
static inline int copenssl_restrict(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
  return SSL_CTX_set_num_tickets(context, 0) && SSL_CTX_set_max_early_data(context, 0) &&
         SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
}

static inline void copenssl_limit_chain(SSL_CTX *context, long size) { SSL_CTX_set_max_cert_list(context, size); }

static inline int copenssl_add_to_chain(SSL_CTX *context, X509 *certificate) {
  return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline int copenssl_ask_for_name(SSL *connection, const char *name) {
  return (int)SSL_set_tlsext_host_name(connection, name);
}

static inline long copenssl_pending(BIO *bytes) { return BIO_pending(bytes); }

/* As people read it, such as 2026-11-22 02:42:59 UTC; empty when there is none. */
static inline void copenssl_write_time(const ASN1_TIME *time, char *text, size_t size) {
  struct tm parts;
  text[0] = 0;
  if (ASN1_TIME_to_tm(time, &parts)) strftime(text, size, "%Y-%m-%d %H:%M:%S UTC", &parts);
}

static inline int copenssl_name_count(const GENERAL_NAMES *names) { return names ? sk_GENERAL_NAME_num(names) : 0; }

/* One name: its kind, and its bytes where those are a text. */
static inline int copenssl_name(const GENERAL_NAMES *names, int index, const unsigned char **bytes, int *count) {
  const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
  if (name->type != GEN_DNS && name->type != GEN_URI && name->type != GEN_IPADD) return -1;
  *bytes = ASN1_STRING_get0_data((const ASN1_STRING *)name->d.ptr);
  *count = ASN1_STRING_length((const ASN1_STRING *)name->d.ptr);
  return name->type;
}
