import Audit
import Delivery
import Testing

@Suite("The mix of outcomes, as a ledger recorded it")
struct RecordedMixTests {
  /// The entries of one case: its number, and what happened after so many seconds.
  private func entries(
    _ number: Int, _ events: [(EntryEvent, Int64, [String: CanonicalJSON])]
  ) throws -> [Entry] {
    let bytes = [UInt8](repeating: 0, count: 14) + [UInt8(number / 256), UInt8(number % 256)]
    return try events.map { event, seconds, fields in
      try Entry(
        event: event, case: CaseID(bytes: bytes)?.description, at: 1_790_000_000 + Int64(number) * 3600 + seconds,
        fields: fields)
    }
  }

  private func deferred(_ name: OutcomeClass) -> [String: CanonicalJSON] { ["class": .string(name.rawValue)] }

  @Test("shares come from first outcomes, times from first deferral to acceptance, never from what failed in the end")
  func mix() throws {
    var all: [Entry] = []
    for number in 0..<80 { all += try entries(number, [(.detect, 0, [:]), (.sent, 60, [:])]) }
    for number in 80..<90 {
      all += try entries(
        number,
        [
          (.deferred, 0, deferred(.greylisted)), (.deferred, 300, deferred(.network)),
          (.sent, number.isMultiple(of: 2) ? 300 : 1200, [:]), (.confirm, 9000, [:]),
        ])
    }
    for number in 90..<96 {
      all += try entries(number, [(.deferred, 0, deferred(.mailboxFull)), (.sent, 7200, [:])])
    }
    for number in 96..<98 {
      all += try entries(number, [(.deferred, 0, deferred(.mailboxFull)), (.expire, 400_000, ["why": "retry-policy"])])
    }
    all += try entries(98, [(.fail, 1, deferred(.unknownUser))])
    all += try entries(99, [(.fail, 1, deferred(.unknownUser))])
    let recorded = OutcomeMix.recorded(in: all)
    #expect(recorded.cases == 100)
    #expect(recorded.remarks.isEmpty)
    #expect(recorded.mix.accepted == 0.8 && recorded.mix.refused == 0.02)
    #expect(abs(recorded.mix.total - 1) < 1e-9)
    let grey = try #require(recorded.mix.troubles[.greylisted])
    #expect(grey.share == 0.1 && grey.never == 0)
    // Half took 300 s, half 1200 s: the factor of one deviation is two.
    #expect([300, 1200].contains(grey.clearsAfter) && abs(grey.spread - 2) < 0.001)
    let full = try #require(recorded.mix.troubles[.mailboxFull])
    #expect(full == .init(share: 0.08, clearsAfter: 7200, spread: 1, never: 0.25))
    #expect(recorded.mix.troubles.count == 2)
    // A hundred cases, one an hour.
    #expect(recorded.mix.arrivals.mailsPerDay == 24)
  }

  @Test("what was accepted and reported as failed is trouble of its own, over once it was accepted for good")
  func bounced() throws {
    var all: [Entry] = []
    for number in 0..<30 { all += try entries(number, [(.sent, 0, [:]), (.confirm, 9000, [:])]) }
    for number in 30..<36 {
      all += try entries(
        number,
        [(.sent, 0, [:]), (.bounced, 500, deferred(.bouncedSoft)), (.sent, 86_900, [:]), (.confirm, 99_000, [:])])
    }
    for number in 36..<40 {
      all += try entries(
        number,
        [
          (.sent, 0, [:]), (.bounced, 500, deferred(.bouncedSoft)), (.sent, 86_900, [:]),
          (.bounced, 90_000, deferred(.bouncedSoft)), (.expire, 90_000, ["why": "retry-policy"]),
        ])
    }
    let mix = OutcomeMix.recorded(in: all).mix
    #expect(mix.accepted == 0.75)
    #expect(mix.troubles == [.bouncedSoft: .init(share: 0.25, clearsAfter: 86_400, spread: 1, never: 0.4)])
  }

  @Test("a class seen too rarely keeps the built-in times, and that is said")
  func rare() throws {
    var all: [Entry] = []
    for number in 0..<38 { all += try entries(number, [(.sent, 0, [:])]) }
    all += try entries(38, [(.deferred, 0, deferred(.network)), (.sent, 10, [:])])
    all += try entries(39, [(.unknown, 0, ["phase": "dot"]), (.unknown, 86_400, ["choice": "resend"])])
    let recorded = OutcomeMix.recorded(in: all)
    let standard = try #require(OutcomeMix.standard.troubles[.network])
    let network = try #require(recorded.mix.troubles[.network])
    #expect(network.share == 0.025)
    #expect(network.clearsAfter == standard.clearsAfter && network.spread == standard.spread)
    #expect(recorded.remarks.count == 1)
    #expect(recorded.remarks.first?.hasSuffix("for: network (1), unknown (0).") == true)
    #expect(recorded.mix.troubles[.unknown]?.share == 0.025)
  }

  @Test("a ledger that tells too little gives the built-in mix, and says so", arguments: [0, 1, 29])
  func little(cases: Int) throws {
    let all = try (0..<cases).flatMap { try entries($0, [(.sent, 0, [:])]) }
    let recorded = OutcomeMix.recorded(in: all)
    #expect(recorded.mix == .standard && recorded.cases == cases)
    #expect(recorded.remarks.first?.contains("the built-in mix was used") == true)
  }

  @Test("a case held when its retries ended counts as never, unless it was sent after all")
  func held() throws {
    var all: [Entry] = []
    for number in 0..<30 {
      var events: [(EntryEvent, Int64, [String: CanonicalJSON])] = [
        (.deferred, 0, deferred(.policy)), (.hold, 86_400, ["why": "retries-ended"]),
      ]
      if number < 15 { events += [(.release, 90_000, [:]), (.sent, 100_000, [:])] }
      all += try entries(number, events)
    }
    let trouble = try #require(OutcomeMix.recorded(in: all).mix.troubles[.policy])
    #expect(trouble == .init(share: 1, clearsAfter: 100_000, spread: 1, never: 0.5))
  }

  @Test("what failed before it was sent, and what never belonged to a case, is no outcome")
  func others() throws {
    var all = try (0..<40).flatMap { try entries($0, [(.fail, 0, [:]), (.expire, 5, [:])]) }
    all.append(try Entry(event: .config, case: nil, at: 1_790_000_000))
    #expect(OutcomeMix.recorded(in: all).cases == 0)
  }
}
