import Audit
import Testing

@Suite("what the ledger tells of a period")
struct PeriodFiguresTests {
  /// Ten parts of a hundred seconds each, from 1000 to 2000.
  static let period = LedgerPeriod(
    from: "2026-10-01", to: "2026-10-10", timeZone: "UTC", seconds: 1000..<2000,
    parts: Array(stride(from: 1000, to: 2000, by: 100)))

  /// One line: event, case, time, fields.
  typealias Line = (event: EntryEvent, number: UInt8?, at: Int64, fields: [String: CanonicalJSON])

  static func figures(
    _ lines: [Line], period: LedgerPeriod = period, raw: [[UInt8]] = []
  ) throws -> PeriodFigures {
    let entries = try lines.map { try SampleLedger.entry($0.event, $0.number, at: $0.at, $0.fields) } + raw
    var run = LedgerVerifier.Run(
      checkpoint: try SampleLedger.head(of: entries), vkey: SampleLedger.signer.verifier.vkey, entries: entries.count)
    var figures = PeriodFigures(period)
    for bytes in entries { figures.take(run.take(bytes)) }
    figures.finish(overdue: run.finish())
    return figures
  }

  /// A case from its first entry to the one that ends it, without the purge.
  static func way(_ number: UInt8, at begin: Int64, to ending: EntryEvent, _ fields: [String: CanonicalJSON] = [:])
    -> [Line]
  {
    [
      (.detect, number, begin, [:]), (.issue, number, begin + 1, [:]), (.seal, number, begin + 1, [:]),
      (.sent, number, begin + 5, [:]), (ending, number, begin + 50, fields),
    ]
  }

  static func purge(_ number: UInt8, at seconds: Int64, after: String, hits: Int64 = 0) -> Line {
    (.purge, number, seconds, ["after": .string(after), "scan": ["files": 9, "hits": .integer(hits)]])
  }

  @Test("an empty period is all zeros, and the empty ledger too")
  func empty() throws {
    let before = Self.way(1, at: 100, to: .confirm, ["how": "quiet"]) + [Self.purge(1, at: 200, after: "confirm")]
    for lines in [[], before, [(.detect, 2, 2000, [:])], before + [(.detect, 2, 5000, [:])]] as [[Line]] {
      let figures = try Self.figures(lines)
      #expect(figures.entries == 0 && figures.opened == 0 && figures.purged == 0 && figures.openAtStart == 0)
      #expect(figures.standing == PeriodStanding() && figures.exceptions == [])
      #expect(PeriodFigures.Measure.allCases.allSatisfy { figures.spread($0).count == 0 })
    }
  }

  @Test("every outcome is counted once, by the way it came about")
  func outcomes() throws {
    var lines: [Line] = []
    for (index, how) in ["dsn-delivered", "dsn-relayed", "quiet", "quiet", "operator"].enumerated() {
      lines += Self.way(UInt8(1 + index), at: 1100, to: .confirm, ["how": .string(how)])
    }
    lines +=
      Self.way(11, at: 1100, to: .fail) + Self.way(12, at: 1100, to: .expire) + Self.way(13, at: 1100, to: .cancel)
    lines += [(.detect, 14, 1100, [:])]
    lines.sort { $0.at < $1.at }
    lines.append(Self.purge(1, at: 1200, after: "confirm"))
    let figures = try Self.figures(lines)
    let standing = figures.standing
    #expect(standing.confirmed == ["dsn-delivered": 1, "dsn-relayed": 1, "quiet": 2, "operator": 1])
    #expect(standing.confirmations == 5)
    #expect((standing.undeliverable, standing.expired, standing.cancelled) == (1, 1, 1))
    #expect((figures.opened, figures.issued, figures.purged) == (9, 8, 1))
    #expect((standing.open, standing.awaitingPurge) == (8, 7))
    #expect(figures.openedPerPart == [0, 9] + Array(repeating: 0, count: 8))
    #expect(figures.purgedPerPart == [0, 0, 1] + Array(repeating: 0, count: 7))
  }

  @Test("what was confirmed and then bounced is not confirmed")
  func reopened() throws {
    let lines =
      Self.way(1, at: 1100, to: .confirm, ["how": "quiet"])
      + [(.bounced, 1, 1300, ["reason": "user_unknown"]), (.fail, 1, 1300, ["why": "bounced"])]
    let standing = try Self.figures(lines).standing
    #expect(standing.confirmations == 0 && standing.undeliverable == 1)
  }

