import Foundation
package import Mail

/// What a retry policy would do with a number of mails, of which the mix of outcomes is known.
///
/// The mails and their fates are drawn once from the seed, so that two policies meet the same mails and the same trouble;
/// the same seed gives the same report. A mail has one trouble, of one class: every attempt meets it until it has passed.
/// An attempt takes no time, and pauses of the route are left out. A mail of unknown outcome counts as delivered when it is
/// known to be accepted.
package struct Simulation: Sendable {
  package let mix: OutcomeMix
  package let seed: UInt64
  /// Midnight before the first mail.
  package let start: Timestamp
  /// `purge.latest_after`, in seconds: the end of every mail.
  package let latest: Int64
  /// More attempts than this end the run.
  package let mostAttempts: Int
  private let mails: [DrawnMail]

  /// One mail and its fate.
  private struct DrawnMail: Sendable {
    var queued: Timestamp
    var fate: Fate
    var trouble: OutcomeClass? { if case .trouble(let name, _) = fate { name } else { nil } }
  }

  private enum Fate: Sendable {
    case accepted, refused
    /// Seconds from the first attempt until it has passed; nil: never.
    case trouble(OutcomeClass, clears: Int64?)
  }

  /// The policy would make so many attempts that nothing can be learned from counting them.
  package struct TooManyAttempts: Error, Hashable {}

  /// Most mails of one simulation.
  package static let mostMails = 1_000_000
  /// Midnight of a Monday in winter, UTC: no change of the clocks is near.
  package static let monday = Timestamp(seconds: 1_767_571_200)

  /// - Parameters:
  ///   - mails: how many, 1…`mostMails`.
  ///   - start: midnight before the first mail.
  ///   - latest: `purge.latest_after`, in seconds.
  package init(
    mix: OutcomeMix, mails: Int, seed: UInt64, start: Timestamp = Self.monday, latest: Int64 = Retention().latest,
    mostAttempts: Int = 20_000_000
  ) {
    self.mix = mix
    self.seed = seed
    self.start = start
    self.latest = latest
    self.mostAttempts = mostAttempts
    self.mails = (0..<max(1, min(mails, Self.mostMails))).map { number in
      var random = SplitMix64(seed: seed, stream: UInt64(number))
      let day = Int64(number / max(1, mix.arrivals.mailsPerDay))
      let second = mix.arrivals.begin + Int64(random.share() * Double(mix.arrivals.length))
      return DrawnMail(queued: start + (day * 86_400 + second), fate: Self.fate(mix, &random))
    }
  }

  private static func fate(_ mix: OutcomeMix, _ random: inout SplitMix64) -> Fate {
    var draw = random.share() * mix.total
    let (never, normal) = (random.share(), random.normal())
    if draw < mix.accepted { return .accepted }
    draw -= mix.accepted
    if draw < mix.refused { return .refused }
    draw -= mix.refused
    for name in OutcomeClass.allCases {
      guard let trouble = mix.troubles[name] else { continue }
      if draw < trouble.share {
        let seconds = Double(trouble.clearsAfter) * pow(trouble.spread, normal)
        return .trouble(name, clears: never < trouble.never ? nil : Int64(max(1, min(seconds, 1e12))))
      }
      draw -= trouble.share
    }
    return .accepted
  }

  /// Runs all mails through `policy`. `progress` is told now and then which share of them has ended, 0…1.
  package func run(
    _ policy: RetryPolicy, progress: (Double) -> Void = { _ in }
  ) throws(TooManyAttempts) -> SimulationReport {
    var ways = mails.indices.map { Way(random: SplitMix64(seed: ~seed, stream: UInt64($0))) }
    var (agenda, line, head) = (Agenda(), [Int](), 0)
    for (number, mail) in mails.enumerated() { agenda.add(number, at: mail.queued) }
    var meter = policy.rateLimit.map(RateMeter.init)
    var (now, attempts, ended) = (start, 0, 0)
    var load = RelayLoad(start: start)
    while true {
      while let number = agenda.take(at: now) { line.append(number) }
      guard head < line.count else {
        (line, head) = ([], 0)
        guard let next = agenda.next else { break }
        now = next
        continue
      }
      if let end = policy.quietHours?.end(at: now) ?? meter?.take(at: now) {
        now = end
        continue
      }
      let number = line[head]
      head += 1
      load.count(at: now)
      attempts += 1
      guard attempts <= mostAttempts else { throw TooManyAttempts() }
      if let next = attempt(mails[number], &ways[number], policy, at: now) {
        agenda.add(number, at: next)
      } else {
        ended += 1
      }
      if attempts % 8192 == 0 { progress(Double(ended) / Double(mails.count)) }
    }
    progress(1)
    return SimulationReport(ways: zip(mails, ways).map { $1.result(of: $0.trouble, queued: $0.queued) }, load: load)
  }

  /// What one mail has been through.
  private struct Way {
    var random: SplitMix64
    var attempts = 0
    var first: Timestamp?
    var late = false
    var end: SimulationReport.End?
    var delivered: Timestamp?

    func result(of trouble: OutcomeClass?, queued: Timestamp) -> SimulationReport.Result {
      SimulationReport.Result(
        trouble: trouble, attempts: attempts, end: end ?? .expired, late: late, seconds: delivered.map { $0 - queued })
    }
  }

  /// One attempt; when the next is due, nil if there is none.
  private func attempt(_ mail: DrawnMail, _ way: inout Way, _ policy: RetryPolicy, at now: Timestamp) -> Timestamp? {
    way.attempts += 1
    let first = way.first ?? now
    way.first = first
    guard case .trouble(let name, let clears) = mail.fate else {
      if case .refused = mail.fate {
        way.end = .refused
      } else {
        (way.end, way.delivered) = (.delivered, now)
      }
      return nil
    }
    if let clears, way.attempts > 1, now - first >= clears {
      (way.end, way.delivered) = (.delivered, now)
      return nil
    }
    let next: RetryPolicy.Next
    if name == .unknown {
      next = policy.unknown.then == .hold ? .end(.hold) : .retry(at: policy.allowed(now + max(1, policy.unknown.after)))
    } else {
      next = policy.next(
        after: name, attempts: way.attempts, queued: mail.queued, now: now, random: way.random.share(), told: way.late)
    }
    if case .retryTelling = next { way.late = true }
    if case .end(let ending) = next { way.end = ending == .hold ? .held : .undeliverable }
    guard let time = next.time, time - mail.queued < latest else {
      way.end = way.end ?? .expired
      return nil
    }
    return time
  }
}
