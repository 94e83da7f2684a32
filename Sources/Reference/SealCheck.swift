import COpenSSL
import Cryptography
import Mail

/// What verifying the CMS of a sealed file shows.
struct SealCheck: Sendable {
  /// The signature is of the leaf's key, over exactly the covered bytes, with the attributes of CAdES
  /// baseline B.
  var signature = false
  /// The leaf was issued by the root in the file, and both are whole.
  var chain = false
  /// The CMS is byte for byte what this module writes; everything a signature cannot cover is pinned by that.
  var exactForm = false
  var leaf: Certificate?
  var root: Certificate?

  /// Verifies with OpenSSL, at the time of issue: a certificate that has expired since then was good when it
  /// was used.
  init(cms: [UInt8], covered: [UInt8], at time: Timestamp) {
    defer { ERR_clear_error() }
    guard
      let message = MemoryInput(cms).read({ d2i_CMS_bio($0, nil) })
    else { return }
    defer { CMS_ContentInfo_free(message) }
    guard
      let certificates = CMS_get1_certs(message), case let found = Self.list(certificates), found.count == 2,
      let signers = CMS_get0_SignerInfos(message), copenssl_signers_count(signers) == 1,
      let signer = copenssl_signers_at(signers, 0), let value = CMS_SignerInfo_get0_signature(signer)
    else { return }
    leaf = found[0]
    root = found[1]
    let signature = Array(
      UnsafeBufferPointer(start: ASN1_STRING_get0_data(value), count: Int(ASN1_STRING_length(value))))
    let rebuilt = CAdESSignature(leaf: found[0], chain: [found[1]], digest: SHA256.hash(covered))
    exactForm = (try? rebuilt.assembled(signature: signature)) == cms
    guard let store = Self.store(trusting: found[1], at: time) else { return }
    defer { X509_STORE_free(store) }
    let flags = UInt32(CMS_BINARY)
    self.signature =
      MemoryInput(covered).read {
        CMS_verify(message, nil, nil, $0, nil, flags | UInt32(CMS_NO_SIGNER_CERT_VERIFY)) == 1
      } ?? false
    // Verifying changes the message, so the chain is checked on a fresh copy.
    guard let copy = MemoryInput(cms).read({ d2i_CMS_bio($0, nil) }) else { return }
    defer { CMS_ContentInfo_free(copy) }
    chain =
      MemoryInput(covered).read { CMS_verify(copy, nil, store, $0, nil, flags | UInt32(CMS_CADES)) == 1 }
      ?? false
  }

  private static func list(_ certificates: OpaquePointer) -> [Certificate] {
    defer { copenssl_certificates_free(certificates) }
    return (0..<copenssl_certificates_count(certificates)).compactMap { index in
      guard let handle = copenssl_certificates_at(certificates, index), X509_up_ref(handle) == 1 else {
        return nil
      }
      return try? Certificate(adopting: handle)
    }
  }

  private static func store(trusting root: Certificate, at time: Timestamp) -> OpaquePointer? {
    guard let store = X509_STORE_new() else { return nil }
    guard
      X509_STORE_add_cert(store, root.handle) == 1, let parameters = X509_STORE_get0_param(store),
      // The root vouches for itself only if its own signature holds.
      X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_X509_STRICT))
        == 1
    else {
      X509_STORE_free(store)
      return nil
    }
    X509_VERIFY_PARAM_set_time(parameters, Int(time.seconds))
    return store
  }
}