  @Test("the borders: the first second belongs to the period, the first one after it does not")
  func borders() throws {
    let lines: [Line] = [
      (.detect, 1, 999, [:]), (.detect, 2, 1000, [:]), (.detect, 3, 1999, [:]), (.detect, 4, 2000, [:]),
    ]
    let figures = try Self.figures(lines)
    #expect((figures.openAtStart, figures.opened, figures.standing.open, figures.entries) == (1, 2, 3, 2))
    #expect(figures.openedPerPart.first == 1 && figures.openedPerPart.last == 1)
  }

  @Test("a duration belongs to the period in which it ends")
  func durations() throws {
    let lines: [Line] =
      Self.way(1, at: 900, to: .confirm, ["how": "quiet"]).filter { $0.at < 950 }
      + [(.confirm, 1, 1005, ["how": "quiet"]), Self.purge(1, at: 1010, after: "confirm")]
      + Self.way(2, at: 1100, to: .fail) + [Self.purge(2, at: 1400, after: "fail")]
      + Self.way(3, at: 1950, to: .confirm, ["how": "quiet"])
    let figures = try Self.figures(lines)
    #expect(figures.spread(.openedToSent) == Spread([5, 5]))
    #expect(figures.spread(.sentToConfirmed) == Spread([100]))
    #expect(figures.spread(.openedToPurged) == Spread([110, 300]))
    #expect(figures.spread(.confirmedToPurged) == Spread([5]))
  }

  @Test("unknown outcomes: how many, what was decided, which are open, and which were never resolved")
  func unknown() throws {
    func lost(_ number: UInt8, at seconds: Int64) -> [Line] {
      Self.way(number, at: seconds, to: .unknown, ["phase": "dot"]).filter { $0.event != .sent }
    }
    let lines =
      lost(1, at: 1000) + lost(2, at: 1100) + lost(3, at: 1200) + lost(4, at: 1300)
      + [
        (.unknown, 1, 1400, ["choice": "resend"]), (.sent, 1, 1410, [:]),
        (.hold, 2, 1420, ["why": "unknown-outcome", "choice": "hold"]),
        (.expire, 3, 1500, ["why": "latest-after"]), Self.purge(3, at: 1510, after: "expire"),
      ]
    let figures = try Self.figures(lines)
    #expect(figures.unknowns == 4 && figures.unknownChoices == ["resend": 1, "hold": 1])
    #expect(figures.standing.unknown.map(\.case) == [SampleLedger.caseID(2), SampleLedger.caseID(4)])
    #expect(figures.standing.held.map(\.why) == ["unknown-outcome"])
    let exception = try #require(figures.exceptions.first)
    #expect(figures.exceptions.count == 1)
    #expect((exception.kind, exception.case, exception.index) == (.neverResolved, SampleLedger.caseID(3), 11))
  }

