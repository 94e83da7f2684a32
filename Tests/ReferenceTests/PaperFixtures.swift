import Audit
import Cryptography
import Delivery
import Foundation
import Mail

@testable import Reference

/// A ledger written by hand or by dice, and the papers an employer makes from it.
struct PaperStage {
  let employer: Employer
  var entries: [[UInt8]] = []
  private var seconds: Int64 = 0

  init(_ employer: Employer? = nil) throws { self.employer = try employer ?? Employer() }

  static func caseID(_ number: Int) -> String {
    Base64URL.encode(Array(SHA256.hash(Array("case \(number)".utf8))[..<16]))
  }

  /// Appends an entry; times never decrease, as in the appliance.
  mutating func add(
    _ event: EntryEvent, _ number: Int? = nil, at time: Int64, _ fields: [String: CanonicalJSON] = [:]
  ) throws {
    seconds = max(seconds, time)
    let nonce = Array(SHA256.hash(Array("\(entries.count)".utf8))[..<16])
    entries.append(
      try Entry(event: event, case: number.map(Self.caseID), at: seconds, fields: fields, nonce: nonce).bytes)
  }

  mutating func purge(
    _ number: Int, at time: Int64, after: String, scope: [String] = ["document", "envelope", "facts", "mail", "salt"],
    hits: Int64 = 0
  ) throws {
    try add(
      .purge, number, at: time,
      [
        "after": .string(after), "how": "shred", "scope": .array(scope.map { .string($0) }), "slot": 3,
        "scan": ["files": 12, "hits": .integer(hits)],
      ])
  }

  /// The ordinary way of one case up to the purge.
  mutating func whole(_ number: Int, from begin: Int64) throws {
    try add(.detect, number, at: begin, ["from": "bob", "tag": "QWxtb3N0IGFueXRoaW5n"])
    try add(.issue, number, at: begin + 2, ["kid": "REF1._refpassport.acme.example"])
    try add(.seal, number, at: begin + 3)
    try add(.sent, number, at: begin + 10, ["code": 250, "tag": "QWxtb3N0IGFueXRoaW5n", "attempt": 1])
    try add(.confirm, number, at: begin + 518_410, ["how": "quiet", "watched": true, "seconds": 518_400])
    try purge(number, at: begin + 518_470, after: "confirm")
  }

  func note(_ size: Int) throws -> String {
    try employer.ledger.sign(
      Checkpoint(
        origin: employer.ledger.verifier.name, size: size, root: MerkleTree.root(ofEntries: Array(entries[..<size])))
    ).serialised
  }

  var issuer: PaperIssuer {
    get throws {
      try PaperIssuer(
        organisation: employer.organisation, keys: employer.keys, selector: employer.selector, ledger: employer.ledger)
    }
  }

  private func walked(_ body: (LedgerVerifier.Step) -> Void) throws -> (LedgerVerifier.Run, LedgerEvidence, [Int]) {
    let checkpoint = try note(entries.count)
    let vkey = employer.ledger.verifier.vkey
    var run = LedgerVerifier.Run(checkpoint: checkpoint, vkey: vkey, entries: entries.count)
    for bytes in entries { body(run.take(bytes)) }
    let overdue = run.finish()
    return (
      run, LedgerEvidence(vkey: vkey, entries: entries.count, checkpoint: checkpoint, verification: run.report), overdue
    )
  }

  /// What a certificate of a case is made from.
  func certificate(_ number: Int) throws -> DeletionCertificate {
    var account = CaseAccount(of: Self.caseID(number))
    let (run, evidence, _) = try walked { account.take($0) }
    account.finish(run)
    let leaves = entries.map(MerkleTree.leafHash)
    let index = account.history?.purge?.mark.index ?? 0
    let proof = TlogProof(
      index: index, hashes: MerkleTree.inclusionProof(index: index, leafHashes: leaves) ?? [], extra: entries[index],
      checkpoint: try SignedNote(parsing: try note(entries.count)))
    return DeletionCertificate(
      account: account, ledger: evidence, isSigned: run.isSigned, proof: proof, lookupRetention: 365 * 86_400)
  }

  /// What a report is made from; `start` and `end` are the sizes of the checkpoints at the borders of the period.
  func report(_ period: LedgerPeriod, start: Int? = nil, end: Int? = nil) throws -> AuditReport {
    var figures = PeriodFigures(period)
    let (_, evidence, overdue) = try walked { figures.take($0) }
    figures.finish(overdue: overdue)
    var growth: AuditReport.Growth?
    if let start, let end {
      let leaves = entries[..<end].map { MerkleTree.leafHash($0) }
      growth = AuditReport.Growth(
        start: try note(start),
        proof: ConsistencyProof(
          oldSize: start, hashes: MerkleTree.consistencyProof(from: start, leafHashes: leaves) ?? [],
          checkpoint: try SignedNote(parsing: try note(end))))
    }
    return AuditReport(
      figures: figures, ledger: evidence, start: try start.map(note), end: try end.map(note), growth: growth)
  }

