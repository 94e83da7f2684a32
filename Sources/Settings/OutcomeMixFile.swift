package import Delivery

/// A file that says what a relay answers on the whole, for `retry-policy simulate`.
///
/// Keys: `accepted`, `refused` (0 if left out), `classes.CLASS` with `share`, `clears_after`, `spread` (2 if left out) and
/// `never` (0 if left out), and `arrivals` with `mails_a_day`, `from` and `for` (as in the built-in mix if left out). The
/// shares must add up to 1.
package enum OutcomeMixFile {
  /// Reads and checks the file; throws all its problems together.
  package static func load(file: String) throws(ConfigurationError) -> OutcomeMix {
    var reader = OutlineReader(try Outline(file: file, known: keys))
    guard let mix = mix(&reader), reader.problems.isEmpty else { throw .invalid(reader.problems.inOrder) }
    return mix
  }

  /// An example with every key, which is the built-in mix.
  package static let example = """
    # Shares of all mails by their first outcome; together they are 1.
    accepted: 0.93
    refused: 0.01
    # Half the trouble has passed at clears_after, two thirds of it within a
    # factor of spread before and after; never is the share that does not pass.
    classes:
      greylisted:   {share: 0.03, clears_after: 6m, spread: 2, never: 0.01}
      rate-limited: {share: 0.012, clears_after: 20m, spread: 3}
      network:      {share: 0.006, clears_after: 15m, spread: 4, never: 0.05}
      system:       {share: 0.004, clears_after: 30m, spread: 4, never: 0.02}
      mailbox-full: {share: 0.005, clears_after: 18h, spread: 4, never: 0.4}
      policy:       {share: 0.002, clears_after: 6h, spread: 3, never: 0.7}
      unknown:      {share: 0.001, clears_after: 1m, spread: 2}
    arrivals: {mails_a_day: 500, from: "08:00", for: 10h}
    """

  private static let keys =
    ["accepted", "refused"]
    + OutcomeClass.allCases.flatMap { name in
      ["share", "clears_after", "spread", "never"].map { "classes.\(name.rawValue).\($0)" }
    } + ["arrivals.mails_a_day", "arrivals.from", "arrivals.for"]

  private static func mix(_ reader: inout OutlineReader) -> OutcomeMix? {
    let accepted = reader.value("accepted", hint: "the share taken at the first attempt, such as 0.93", Shape.share)
    let refused = reader.value("refused", default: 0, Shape.share)
    var troubles: [OutcomeClass: OutcomeMix.Trouble] = [:]
    for name in OutcomeClass.allCases where reader.holds("classes.\(name.rawValue)") {
      troubles[name] = trouble(&reader, "classes.\(name.rawValue)")
    }
    let standard = OutcomeMix.standard.arrivals
    let daily = reader.value("arrivals.mails_a_day", default: standard.mailsPerDay, Shape.integer(1...1_000_000))
    let begin = reader.value("arrivals.from", default: standard.begin, secondOfDay)
    let length = reader.value("arrivals.for", default: standard.length, Shape.duration)
    guard let accepted, let refused, let daily, let begin, let length, reader.problems.isEmpty else { return nil }
    guard (1...86_400).contains(length) else {
      reader.reject("arrivals.for", "must be at least 1s and at most 24h")
      return nil
    }
    let mix = OutcomeMix(
      accepted: accepted, refused: refused, troubles: troubles,
      arrivals: .init(mailsPerDay: daily, begin: begin, length: length))
    guard abs(mix.total - 1) < 0.0005 else {
      let sum = Double(Int((mix.total * 10_000).rounded())) / 10_000
      reader.reject("accepted", "must make 1 together with refused and every share; now they make \(sum)")
      return nil
    }
    return mix
  }

  private static func trouble(_ reader: inout OutlineReader, _ key: String) -> OutcomeMix.Trouble? {
    let share = reader.value("\(key).share", hint: "the share of all mails, such as 0.03", Shape.share)
    let median = reader.value("\(key).clears_after", hint: "when half of it has passed, such as 10m", Shape.duration)
    let spread = reader.value("\(key).spread", default: 2, factor)
    let never = reader.value("\(key).never", default: 0, Shape.share)
    guard let share, let median, let spread, let never else { return nil }
    guard median >= 1 else {
      reader.reject("\(key).clears_after", "must be at least 1s")
      return nil
    }
    return OutcomeMix.Trouble(share: share, clearsAfter: median, spread: spread, never: never)
  }

  private static func factor(_ text: String) throws(Misfit) -> Double {
    guard let number = Double(text), (1...1000).contains(number) else {
      throw Misfit(allowed: "a number from 1 to 1000, such as 2")
    }
    return number
  }

  private static func secondOfDay(_ text: String) throws(Misfit) -> Int64 {
    guard let time = QuietHours.TimeOfDay(parsing: text), time != .dayEnd else {
      throw Misfit(allowed: #"a time of day from "00:00" to "23:59""#)
    }
    return Int64(time.minutes) * 60
  }
}
