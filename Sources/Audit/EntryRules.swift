import Cryptography

/// The rules on what an entry's fields may be called and hold.
enum EntryRules {
  /// The names of the common fields.
  static let reservedNames: Set<String> = ["v", "ts", "ev", "case", "n"]

  /// Refuses a field whose name or value the ledger does not take.
  static func check(_ name: String, _ value: CanonicalJSON, in event: EntryEvent) throws(AuditError) {
    guard isName(name) else {
      throw .refusedEntry(reason: "a field name is a letter and up to 31 letters, digits, - or _")
    }
    switch value {
    case .string(let text):
      try checkText(text)
    case .integer, .bool:
      return
    case .array(let elements):
      for element in elements {
        guard let text = element.string else { throw .refusedEntry(reason: "an array holds strings only") }
        try checkText(text)
      }
    case .object(let members):
      guard event == .purge, name == "scan" else {
        throw .refusedEntry(reason: "only the scan of a purge is an object")
      }
      guard
        members.count == 2, let files = members["files"]?.integer, let hits = members["hits"]?.integer,
        files >= 0, hits >= 0
      else { throw .refusedEntry(reason: "a scan counts files and hits") }
    case .null:
      throw .refusedEntry(reason: "a field is left out, not null")
    }
  }

  /// The bytes of a 22-character base64url text.
  static func sixteenBytes(_ value: CanonicalJSON?) -> [UInt8]? {
    guard let bytes = value?.string.flatMap({ Base64URL.decode($0) }), bytes.count == Entry.nonceSize else {
      return nil
    }
    return bytes
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first), name.utf8.count <= 32 else { return false }
    return name.utf8.allSatisfy {
      isLetter($0) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
  }

  private static func isLetter(_ unit: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= unit || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= unit
  }

  /// The ledger outlives the purge: an address or a name in another script must not slip in.
  private static func checkText(_ text: String) throws(AuditError) {
    guard text.utf8.allSatisfy({ 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "@") }) else {
      throw .refusedEntry(reason: "a text is printable ASCII without @")
    }
  }
}
