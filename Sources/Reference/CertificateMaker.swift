import COpenSSL
import Cryptography
import Mail

/// Makes the private root of an organisation, and below it the certificate that seals its references.
enum CertificateMaker {
  /// Seconds a certificate lives: 40 years.
  ///
  /// A reference outlives every commercial certificate, and nobody re-stamps a file that has left us.
  static let lifetime: Int64 = 40 * 365 * 86_400 + 10 * 86_400

  /// A root that signs itself.
  static func root(organisation: String, key: SealingKey, at now: Timestamp) throws -> Certificate {
    try make(
      subject: organisation, role: "reference root", key: key, issuer: nil, issuerKey: key, at: now,
      extensions: [
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"),
        (NID_subject_key_identifier, "hash"),
      ])
  }

  /// The certificate of a sealing key, under `root`.
  ///
  /// It expires before the root does.
  ///
  /// emailProtection stands beside documentSigning (RFC 9336) because viewers built on NSS refuse a leaf
  /// without it.
  static func leaf(
    organisation: String, key: SealingKey, root: Certificate, rootKey: SealingKey, at now: Timestamp
  ) throws -> Certificate {
    try make(
      subject: organisation, role: "references", key: key, issuer: root, issuerKey: rootKey, at: now,
      extensions: [
        (NID_basic_constraints, "critical,CA:FALSE"),
        (NID_key_usage, "critical,digitalSignature,nonRepudiation"),
        (NID_ext_key_usage, "emailProtection,1.3.6.1.5.5.7.3.36"),
        (NID_subject_key_identifier, "hash"),
        (NID_authority_key_identifier, "keyid:always"),
      ])
  }

  private static func make(
    subject: String, role: String, key: SealingKey, issuer: Certificate?, issuerKey: SealingKey,
    at now: Timestamp,
    extensions: [(Int32, String)]
  ) throws -> Certificate {
    let failure = ReferenceError.libraryFailed(operation: "making a certificate")
    guard let handle = X509_new() else { throw failure }
    do {
      let name = try self.name(organisation: subject, role: role)
      defer { X509_NAME_free(name) }
      // The root was made a moment earlier or long ago; a leaf must not outlive it.
      let end = issuer == nil ? lifetime : lifetime - 86_400
      guard
        X509_set_version(handle, 2) == 1,
        try setSerial(handle),
        // An hour back: a clock that is corrected must not stop the first reference.
        setTime(X509_getm_notBefore(handle), now.seconds - 3600),
        setTime(X509_getm_notAfter(handle), now.seconds + end),
        X509_set_subject_name(handle, name) == 1,
        X509_set_issuer_name(handle, issuer.map { X509_get_subject_name($0.handle) } ?? name) == 1,
        X509_set_pubkey(handle, key.handle) == 1
      else { throw failure }
      var context = X509V3_CTX()
      X509V3_set_ctx(&context, issuer?.handle ?? handle, handle, nil, nil, 0)
      for (identifier, value) in extensions {
        guard let made = X509V3_EXT_conf_nid(nil, &context, identifier, value) else { throw failure }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(handle, made, -1) == 1 else { throw failure }
      }
      guard X509_sign(handle, issuerKey.handle, EVP_sha256()) > 0 else { throw failure }
    } catch {
      X509_free(handle)
      throw error
    }
    return try Certificate(adopting: handle)
  }

  /// O and CN; X.520 allows 64 characters in each.
  private static func name(organisation: String, role: String) throws -> OpaquePointer {
    guard let name = X509_NAME_new() else { throw ReferenceError.libraryFailed(operation: "making a name") }
    func add(_ field: String, _ value: String) -> Bool {
      X509_NAME_add_entry_by_txt(
        name, field, MBSTRING_UTF8, Array(value.utf8), Int32(value.utf8.count), -1, 0) == 1
    }
    let short = String(String.UnicodeScalarView(organisation.unicodeScalars.prefix(64 - role.count - 1)))
    let full = String(String.UnicodeScalarView(organisation.unicodeScalars.prefix(64)))
    guard add("O", full), add("CN", "\(short) \(role)") else {
      X509_NAME_free(name)
      throw ReferenceError.libraryFailed(operation: "making a name")
    }
    return name
  }

  /// A positive random serial number of 16 octets (RFC 5280 §4.1.2.2).
  private static func setSerial(_ handle: OpaquePointer) throws -> Bool {
    var bytes = Randomness.bytes(16)
    bytes[0] = bytes[0] & 0x3F | 0x40
    guard let number = BN_bin2bn(bytes, Int32(bytes.count), nil) else { return false }
    defer { BN_free(number) }
    return BN_to_ASN1_INTEGER(number, X509_get_serialNumber(handle)) != nil
  }

  private static func setTime(_ field: UnsafeMutablePointer<ASN1_TIME>?, _ seconds: Int64) -> Bool {
    ASN1_TIME_set(field, Int(seconds)) != nil
  }
}
