package import Cryptography

/// What the ledger holds in place of something personal: a keyed hash that only the salt opens.
///
/// The salt is 32 random bytes for each case; it leaves with the leaver's mail and is destroyed here at the
/// purge. Each kind has a label of its own, so that no commitment passes for one of another kind.
package enum Commitment {
  /// The length of a salt in bytes.
  package static let saltSize = 32

  /// Stands for the address a reference went to, in its normalised form.
  package static func address(salt: [UInt8], normalised: String) -> String {
    code(salt, "email", Array(normalised.utf8))
  }

  /// Stands for the relay's reply to the final dot.
  package static func reply(salt: [UInt8], text: String) -> String { code(salt, "smtp", Array(text.utf8)) }

  /// Stands for the person who used the appliance; the salt is the appliance's own.
  package static func actor(salt: [UInt8], name: String) -> String { code(salt, "actor", Array(name.utf8)) }

  /// Stands for a delivery report, given as its raw bytes.
  package static func evidence(salt: [UInt8], report: [UInt8]) -> String {
    code(salt, "dsn", Array(Hex.encode(SHA256.hash(report)).utf8))
  }

  /// The mark by which an officer who knows an address finds its case while the key of the quarter lives: the
  /// first 16 bytes of the code.
  package static func lookupTag(epochKey: SecretKey, normalised: String) -> String {
    let code = HMACSHA256.code(key: epochKey, label("lookup"), Array(normalised.utf8))
    return Base64URL.encode(Array(code.prefix(16)))
  }

  private static func code(_ salt: [UInt8], _ kind: String, _ content: [UInt8]) -> String {
    Base64URL.encode(HMACSHA256.code(key: salt, label(kind), content))
  }

  private static func label(_ kind: String) -> [UInt8] { Array("refledger/v1/\(kind)".utf8) + [0] }
}