  @Test("holds by reason, legal holds with theirs, and what people did")
  func people() throws {
    let by: CanonicalJSON = "c29tZWJvZHk"
    let lines: [Line] = [
      (.detect, 1, 1000, [:]), (.detect, 2, 1000, [:]), (.detect, 3, 1000, [:]),
      (.hold, 1, 1001, ["why": "surge"]), (.hold, 2, 1001, ["why": "surge"]),
      (.hold, 3, 1002, ["why": "operator", "by": by]), (.release, 1, 1100, ["by": by]),
      (.hold, 2, 1200, ["legal": "litigation", "review": "2027-01-01", "by": by]),
      (.release, 2, 1300, ["legal": "litigation", "by": by]), (.hold, 3, 1400, ["legal": "authority", "by": by]),
      (.operator, nil, 1500, ["act": "lookup", "found": 1, "by": by]), (.operator, nil, 1501, ["act": "lookup"]),
      (.operator, 1, 1502, ["act": "reveal", "by": by]), (.cancel, 1, 1503, ["by": by]),
    ]
    let figures = try Self.figures(lines)
    #expect(figures.holds == ["surge": 2, "operator": 1] && figures.releases == 1)
    #expect(
      figures.acts == [
        "hold": 1, "release": 1, "legal-hold": 2, "legal-release": 1, "lookup": 2, "reveal": 1, "cancel": 1,
      ])
    #expect(figures.standing.held.map(\.why) == ["surge", "operator"])
    #expect(figures.standing.legalHolds.map(\.why) == ["authority"])
    #expect(figures.exceptions.map(\.kind) == [.legalHold, .legalRelease, .legalHold])
    #expect(figures.exceptions.map(\.detail) == ["litigation", "litigation", "authority"])
  }

  @Test("what the verifier finds is listed where it stands, and is not judged anew")
  func broken() throws {
    let lines: [Line] =
      [(.config, nil, 900, ["purgeLatest": 10])] + Self.way(1, at: 1000, to: .confirm, ["how": "quiet"])
      + Self.way(2, at: 1100, to: .fail)
      + [
        Self.purge(1, at: 90_000, after: "confirm"), Self.purge(2, at: 90_001, after: "fail", hits: 3),
        (.revoke, 1, 90_002, ["why": "reissued"]), (.restore, nil, 90_003, [:]),
        (.bounced, 1, 90_004, ["reason": "mailbox_full"]), (.epochDestroyed, nil, 90_005, ["epoch": "2025Q3"]),
        (.keyRotate, nil, 90_006, [:]), (.config, nil, 90_007, ["purgeLatest": 20]), (.detect, 3, 90_008, [:]),
        (.operator, nil, 200_000, ["act": "lookup"]), (.operator, nil, 199_999, ["act": "lookup"]),
      ]
    let long = LedgerPeriod(from: "a", to: "b", timeZone: "UTC", seconds: 1000..<300_000, parts: [1000])
    let figures = try Self.figures(lines, period: long)
    let texts = figures.exceptions.filter { $0.kind == .broken }.map { "\($0.index) \($0.detail)" }
    #expect(
      texts == [
        "11 purge later than the ledger promises", "12 purge later than the ledger promises",
        "12 purge whose scan still found something", "14 restore that does not cite the ledger it goes on from",
        "21 the time is before that of an earlier entry",
      ])
    #expect(
      figures.exceptions.filter { $0.kind != .broken }.map(\.kind) == [.revoked, .lateBounce, .overdue])
    #expect(figures.exceptions.last?.case == SampleLedger.caseID(3))
    #expect(figures.epochsDestroyed.map(\.epoch) == ["2025Q3"] && figures.keyRotations.count == 1)
    #expect(figures.configurations.map(\.index) == [18] && figures.promise == 20)
  }

  @Test("a restore is told of in every period of which something is lost, with what came back")
  func restored() throws {
    let lines: [Line] = [(.config, nil, 900, [:]), (.detect, 1, 950, [:])]
    let entries = try lines.map { try SampleLedger.entry($0.0, $0.1, at: $0.2, $0.3) }
    let head = try Checkpoint(origin: "old.example/refpassport/1", size: 2, root: MerkleTree.root(ofEntries: entries))
    let fields = Succession(from: head, known: 7).fields
    for (seconds, told) in [(Int64(9_000_000), true), (1_100, true), (960, false)] {
      let figures = try Self.figures(lines + [(.restore, nil, seconds, fields)])
      #expect(figures.exceptions.map(\.kind) == (told ? [.restored] : []), "\(seconds)")
      #expect(figures.exceptions.map(\.detail) == (told ? ["2 of 7"] : []))
    }
  }

  @Test("the afterword of a case whose entries are gone opens no case")
  func remnant() throws {
    let gone = LedgerLine.pruned(leaf: Array(repeating: 1, count: 32)).bytes
    let figures = try Self.figures(
      [(.config, nil, 900, [:])],
      raw: [
        gone, try SampleLedger.entry(.revoke, 1, at: 1_100, ["why": "reissued"]),
        try SampleLedger.entry(.detect, 2, at: 1_101),
      ])
    #expect(figures.opened == 1 && figures.standing.open == 1)
    #expect(figures.exceptions.map(\.kind) == [.revoked])
  }

  @Test("an outcome that nobody knew stays so if the mail went once more and nothing came of it")
  func unresolved() throws {
    for (last, told) in [(EntryEvent.sent, false), (.deferred, true), (.fail, false)] {
      var lines: [Line] = [
        (.config, nil, 900, [:]), (.issue, 1, 1000, [:]), (.seal, 1, 1000, [:]), (.unknown, 1, 1001, [:]),
        (.unknown, 1, 1002, ["choice": "resend"]), (last, 1, 1003, [:]),
      ]
      if last != .fail { lines.append((.expire, 1, 1004, [:])) }
      lines.append(Self.purge(1, at: 1005, after: last == .fail ? "fail" : "expire"))
      #expect(try Self.figures(lines).exceptions.map(\.kind) == (told ? [.neverResolved] : []), "\(last)")
    }
  }

  @Test("lines whose contents are gone are counted, and nothing else is made of them")
  func pruned() throws {
    let gone = LedgerLine.pruned(leaf: Array(repeating: 1, count: 32)).bytes
    let way: [Line] = [(.config, nil, 900, [:])] + Self.way(1, at: 1000, to: .confirm, ["how": "quiet"])
    let figures = try Self.figures(way, raw: [gone, gone])
    #expect(figures.entries == 5 && figures.pruned == 2 && figures.exceptions == [])
    // One may have been of the period if the readable lines around it do not tell otherwise.
    let next = { (seconds: Int64) in try SampleLedger.entry(.operator, nil, at: seconds) }
    for (raw, entries, pruned) in [
      ([gone], 0, 1), ([gone, try next(6)], 0, 0), ([gone, gone, try next(9_000_000)], 0, 2),
      ([gone, try next(1001), gone], 1, 2), ([try next(9_000_000), gone], 0, 0),
    ] {
      let around = try Self.figures([(.detect, 1, 5, [:])], raw: raw)
      #expect(around.entries == entries && around.pruned == pruned, "\(raw.count)")
    }
    // What is damaged is no such line.
    let damaged = try Self.figures(way, raw: [[]])
    #expect(damaged.entries == 6 && damaged.pruned == 0 && damaged.exceptions.map(\.kind) == [.broken])
  }

  @Test("the list of exceptions is bounded")
  func bounded() throws {
    let lines: [Line] = [(.detect, 1, 1000, [:])] + (0..<450).map { _ in (.revoke, 1, 1001, [:]) }
    let figures = try Self.figures(lines)
    #expect(figures.exceptions.count == PeriodFigures.maximumExceptions && figures.furtherExceptions == 50)
  }

  @Test(
    "in which part of the period a second lies",
    arguments: [(999, nil), (1000, 0), (1099, 0), (1100, 1), (1999, 9), (2000, nil)] as [(Int64, Int?)])
  func parts(second: Int64, index: Int?) {
    #expect(Self.period.index(of: second) == index)
  }
}

