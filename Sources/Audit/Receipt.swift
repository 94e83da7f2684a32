import Cryptography

/// The leaver's copy of what opens the ledger's commitment: `receipt.json`, an attachment of their mail.
///
/// Here it is destroyed at the purge; then the leaver alone can show which entry was theirs. It holds an
/// address, so it prints as nothing but its type.
package struct Receipt: Hashable, Sendable {
  /// The most bytes a receipt may have.
  package static let maximumSize = 4096

  /// The case: 22 characters of base64url.
  package let `case`: String
  /// The ledger the entry is in.
  package let origin: String
  /// What opens the commitments of this case; 32 bytes.
  package let salt: [UInt8]
  /// The address in the normalised form that was hashed, so that nobody need redo it.
  package let address: String
  /// The commitment to the address, as `to` of the `sent` entry holds it.
  package let to: String

  /// Makes a receipt, and the commitment in it.
  package init(case: String, origin: String, salt: [UInt8], address: String) throws(AuditError) {
    guard EntryRules.sixteenBytes(.string(`case`)) != nil else {
      throw .malformedReceipt(reason: "the case is not 16 bytes of base64url")
    }
    guard NoteVerifier.isName(origin) else { throw .malformedReceipt(reason: "the origin names no ledger") }
    guard salt.count == Commitment.saltSize else {
      throw .malformedReceipt(reason: "the salt has not 32 bytes")
    }
    guard !address.isEmpty else { throw .malformedReceipt(reason: "the address is empty") }
    self.case = `case`
    self.origin = origin
    self.salt = salt
    self.address = address
    to = Commitment.address(salt: salt, normalised: address)
  }

  /// Reads `receipt.json`: canonical JSON with exactly the known fields, whose commitment is the true one.
  package init(parsing bytes: [UInt8]) throws(AuditError) {
    let value = try CanonicalJSON(canonical: bytes, maximumSize: Self.maximumSize)
    guard
      value.object?.count == 6, value["v"] == 1, let `case` = value["case"]?.string,
      let origin = value["origin"]?.string, let address = value["address"]?.string,
      let to = value["to"]?.string, let salt = value["salt"]?.string.flatMap({ Base64URL.decode($0) })
    else { throw .malformedReceipt(reason: "a field is missing, unknown or of the wrong kind") }
    try self.init(case: `case`, origin: origin, salt: salt, address: address)
    guard to == self.to else { throw .malformedReceipt(reason: "the salt does not open the commitment") }
  }

  /// The canonical bytes of `receipt.json`.
  package func bytes() throws(AuditError) -> [UInt8] {
    let value: CanonicalJSON = [
      "v": 1, "case": .string(`case`), "origin": .string(origin), "salt": .string(Base64URL.encode(salt)),
      "address": .string(address), "to": .string(to),
    ]
    return try value.bytes()
  }

  /// Whether `entry` records that the reference of this case was sent to this address.
  package func opens(_ entry: Entry) -> Bool {
    guard entry.event == .sent, entry.case == self.case, let stored = entry.fields["to"]?.string else {
      return false
    }
    return HMACSHA256.constantTimeEquals(Array(stored.utf8), Array(to.utf8))
  }
}

extension Receipt: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "Receipt(redacted)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
