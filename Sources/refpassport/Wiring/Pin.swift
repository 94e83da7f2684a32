import Cryptography
import Reference

/// What a reader trusts from elsewhere, as it is given on the command line.
enum Pin {
  /// `--root`: the issuer's root certificate, a PEM file.
  static func root(_ path: String?) throws -> Certificate? {
    try path.map { path in
      do { return try Certificate(pem: try LedgerFiles.text(path)) } catch is ReferenceError {
        throw CommandFailure(.usage, "--root: \(path) is no PEM certificate.")
      }
    }
  }

  /// `--key`: the issuer's record key, base64 as in the DNS record.
  static func key(_ text: String?) throws -> Ed25519.PublicKey? {
    try text.map { text in
      guard let raw = Base64Standard.decode(text), let key = try? Ed25519.PublicKey(raw: raw) else {
        throw CommandFailure(.usage, "--key is no Ed25519 key: 32 bytes in base64, as after p= in the DNS record.")
      }
      return key
    }
  }
}