  static func file(_ name: String, _ bytes: [UInt8]) -> Attachment {
    Attachment(name: name, mediaType: "text/plain", relationship: .data, description: "", bytes: bytes)
  }

  /// October 2026 in London, in which the clocks go back.
  static let october: LedgerPeriod = period("2026-10-01", "2026-10-31")

  static func period(_ from: String, _ to: String, zone: String = "Europe/London") -> LedgerPeriod {
    guard let first = CalendarDate(machine: from), let last = CalendarDate(machine: to),
      let timeZone = TimeZone(identifier: zone),
      let period = LedgerPeriod(from: first, to: last, timeZone: timeZone)
    else { fatalError("the sample period is broken") }
    return period
  }

  /// Many cases in two months, of every kind there is, always the same.
  static func busy(cases: Int) throws -> PaperStage {
    var stage = try PaperStage()
    var dice = SeededGenerator(state: 300)
    let begin = october.seconds.lowerBound - 30 * 86_400
    var planned: [(at: Int64, event: EntryEvent, number: Int, fields: [String: CanonicalJSON])] = []
    for number in 0..<cases {
      let opened = begin + Int64.random(in: 0..<(61 * 86_400), using: &dice)
      plan(number, from: opened, &dice, &planned)
    }
    try stage.add(.config, at: begin, ["sha256": "c0ffee", "purgeLatest": .integer(45 * 86_400)])
    for step in planned.enumerated().sorted(by: { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }) {
      let (at, event, number, fields) = step.element
      guard at < october.seconds.upperBound + 10 * 86_400 else { break }
      if event == .purge {
        try stage.purge(number, at: at, after: fields["after"]?.string ?? "")
      } else {
        try stage.add(event, event == .operator && number < 0 ? nil : number, at: at, fields)
      }
    }
    return stage
  }

  private static func plan(
    _ number: Int, from opened: Int64, _ dice: inout SeededGenerator,
    _ planned: inout [(at: Int64, event: EntryEvent, number: Int, fields: [String: CanonicalJSON])]
  ) {
    var now = opened
    func later(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &dice) }
    func add(_ event: EntryEvent, _ fields: [String: CanonicalJSON] = [:]) {
      planned.append((now, event, number, fields))
    }
    add(.detect, ["from": "bob"])
    if number % 17 == 0 {
      add(.hold, ["why": number % 2 == 0 ? "no-address" : "too-old"])
      now += later(3600...400_000)
      if number % 34 == 0 {
        add(.cancel, ["by": "c29tZWJvZHk"])
        now += 30
        add(.purge, ["after": "cancel"])
        return
      }
      add(.release, ["by": "c29tZWJvZHk"])
    }
    now += later(2...40)
    add(.issue)
    add(.seal)
    for _ in 0..<(number % 5 == 0 ? 3 : 0) {
      now += later(60...4000)
      add(.deferred, ["class": "greylisted", "code": 451])
    }
    now += later(3...900)
    if number % 41 == 3 {
      add(.unknown, ["phase": "dot", "attempt": 1])
      now += 86_400
      add(.unknown, ["choice": "resend"])
      now += later(5...60)
    }
    if number % 29 == 4 {
      add(.fail, ["class": "unknown-user", "code": 550])
      now += 14 * 86_400
      add(.purge, ["after": "fail"])
      return
    }
    add(.sent, ["code": 250])
    let how = ["quiet", "quiet", "quiet", "dsn-delivered", "dsn-relayed"][number % 5]
    now +=
      how == "quiet" ? 518_400 + later(0...900) : how == "dsn-relayed" ? 86_400 + later(0...900) : later(5...40_000)
    if number % 97 == 50 { add(.hold, ["legal": "litigation", "review": "2027-03-31", "by": "c29tZWJvZHk"]) }
    add(.confirm, ["how": .string(how), "watched": true])
    if number % 97 == 50 { return }
    now += later(1...900)
    add(.purge, ["after": "confirm"])
    if number % 53 == 7 {
      now += later(3600...90_000)
      add(.revoke, ["why": "reissued"])
    }
    if number % 23 == 1 {
      now += 60
      planned.append((now, .operator, -1, ["act": "lookup", "found": 1]))
    }
  }
}
