import Audit
import Cryptography
import Testing

@Suite("a commitment opens with its salt only")
struct CommitmentTests {
  let salt = [UInt8](0..<32)
  let address = "mira.quill@harbour.example"

  @Test("each kind is an HMAC under its own label")
  func labels() {
    func code(_ label: String, _ text: String) -> String {
      Base64URL.encode(HMACSHA256.code(key: salt, Array("\(label)\0\(text)".utf8)))
    }
    #expect(Commitment.address(salt: salt, normalised: address) == code("refledger/v1/email", address))
    #expect(Commitment.reply(salt: salt, text: "250 ok") == code("refledger/v1/smtp", "250 ok"))
    #expect(Commitment.actor(salt: salt, name: "op") == code("refledger/v1/actor", "op"))
    let report: [UInt8] = [1, 2, 3]
    #expect(
      Commitment.evidence(salt: salt, report: report)
        == code("refledger/v1/dsn", Hex.encode(SHA256.hash(report))))
    // Computed with Python's hmac module.
    #expect(
      Commitment.address(salt: salt, normalised: address) == "naO4YvuAirhwYpFV3ikXdZH6aLPbs4a61GKwXPffpzg")
    #expect(Commitment.lookupTag(epochKey: SecretKey(salt), normalised: address) == "y_h1gCwka25DBBVu41fU_Q")
  }

  @Test("salt, kind and text each change the commitment")
  func differences() {
    let one = Commitment.address(salt: salt, normalised: address)
    #expect(one != Commitment.address(salt: Array(salt.reversed()), normalised: address))
    #expect(one != Commitment.address(salt: salt, normalised: address + "x"))
    #expect(one != Commitment.actor(salt: salt, name: address))
  }

  func receipt() throws -> Receipt {
    try Receipt(
      case: EntryTests.caseID, origin: "harbour.example/refpassport/1", salt: salt, address: address)
  }

  @Test("a receipt opens the entry of its own case, address and event")
  func opening() throws {
    let receipt = try receipt()
    func entry(_ event: EntryEvent = .sent, case id: String = EntryTests.caseID, to: String) throws -> Entry {
      try Entry(event: event, case: id, at: 1, fields: ["to": .string(to)])
    }
    #expect(receipt.opens(try entry(to: receipt.to)))
    #expect(!receipt.opens(try entry(.confirm, to: receipt.to)))
    #expect(!receipt.opens(try entry(case: Base64URL.encode(Array(repeating: 1, count: 16)), to: receipt.to)))
    let elsewhere = Commitment.address(salt: salt, normalised: "m.quill@harbour.example")
    #expect(!receipt.opens(try entry(to: elsewhere)))
    #expect(!receipt.opens(try Entry(event: .sent, case: EntryTests.caseID, at: 1)))
  }

  @Test("a receipt survives the way through its bytes")
  func roundTrip() throws {
    let bytes = try receipt().bytes()
    let again = try Receipt(parsing: bytes)
    #expect(again == (try receipt()))
    #expect(again.address == address && again.salt == salt)
    #expect(try again.bytes() == bytes)
  }

  @Test(
    "a receipt that was tampered with is refused",
    arguments: [
      ("mira", "mara"), ("\"v\":1", "\"v\":2"), ("\"v\":1", "\"v\":1,\"w\":1"), ("AAEC", "BAEC"),
      ("paWl", "!aWl"), ("harbour.example/refpassport/1", "harbour example"), ("\"v\":1", "\"v\": 1"),
      ("\"origin\"", "\"origim\""), ("mira.quill@harbour.example", ""),
    ])
  func tampered(part: String, replacement: String) throws {
    let text = String(decoding: try receipt().bytes(), as: UTF8.self)
    let changed = text.replacing(part, with: replacement)
    #expect(changed != text)
    #expect(throws: AuditError.self) { try Receipt(parsing: Array(changed.utf8)) }
  }

  @Test("a receipt prints nothing it holds")
  func redaction() throws {
    let receipt = try receipt()
    var dumped = ""
    dump(receipt, to: &dumped)
    for text in ["\(receipt)", String(reflecting: receipt), "\([receipt])", dumped] {
      #expect(!text.contains("mira") && !text.contains("harbour") && text.contains("redacted"))
    }
  }
}
