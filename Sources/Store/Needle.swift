import Audit
import Cryptography
import Delivery
import Foundation
import Mail

/// One thing to look for, in one encoding; knows its kind, never shows its bytes.
struct Needle: Sendable, Hashable {
  /// What it is, as a residue tells it: `name`, `address`, `title`, `department`, `employee`, `salt`, `ciphertext`,
  /// `slot`, `shape`, `kek` or `key-slots`.
  let kind: String
  /// The encoding, as a residue tells it.
  let encoding: String
  let pattern: BytePattern
  /// The case it belongs to; nil for a shape.
  let caseID: CaseID?
  /// True if it is so much this leaver's that it proves a leak wherever it lies.
  ///
  /// Others, such as a job title, are looked for only in `data_dir`, where nothing but our own files lies.
  let strong: Bool
  /// It counts only at offsets that are a multiple of this.
  let alignment: Int

  init(
    _ kind: String, _ encoding: String, _ pattern: BytePattern, of caseID: CaseID?, strong: Bool, alignment: Int = 1
  ) {
    self.kind = kind
    self.encoding = encoding
    self.pattern = pattern
    self.caseID = caseID
    self.strong = strong
    self.alignment = alignment
  }

  /// Secret bytes: as they are, and as texts carry them.
  static func secret(_ kind: String, _ bytes: [UInt8], of caseID: CaseID?) -> [Needle] {
    [Needle(kind, "raw", .raw(bytes), of: caseID, strong: true)]
      + TextEncoding.base64(bytes).map { Needle(kind, "base64", $0, of: caseID, strong: true) }
      + [Needle(kind, "hex", BytePattern(Array(Hex.encode(bytes).utf8)), of: caseID, strong: true)]
  }
}

extension Needle: CustomStringConvertible, CustomReflectable {
  var description: String { "\(kind) (\(encoding))" }
  var customMirror: Mirror { Mirror(self, children: []) }
}

/// Makes the needles of one leaver.
///
/// The rule which words are looked for by themselves: at least six bytes of UTF-8, since shorter ones occur in random
/// bytes by chance, and not a part of our own fixed vocabulary (the schema, names of events, fields and files, and the
/// organisation's own words), since those occur rightfully. A word that is neither is looked for in combination: with
/// the JSON key under which it was sealed, which is how a copy of the facts would hold it.
struct Needles {
  private let id: CaseID
  private let vocabulary: String
  private(set) var all: [Needle] = []
  private var seen: Set<BytePattern> = []

  /// - Parameter vocabulary: words that occur rightfully, besides our own.
  init(case id: CaseID, vocabulary: [String]) {
    self.id = id
    self.vocabulary = (Self.fixed + vocabulary).joined(separator: "\n").lowercased()
  }

  mutating func add(_ facts: LeaverFacts) {
    let name = facts.name.trimmingCharacters(in: .whitespacesAndNewlines)
    let parts = name.split(whereSeparator: \.isWhitespace).map(String.init)
    add("name", name, key: "name", strong: parts.count > 1 && name.utf8.count >= 8)
    if parts.count > 1, let last = parts.last {
      add("name", "\(last), \(parts.dropLast().joined(separator: " "))", strong: name.utf8.count >= 8)
    }
    for part in parts where part != name { add("name", part, strong: false) }
    if let title = facts.title { add("title", title, key: "title", strong: false) }
    if let department = facts.department { add("department", department, key: "department", strong: false) }
    if let address = facts.workEmail { add(address: address) }
  }

  mutating func add(address: String) {
    add("address", address, key: "workEmail", strong: address.utf8.count >= 8)
    if let local = address.split(separator: "@").first { add("address", String(local), strong: false) }
  }

  /// Bob's employee number; a short one would be found in every time and length.
  mutating func add(employee: String) {
    if employee.utf8.count >= 12 { add("employee", employee, strong: true) }
  }

  mutating func add(salt: [UInt8]) {
    all += Needle.secret("salt", salt, of: id).filter { seen.insert($0.pattern).inserted }
  }

  private mutating func add(_ kind: String, _ text: String, key: String? = nil, strong: Bool) {
    guard !text.isEmpty else { return }
    let alone = text.utf8.count >= ByteMatcher.shortest && !vocabulary.contains(text.lowercased())
    if alone {
      for form in Self.forms(text) { insert(kind, form, strong: strong) }
    } else if let key {
      insert(kind, "\"\(key)\":\"\(text)\"", strong: strong)
    }
  }

  private mutating func insert(_ kind: String, _ text: String, strong: Bool) {
    for encoding in TextEncoding.allCases {
      for pattern in encoding.patterns(of: text) { insert(kind, encoding.rawValue, pattern, strong: strong) }
    }
  }

  private mutating func insert(_ kind: String, _ encoding: String, _ pattern: BytePattern, strong: Bool) {
    guard pattern.bytes.count >= ByteMatcher.shortest, seen.insert(pattern).inserted else { return }
    all.append(Needle(kind, encoding, pattern, of: id, strong: strong))
  }

  /// The text as it is, composed, decomposed, in small and in capital letters.
  private static func forms(_ text: String) -> [String] {
    let composed = text.precomposedStringWithCanonicalMapping
    let forms = [
      text, composed, text.decomposedStringWithCanonicalMapping, composed.lowercased(), composed.uppercased(),
    ]
    var seen: Set<[UInt8]> = []
    return forms.filter { seen.insert(Array($0.utf8)).inserted }
  }

  private static let fixed: [String] = [
    Schema.statements, LegalHold.Reason.allCases.map(\.rawValue),
    EntryEvent.allCases.map(\.rawValue), Stage.allCases.map(\.rawValue), SealedPart.allCases.map(\.rawValue),
    HoldReason.allCases.flatMap { [$0.rawValue, $0.explanation] }, Remark.allCases.map(\.rawValue),
    OutcomeClass.allCases.map(\.rawValue),
    KeptReport.Level.allCases.map(\.rawValue), Report.Reason.allCases.map(\.rawValue),
    Report.Action.allCases.map(\.rawValue), ["action", "attempt", "evidence", "reason", "status", "watched"],
    PurgeGround.allCases.map(\.rawValue),
    ["refpassport.db", "keys.slots", "grdb_migrations", "sqlite_autoindex", "SQLite format 3", "refpassport/slot"],
  ].flatMap { $0 }
}
