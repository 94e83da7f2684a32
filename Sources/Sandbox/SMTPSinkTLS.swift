import COpenSSL
import Foundation

/// The stand-in's identity: a key and a self-signed certificate, made at start and trusted by nobody yet.
package final class SMTPSinkIdentity: @unchecked Sendable {
  /// The certificate as PEM: what a client has to trust.
  package let certificatePEM: String
  /// Read only once it is made; OpenSSL counts references to it under its own lock.
  let context: OpaquePointer
  private let key: OpaquePointer

  /// OpenSSL refused a step.
  package struct Failure: Error, Sendable, CustomStringConvertible {
    package var description: String { "the stand-in's certificate could not be made" }
  }

  /// - Parameter names: as OpenSSL writes a subjectAltName, such as `IP:127.0.0.1` and `DNS:localhost`.
  package init(names: [String] = ["IP:127.0.0.1", "DNS:localhost"]) throws {
    guard let key = copenssl_generate_ec_key("P-256") else { throw Failure() }
    self.key = key
    var isWhole = false
    defer { if !isWhole { EVP_PKEY_free(key) } }
    guard let certificate = X509_new() else { throw Failure() }
    defer { X509_free(certificate) }
    try Self.fill(certificate, key: key, names: names)
    certificatePEM = try Self.pem { PEM_write_bio_X509($0, certificate) }
    guard let context = SSL_CTX_new(TLS_server_method()) else { throw Failure() }
    guard SSL_CTX_use_certificate(context, certificate) == 1, SSL_CTX_use_PrivateKey(context, key) == 1 else {
      SSL_CTX_free(context)
      throw Failure()
    }
    self.context = context
    isWhole = true
  }

  deinit {
    SSL_CTX_free(context)
    EVP_PKEY_free(key)
  }

  /// The key as PEM, for a test that shows the certificate as a client; sealed if there is a pass phrase.
  package func keyPEM(passPhrase: String? = nil) throws -> String {
    try Self.pem { memory in
      guard let passPhrase else { return PEM_write_bio_PrivateKey(memory, key, nil, nil, 0, nil, nil) }
      return PEM_write_bio_PKCS8PrivateKey(
        memory, key, EVP_aes_256_cbc(), passPhrase, Int32(passPhrase.utf8.count), nil, nil)
    }
  }

  /// Writes the certificate where a client's `ca_file` can name it.
  package func writeCertificate(to path: String) throws {
    try Data(certificatePEM.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  private static func fill(_ certificate: OpaquePointer, key: OpaquePointer, names: [String]) throws {
    let year = 365 * 86_400
    let subject = X509_get_subject_name(certificate)
    // X509v3; MBSTRING_ASC is a macro that Swift does not see.
    guard X509_set_version(certificate, 2) == 1,
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), .random(in: 1...(1 << 62))) == 1,
      X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != nil,
      X509_gmtime_adj(X509_getm_notAfter(certificate), year) != nil,
      X509_NAME_add_entry_by_txt(subject, "CN", 0x1001, "RefPassport sandbox relay", -1, -1, 0) == 1,
      X509_set_issuer_name(certificate, subject) == 1, X509_set_pubkey(certificate, key) == 1
    else { throw Failure() }
    try add(NID_basic_constraints, "critical,CA:TRUE", to: certificate)
    try add(NID_subject_alt_name, names.joined(separator: ","), to: certificate)
    guard X509_sign(certificate, key, EVP_sha256()) > 0 else { throw Failure() }
  }

  private static func add(_ kind: Int32, _ value: String, to certificate: OpaquePointer) throws {
    guard let item = X509V3_EXT_conf_nid(nil, nil, kind, value) else { throw Failure() }
    defer { X509_EXTENSION_free(item) }
    guard X509_add_ext(certificate, item, -1) == 1 else { throw Failure() }
  }

  /// Lets nobody through the handshake who does not show this certificate.
  func demand(_ certificate: String) throws {
    var text = Array(certificate.utf8)
    guard let memory = BIO_new_mem_buf(&text, Int32(text.count)) else { throw Failure() }
    defer { BIO_free(memory) }
    guard let trusted = PEM_read_bio_X509(memory, nil, nil, nil) else { throw Failure() }
    defer { X509_free(trusted) }
    guard X509_STORE_add_cert(SSL_CTX_get_cert_store(context), trusted) == 1 else { throw Failure() }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
  }

  /// Knows no TLS 1.3.
  func growOld() {
    // SSL_CTX_set_max_proto_version is a macro that Swift does not see.
    SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
  }

  private static func pem(_ write: (OpaquePointer) -> Int32) throws -> String {
    guard let memory = BIO_new(BIO_s_mem()) else { throw Failure() }
    defer { BIO_free(memory) }
    guard write(memory) == 1 else { throw Failure() }
    var pem = [UInt8](repeating: 0, count: Int(BIO_ctrl(memory, BIO_CTRL_PENDING, 0, nil)))
    guard BIO_read(memory, &pem, Int32(pem.count)) == Int32(pem.count) else { throw Failure() }
    return String(decoding: pem, as: UTF8.self)
  }
}
