import Audit
import Cryptography
import Delivery
import Foundation
import GRDB
import Mail
import Synchronization

@testable import Store

/// A data directory of its own for one test, with the keys to open it; removed when the test lets go of it.
final class Workbench: Sendable {
  static let origin = "acme.example/refpassport/test"
  let path: String
  let kek: SecretKey
  let signer: Ed25519.PrivateKey

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/refpassport-store-\(UUID().uuidString)"
    kek = SecretKey(randomOfSize: 32)
    signer = try Ed25519.PrivateKey.generate()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var database: String { path + "/refpassport.db" }
  var slots: String { path + "/keys.slots" }
  var verifier: NoteVerifier {
    get throws { try NoteVerifier(name: Self.origin, key: signer.publicKey) }
  }

  func open(
    kek: SecretKey? = nil, signer: Ed25519.PrivateKey? = nil, origin: String = Workbench.origin,
    extraRoots: [String] = [], vocabulary: [String] = [], lookupRetention: Int64 = 0
  ) throws -> ApplianceStore {
    try ApplianceStore.open(
      dataDirectory: path, kek: kek ?? self.kek, signer: signer ?? self.signer, origin: origin,
      extraRoots: extraRoots, vocabulary: vocabulary, lookupRetention: lookupRetention)
  }

  /// Does something to the database behind the appliance's back, as somebody with the root password can.
  func tamper(_ statements: String...) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: database, configuration: configuration)
    try queue.writeWithoutTransaction { database in
      for statement in statements { try database.execute(sql: statement) }
    }
    try queue.close()
  }
}

/// A time of day for tests: 2026-11-02 09:00 UTC and so many seconds.
func time(_ seconds: Int64 = 0) -> Timestamp { Timestamp(seconds: 1_793_610_000 + seconds) }

/// A departure of a person known by a number.
func departure(_ person: Int, termination: Int = 1, start: Int? = 1) -> Departure {
  let mark = { (kind: String, value: Int) in SHA256.hash(Array("\(kind) \(value)".utf8)) }
  return Departure(
    person: PersonMark(bytes: mark("person", person)),
    termination: ValueMark(bytes: mark("end", termination)),
    start: start.map { ValueMark(bytes: mark("start", $0)) })
}

/// The canary: a leaver whose every word is unlike anything else.
let canary = LeaverFacts(
  name: "Zephyrine Quillfeather-Müller", title: "Marmalade Cartographer", department: "Umbrella Acoustics",
  start: nil, end: nil, workEmail: "z.quillfeather@acme.example")

extension ApplianceStore {
  /// Opens a case for a person, with the canary's facts and a mail that holds them.
  @discardableResult
  func admit(
    _ person: Int, facts: LeaverFacts = canary, mail: [UInt8]? = nil, at now: Timestamp = time()
  ) throws -> Case {
    let id = CaseID.random()
    let row = Case(id: id, stage: .detected, opened: now, since: now)
    let body = mail ?? Array("To: \(facts.workEmail ?? "")\r\n\r\nDear \(facts.name)\r\n".utf8)
    try open(
      NewCase(
        row: row, departure: departure(person),
        seal: [
          .facts: try CaseVault.encode(facts), .employee: Array("2288\(person)".utf8),
          .salt: Randomness.bytes(32), .mail: body,
        ],
        entries: [EntryDraft(.detect, case: id, ["from": "bob"])]), at: now)
    return row
  }

  /// Admits a case and cancels it, so that its purge is due.
  func admitCancelled(_ person: Int, facts: LeaverFacts = canary, mail: [UInt8]? = nil) throws -> Case {
    let row = try admit(person, facts: facts, mail: mail)
    let change = try row.moved(by: .cancel, at: time(10)) { $0.ground = .cancel }
    return try put(change, at: time(10))
  }

  /// Commits a step; returns the row that the next one begins with.
  @discardableResult
  func put(_ change: CaseChange, at now: Timestamp) throws -> Case {
    try commit(change, at: now)
    return change.committed
  }
}