@Suite("the account of one case")
struct CaseAccountTests {
  private func account(_ number: UInt8, in ledger: SampleLedger) -> (CaseAccount, LedgerVerifier.Run) {
    var run = LedgerVerifier.Run(
      checkpoint: ledger.checkpoint, vkey: ledger.vkey, held: ledger.held, entries: ledger.entries.count)
    var account = CaseAccount(of: SampleLedger.caseID(number))
    for bytes in ledger.entries { account.take(run.take(bytes)) }
    run.finish()
    account.finish(run)
    return (account, run)
  }

  @Test("its entries with their places, and what was promised when it was opened")
  func honest() throws {
    let (account, run) = account(1, in: try SampleLedger())
    #expect(account.lines.map(\.index) == [1, 2, 3, 4, 9, 10, 21])
    #expect(account.faults == [] && account.keptPromise == true)
    #expect(account.promise == CasePromise(seconds: 500, lent: 0))
    #expect(run.isSigned && run.report.ok)
  }

  @Test("a late purge, a legal hold that lends its time, and no promise at all")
  func promises() throws {
    var ledger = try SampleLedger()
    ledger.entries += [
      try SampleLedger.entry(.detect, 5, at: 200), try SampleLedger.entry(.cancel, 5, at: 201),
      try SampleLedger.entry(.hold, 5, at: 300, ["legal": "litigation"]),
      try SampleLedger.entry(.release, 5, at: 1300, ["legal": "litigation"]),
      try SampleLedger.purge(5, at: 90_000, after: "cancel"),
      try SampleLedger.entry(.epochDestroyed, nil, at: 90_000, ["epoch": "2025Q3"]),
    ]
    try ledger.resign()
    let (late, _) = account(5, in: ledger)
    #expect(late.promise == CasePromise(seconds: 500, lent: 1000) && late.keptPromise == false)
    #expect(
      late.faults.map(\.text) == ["purge later than the ledger promises"]
        && late.epochsDestroyed.keys.sorted() == ["2025Q3"])
    let (absent, _) = account(9, in: ledger)
    #expect(absent.history == nil && absent.promise == nil && absent.keptPromise == nil)
    var silent = try SampleLedger()
    silent.entries.removeFirst()
    try silent.resign()
    #expect(account(1, in: silent).0.keptPromise == nil)
  }

  @Test("an altered entry is told apart from a broken rule")
  func altered() throws {
    var ledger = try SampleLedger()
    ledger.edit(9, "quiet", "noisy")
    #expect(account(1, in: ledger).1.isSigned == false)
    var late = try SampleLedger()
    late.entries.append(try SampleLedger.entry(.seal, 6, at: 200))
    try late.resign()
    let (_, run) = account(1, in: late)
    #expect(run.isSigned && !run.report.ok)
    var short = try SampleLedger()
    short.entries.removeLast()
    #expect(account(1, in: short).1.isSigned == false)
  }
}
