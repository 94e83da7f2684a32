import Mail

/// Every word on a paper for the compliance officer, in British English: the only language they are written in.
///
/// Here is how numbers and times are written; the sentences are in the extensions.
enum PaperWords {
  static let language = "en-GB"
  static func page(_ number: Int, of pages: Int) -> String { "Page \(number) of \(pages)" }

  /// `4 March 2026, 09:05:00 UTC`.
  static func time(_ seconds: Int64) -> String { "\(day(seconds)), \(clock(seconds)) UTC" }

  /// `4 March 2026, 09:05 UTC`, for when a paper was written.
  static func minute(_ seconds: Int64) -> String { "\(day(seconds)), \(clock(seconds).prefix(5)) UTC" }

  /// `2026-03-04 09:05:00`, for tables.
  static func shortTime(_ seconds: Int64) -> String {
    let text = Timestamp(seconds: seconds).iso8601
    return "\(text.prefix(10)) \(clock(seconds))"
  }

  static func day(_ seconds: Int64) -> String { Labels.british.date(Timestamp(seconds: seconds).date) }

  private static func clock(_ seconds: Int64) -> String {
    String(Timestamp(seconds: seconds).iso8601.dropFirst(11).prefix(8))
  }

  /// `1 – 31 October 2026`, `28 September – 4 October 2026`: what both days share is said once.
  static func days(from: CalendarDate, to: CalendarDate) -> String {
    let last = Labels.british.date(to)
    guard from != to else { return last }
    if (from.year, from.month) == (to.year, to.month) { return "\(from.day) – \(last)" }
    let first = Labels.british.date(from)
    return from.year == to.year ? "\(first.dropLast(5)) – \(last)" : "\(first) – \(last)"
  }

  /// The two largest units of a span: `45 s`, `12 min 5 s`, `6 d 2 h`.
  static func span(_ seconds: Int64) -> String {
    let units: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
    guard let index = units.firstIndex(where: { seconds >= $0.0 }) else { return "under 1 s" }
    let (unit, name) = units[index]
    let large = "\(grouped(Int(seconds / unit))) \(name)"
    guard index + 1 < units.count, seconds % unit >= units[index + 1].0 else { return large }
    return "\(large) \(seconds % unit / units[index + 1].0) \(units[index + 1].1)"
  }

  /// `10,000`.
  static func grouped(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// `1 case`, `2,000 cases`.
  static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(grouped(number)) \(number == 1 ? one : many)"
  }

  /// `a, b and c`.
  static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return "\(items.dropLast().joined(separator: ", ")) and \(last)"
  }
}
