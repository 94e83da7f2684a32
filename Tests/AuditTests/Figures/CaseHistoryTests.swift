import Audit
import Testing

@Suite("what the ledger tells of one case")
struct CaseHistoryTests {
  /// A way of a case, written as events with their fields, and where it leaves the case.
  struct Way: Sendable, CustomTestStringConvertible {
    let name: String
    let steps: [(EntryEvent, [String: CanonicalJSON])]
    /// The event of the ending that stands.
    let ending: EntryEvent?
    var isPurged = false
    var isUnknown = false
    var hold: String?
    var testDescription: String { name }
  }

  static let issued: [(EntryEvent, [String: CanonicalJSON])] = [(.detect, [:]), (.issue, [:]), (.seal, [:])]
  static let purge: (EntryEvent, [String: CanonicalJSON]) = (
    .purge,
    ["after": "confirm", "how": "shred", "scope": ["facts", "salt"], "slot": 7, "scan": ["files": 9, "hits": 0]]
  )

  static let ways: [Way] = [
    Way(name: "under way", steps: issued, ending: nil),
    Way(name: "sent", steps: issued + [(.sent, [:])], ending: nil),
    Way(name: "confirmed", steps: issued + [(.sent, [:]), (.confirm, ["how": "quiet"])], ending: .confirm),
    Way(
      name: "purged", steps: issued + [(.sent, [:]), (.confirm, ["how": "quiet"]), purge], ending: .confirm,
      isPurged: true),
    Way(name: "refused", steps: issued + [(.fail, ["class": "unknown-user"])], ending: .fail),
    Way(
      name: "refused, and the address was mended", steps: issued + [(.fail, [:]), (.operator, ["act": "redeliver"])],
      ending: nil),
    Way(
      name: "refused, and somebody looked", steps: issued + [(.fail, [:]), (.operator, ["act": "reveal"])],
      ending: .fail),
    Way(
      name: "confirmed, then bounced", steps: issued + [(.sent, [:]), (.confirm, [:]), (.bounced, [:])], ending: nil),
    Way(
      name: "confirmed, bounced for good",
      steps: issued + [(.sent, [:]), (.confirm, [:]), (.bounced, [:]), (.fail, [:])], ending: .fail),
    Way(
      name: "failed, and a report bears it out", steps: issued + [(.sent, [:]), (.fail, [:]), (.bounced, [:])],
      ending: .fail),
    Way(
      name: "a stale report, and the purge knows better",
      steps: issued + [(.sent, [:]), (.confirm, [:]), (.bounced, [:]), purge], ending: .confirm, isPurged: true),
    Way(name: "unknown", steps: issued + [(.unknown, ["phase": "dot"])], ending: nil, isUnknown: true),
    Way(
      name: "unknown, sent again", steps: issued + [(.unknown, ["phase": "dot"]), (.unknown, ["choice": "resend"])],
      ending: nil),
    Way(
      name: "unknown, a person is asked",
      steps: issued + [(.unknown, ["phase": "dot"]), (.hold, ["why": "unknown-outcome", "choice": "hold"])],
      ending: nil, isUnknown: true, hold: "unknown-outcome"),
    Way(
      name: "unknown, a report settles it",
      steps: issued + [(.unknown, ["phase": "dot"]), (.confirm, ["how": "dsn-delivered"])], ending: .confirm),
    Way(
      name: "unknown until its time is over", steps: issued + [(.unknown, ["phase": "dot"]), (.expire, [:])],
      ending: .expire, isUnknown: true),
    Way(name: "held", steps: [(.detect, [:]), (.hold, ["why": "surge"])], ending: nil, hold: "surge"),
    Way(name: "released", steps: [(.detect, [:]), (.hold, ["why": "surge"]), (.release, [:])], ending: nil),
    Way(
      name: "held, then cancelled", steps: [(.detect, [:]), (.hold, ["why": "surge"]), (.cancel, [:])], ending: .cancel),
  ]

  static func history(_ steps: [(EntryEvent, [String: CanonicalJSON])]) throws -> CaseHistory? {
    var history: CaseHistory?
    for (index, step) in steps.enumerated() {
      let bytes = try SampleLedger.entry(step.0, 1, at: Int64(100 + 10 * index), step.1)
      let entry = try Entry(parsing: bytes)
      if history == nil { history = CaseHistory(entry, at: index) } else { history?.take(entry, at: index) }
    }
    return history
  }

  @Test("where a case stands", arguments: ways)
  func stands(way: Way) throws {
    let history = try #require(try Self.history(way.steps))
    #expect(history.ending?.event == way.ending)
    #expect((history.purge != nil) == way.isPurged)
    #expect((history.unknown != nil) == way.isUnknown)
    #expect(history.hold?.reason == way.hold)
    #expect(history.opened == CaseHistory.Mark(index: 0, seconds: 100))
    #expect(history.newest.index == way.steps.count - 1)
  }

  @Test("the purge says on what ground, what was destroyed, and what the scan found")
  func purged() throws {
    let history = try #require(
      try Self.history(Self.issued + [(.sent, [:]), (.confirm, ["how": "dsn-relayed", "watched": true]), Self.purge]))
    let purge = try #require(history.purge)
    #expect((purge.after, purge.how, purge.scope) == ("confirm", "shred", ["facts", "salt"]))
    #expect((purge.slot, purge.files, purge.hits) == (7, 9, 0))
    #expect(purge.mark == CaseHistory.Mark(index: 5, seconds: 150))
    #expect(history.sent?.seconds == 130)
    #expect((history.ending?.how, history.ending?.watched) == ("dsn-relayed", true))
  }

  @Test("a second legal hold takes the place of the first; an ordinary release ends neither")
  func legalHolds() throws {
    let history = try #require(
      try Self.history(
        Self.issued + [
          (.hold, ["legal": "litigation", "review": "2027-03-31"]), (.hold, ["why": "operator"]), (.release, [:]),
          (.hold, ["legal": "authority"]), (.release, ["legal": "authority"]),
        ]))
    #expect(history.legalHolds.map(\.reason) == ["litigation", "authority"])
    #expect(history.legalHolds.map(\.review) == ["2027-03-31", nil])
    #expect(history.legalHolds.map { $0.until?.index } == [6, 7])
    #expect(history.legalHold == nil && history.hold == nil)
  }

  @Test("what comes after the purge changes nothing of how it ended")
  func afterwards() throws {
    let steps = Self.issued + [(.sent, [:]), (.confirm, ["how": "quiet"]), Self.purge]
    let before = try #require(try Self.history(steps))
    let after = try #require(try Self.history(steps + [(.bounced, [:]), (.hold, [:]), (.operator, ["act": "retry"])]))
    #expect(after.ending == before.ending && after.purge == before.purge && after.hold == nil)
    #expect(after.newest.index == 8)
  }

  @Test("an entry of no case is no history")
  func none() throws {
    #expect(CaseHistory(try Entry(parsing: try SampleLedger.entry(.config, nil, at: 1)), at: 0) == nil)
  }
}
