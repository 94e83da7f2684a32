#pragma once
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Doors for Reference: macros and variadic functions that Swift does not see.
static inline EVP_PKEY *copenssl_generate_ec_key(const char *curve) {
  return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
}
static inline STACK_OF(X509) *copenssl_certificates_new(void) { return sk_X509_new_null(); }
static inline int copenssl_certificates_push(STACK_OF(X509) *list, X509 *certificate) {
  return sk_X509_push(list, certificate);
}
static inline int copenssl_certificates_count(const STACK_OF(X509) *list) { return sk_X509_num(list); }
static inline X509 *copenssl_certificates_at(const STACK_OF(X509) *list, int index) {
  return sk_X509_value(list, index);
}
// Frees the list and gives up one reference to each certificate in it.
static inline void copenssl_certificates_free(STACK_OF(X509) *list) { sk_X509_pop_free(list, X509_free); }
static inline int copenssl_signers_count(const STACK_OF(CMS_SignerInfo) *list) {
  return sk_CMS_SignerInfo_num(list);
}
static inline CMS_SignerInfo *copenssl_signers_at(const STACK_OF(CMS_SignerInfo) *list, int index) {
  return sk_CMS_SignerInfo_value(list, index);
}

// Doors for TimeStamp: flags that are macros, and the digest of a query in one step.
static inline int copenssl_ts_set_imprint(TS_REQ *query, unsigned char *sha256, int length) {
  TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
  X509_ALGOR *algorithm = X509_ALGOR_new();
  int done = imprint != NULL && algorithm != NULL
      && X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL)
      && TS_MSG_IMPRINT_set_algo(imprint, algorithm) && TS_MSG_IMPRINT_set_msg(imprint, sha256, length)
      && TS_REQ_set_msg_imprint(query, imprint);
  X509_ALGOR_free(algorithm);
  TS_MSG_IMPRINT_free(imprint);
  return done;
}
static inline int copenssl_ts_check_signature(TS_VERIFY_CTX *context) {
  return TS_VERIFY_CTX_add_flags(context, TS_VFY_SIGNATURE);
}
