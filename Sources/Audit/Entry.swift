import Cryptography

/// One line of the ledger: what happened, when, to which case, and nothing that names a person.
///
/// An entry is RFC 8785 JSON of at most 1024 bytes with the common fields `v` = 1, `ts` (UTC seconds), `ev`,
/// `case` (16 random bytes in base64url; absent when the event concerns no single case) and `n` (a nonce of
/// 16 random bytes, which makes every leaf unguessable). `bytes` are what is stored, hashed and exported: an
/// entry is never serialised a second time.
package struct Entry: Hashable, Sendable {
  /// The most bytes an entry may have.
  package static let maximumSize = 1024
  /// The length of a nonce, and of the random bytes behind a case identifier.
  package static let nonceSize = 16

  /// What is recorded.
  package let event: EntryEvent
  /// The case it happened to: 22 characters of base64url.
  package let `case`: String?
  /// When, in seconds since 1970 UTC.
  package let seconds: Int64
  /// The fields beside the common ones.
  package let fields: [String: CanonicalJSON]
  /// The 16 random bytes.
  package let nonce: [UInt8]
  /// The canonical bytes.
  package let bytes: [UInt8]

  /// Makes an entry.
  ///
  /// A field holds a string, an integer of less than 2^53, a flag or an array of strings; a `purge` may hold
  /// `scan` = `{files, hits}`. Strings are printable ASCII without `@`: no address fits into an entry.
  /// Throws `.refusedEntry` for anything else, for a reserved name, and for more than 1024 bytes.
  package init(
    event: EntryEvent, case: String?, at seconds: Int64, fields: [String: CanonicalJSON] = [:],
    nonce: [UInt8] = Randomness.bytes(Entry.nonceSize)
  ) throws(AuditError) {
    var members = fields
    for name in EntryRules.reservedNames where members[name] != nil {
      throw .refusedEntry(reason: "a field has a reserved name")
    }
    members["v"] = 1
    members["ts"] = .integer(seconds)
    members["ev"] = .string(event.rawValue)
    members["n"] = .string(Base64URL.encode(nonce))
    if let `case` { members["case"] = .string(`case`) }
    let bytes = try CanonicalJSON.object(members).bytes()
    try self.init(members: members, bytes: bytes)
  }

  /// Reads the stored bytes of an entry: they must be canonical, and keep every rule `init` keeps.
  package init(parsing bytes: [UInt8]) throws(AuditError) {
    let value = try CanonicalJSON(canonical: bytes, maximumSize: Self.maximumSize)
    guard let members = value.object else { throw .refusedEntry(reason: "an entry is an object") }
    try self.init(members: members, bytes: bytes)
  }

  private init(members: [String: CanonicalJSON], bytes: [UInt8]) throws(AuditError) {
    guard bytes.count <= Self.maximumSize else {
      throw .refusedEntry(reason: "an entry has at most 1024 bytes")
    }
    var fields = members
    guard fields.removeValue(forKey: "v") == 1 else { throw .refusedEntry(reason: "the version is not 1") }
    guard let seconds = fields.removeValue(forKey: "ts")?.integer, seconds >= 0 else {
      throw .refusedEntry(reason: "the time is missing or before 1970")
    }
    guard let event = fields.removeValue(forKey: "ev")?.string.flatMap(EntryEvent.init(rawValue:)) else {
      throw .refusedEntry(reason: "the event is missing or unknown")
    }
    guard let nonce = EntryRules.sixteenBytes(fields.removeValue(forKey: "n")) else {
      throw .refusedEntry(reason: "the nonce is not 16 bytes of base64url")
    }
    let `case` = fields.removeValue(forKey: "case")
    guard `case` == nil || EntryRules.sixteenBytes(`case`) != nil else {
      throw .refusedEntry(reason: "the case is not 16 bytes of base64url")
    }
    guard `case` != nil || !event.needsCase else {
      throw .refusedEntry(reason: "the event belongs to a case, but none is named")
    }
    for (name, value) in fields { try EntryRules.check(name, value, in: event) }
    self.event = event
    self.case = `case`?.string
    self.seconds = seconds
    self.fields = fields
    self.nonce = nonce
    self.bytes = bytes
  }

  /// The leaf of this entry in the tree: SHA-256(0x00 ‖ bytes).
  package var leafHash: [UInt8] { MerkleTree.leafHash(bytes) }

  /// Two entries are the same when their bytes are.
  package static func == (left: Entry, right: Entry) -> Bool { left.bytes == right.bytes }

  package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
