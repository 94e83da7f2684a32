import Audit
import Cryptography

/// A signed JSON text in the compact form of RFC 7515 §7.1, with EdDSA (RFC 8037).
struct CompactJWS: Hashable, Sendable {
  let header: CanonicalJSON
  let payload: CanonicalJSON
  private let signingInput: [UInt8]
  private let signature: [UInt8]

  /// Signs `payload` under a header that names the algorithm, the key, and what it is.
  init(_ payload: CanonicalJSON, type: String?, keyID: String, key: Ed25519.PrivateKey) throws {
    var members: [String: CanonicalJSON] = ["alg": "EdDSA", "kid": .string(keyID)]
    if let type { members["typ"] = .string(type) }
    header = .object(members)
    self.payload = payload
    signingInput = Array(
      "\(Base64URL.encode(try header.bytes())).\(Base64URL.encode(try payload.bytes()))".utf8)
    signature = try key.sign(signingInput)
  }

  /// Reads the compact form; nil unless it has three parts, canonical JSON in the first two, and `alg` is
  /// EdDSA.
  init?(parsing bytes: [UInt8], maximumSize: Int) {
    guard bytes.count <= maximumSize else { return nil }
    let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let decoded = parts.compactMap { Base64URL.decode(String(decoding: $0, as: UTF8.self)) }
    guard
      decoded.count == 3,
      let header = try? CanonicalJSON(canonical: decoded[0], maximumSize: maximumSize),
      let payload = try? CanonicalJSON(canonical: decoded[1], maximumSize: maximumSize),
      header["alg"]?.string == "EdDSA", decoded[2].count == Ed25519.signatureSize
    else { return nil }
    self.header = header
    self.payload = payload
    signingInput = Array(parts[0] + [UInt8(ascii: ".")] + parts[1])
    signature = decoded[2]
  }

  var serialised: String { "\(String(decoding: signingInput, as: UTF8.self)).\(Base64URL.encode(signature))" }

  func isSigned(by key: Ed25519.PublicKey) -> Bool { key.isValid(signature: signature, for: signingInput) }
}
