import Audit
import Cryptography
import Testing

@Suite("an entry is canonical, bounded, and holds nothing personal")
struct EntryTests {
  static let nonce = [UInt8](0..<16)
  static let caseID = Base64URL.encode(Array(repeating: 0xA5, count: 16))

  @Test("the bytes of an entry are these and no others")
  func goldenBytes() throws {
    let entry = try Entry(
      event: .purge, case: Self.caseID, at: 1_790_000_000,
      fields: ["after": "confirm", "scan": ["files": 12, "hits": 0], "scope": ["address", "document"]],
      nonce: Self.nonce)
    #expect(
      String(decoding: entry.bytes, as: UTF8.self)
        == #"{"after":"confirm","case":"paWlpaWlpaWlpaWlpaWlpQ","ev":"purge","n":"AAECAwQFBgcICQoLDA0ODw","#
        + #""scan":{"files":12,"hits":0},"scope":["address","document"],"ts":1790000000,"v":1}"#)
    #expect(entry.leafHash == SHA256.hash([0] + entry.bytes))
  }

  @Test("every event survives the way through its bytes", arguments: EntryEvent.allCases)
  func roundTrip(event: EntryEvent) throws {
    let entry = try Entry(event: event, case: Self.caseID, at: 5, fields: ["kid": "2026-1", "late": false])
    let again = try Entry(parsing: entry.bytes)
    #expect(again == entry)
    #expect(again.event == event && again.case == Self.caseID && again.seconds == 5)
    #expect(again.nonce == entry.nonce && again.nonce.count == 16)
    #expect(again.fields == ["kid": "2026-1", "late": false])
  }

  @Test("the events are written as the contract says")
  func eventNames() {
    #expect(
      EntryEvent.allCases.map(\.rawValue) == [
        "detect", "hold", "release", "issue", "seal", "sent", "deferred", "unknown", "bounced",
        "confirm",
        "cancel", "fail", "expire", "purge", "revoke", "restore", "key-rotate", "config", "operator",
        "epoch-destroyed",
      ])
  }

  @Test("two entries of the same content differ by their nonce")
  func nonces() throws {
    let entries = try (0..<50).map { _ in try Entry(event: .config, case: nil, at: 1) }
    #expect(Set(entries.map(\.leafHash)).count == 50)
  }

  @Test(
    "fields that the ledger does not take",
    arguments: [
      ["ts": 1], ["v": 1], ["ev": "x"], ["case": "x"], ["n": "x"], ["to": "someone@mail.example"],
      ["who": "J\u{f6}rg"], ["text": "two\nlines"], ["list": [1]], ["list": [["a"]]], ["list": ["a@b"]],
      ["map": ["a": 1]], ["scan": ["files": 1, "hits": 0]], ["gone": .null], ["": 1], ["1a": 1], ["a b": 1],
      [String(repeating: "a", count: 33): 1], ["long": .string(String(repeating: "x", count: 1000))],
    ] as [[String: CanonicalJSON]])
  func refusedFields(fields: [String: CanonicalJSON]) {
    #expect {
      try Entry(event: .operator, case: nil, at: 1, fields: fields)
    } throws: { error in
      if case AuditError.refusedEntry = error { true } else { false }
    }
  }

  @Test("a scan counts files and hits, and nothing else")
  func scans() throws {
    for scan: CanonicalJSON in [
      ["files": 1], ["files": 1, "hits": -1], ["files": "1", "hits": 0], ["a": 1, "b": 1],
    ] {
      #expect(throws: AuditError.refusedEntry(reason: "a scan counts files and hits")) {
        try Entry(event: .purge, case: Self.caseID, at: 1, fields: ["scan": scan])
      }
    }
  }

  @Test("time, case and nonce must be what they claim")
  func refusedCommonFields() {
    #expect(throws: AuditError.self) { try Entry(event: .config, case: nil, at: -1) }
    #expect(throws: AuditError.self) { try Entry(event: .config, case: nil, at: 1 << 53) }
    #expect(throws: AuditError.self) { try Entry(event: .sent, case: nil, at: 1) }
    #expect(throws: AuditError.self) { try Entry(event: .sent, case: "short", at: 1) }
    #expect(throws: AuditError.self) { try Entry(event: .config, case: nil, at: 1, nonce: [1, 2, 3]) }
  }

  static let good = #"{"ev":"config","n":"AAECAwQFBgcICQoLDA0ODw","ts":7,"v":1}"#

  @Test(
    "stored bytes that no entry can have",
    arguments: [
      (#""ts":7"#, #""ts": 7"#), (#""ts":7"#, #""ts":7.0"#), (#""ts":7"#, #""ts":"7""#),
      (#""ts":7"#, #""ts":-7"#),
      (#""ts":7,"#, ""), (#""v":1"#, #""v":2"#), (#""v":1"#, #""v":true"#), (#","v":1"#, ""),
      ("config", "konfig"), ("config", "issue"), (#""ev":"config","#, ""), ("AAECAw", "AAEC"),
      ("ODw", "ODx"), (#""n":"AAECAwQFBgcICQoLDA0ODw","#, ""), ("config", "co\\u006efig"),
      (#"{"ev""#, #"{"case":"AAECAwQFBgcICQoLDA0OD","ev""#), (#"{"ev""#, #"{"case":null,"ev""#),
      (#","v":1"#, #","v":1,"a":1"#), (#","v":1"#, #","v":1,"v":1"#), (#","v":1"#, #","v":1,"x":{}"#),
      (#""v":1}"#, #""v":1}"# + "\n"), (#""v":1}"#, #""v":1}}"#), (#""v":1}"#, #""v":1"#),
    ])
  func refusedBytes(part: String, replacement: String) throws {
    _ = try Entry(parsing: Array(Self.good.utf8))
    let changed = Self.good.replacing(part, with: replacement)
    #expect(changed != Self.good)
    #expect(throws: AuditError.self) { try Entry(parsing: Array(changed.utf8)) }
  }

  @Test("an entry has at most 1024 bytes, and may have as many")
  func sizeLimit() throws {
    let spare = 1024 - Self.good.utf8.count - #","x":"""#.utf8.count
    let fits = try Entry(
      event: .config, case: nil, at: 7, fields: ["x": .string(String(repeating: "y", count: spare))],
      nonce: Self.nonce)
    #expect(fits.bytes.count == 1024)
    #expect(throws: AuditError.refusedEntry(reason: "an entry has at most 1024 bytes")) {
      try Entry(
        event: .config, case: nil, at: 7, fields: ["x": .string(String(repeating: "y", count: spare + 1))],
        nonce: Self.nonce)
    }
    let tooLong = Self.good.replacing("}", with: #","x":"\#(String(repeating: "y", count: spare + 1))"}"#)
    #expect(throws: AuditError.malformedJSON(offset: 1024, reason: "the text is too long")) {
      try Entry(parsing: Array(tooLong.utf8))
    }
  }
}
