package import Foundation
package import Mail

/// The hours of the day in which nothing is sent, by the wall clock of the organisation.
///
/// They begin at `from` and end at `to`, which lies on the next day unless it is later than `from`. `days` are the days on
/// which they *begin*: from 22:00 to 06:00 on Friday ends on Saturday morning. Where the clocks are changed, a time that
/// does not exist counts as the moment of the change, and of a time that exists twice the first begins the quiet hours
/// and the second ends them.
package struct QuietHours: Sendable, Hashable {
  package let from: TimeOfDay
  package let to: TimeOfDay
  package let days: Set<Weekday>
  package let timeZone: TimeZone

  /// Nil if `from` is 24:00 or equals `to`, if there are no days, or if no moment of the week would be left for sending.
  package init?(from: TimeOfDay, to: TimeOfDay, days: Set<Weekday> = Set(Weekday.allCases), timeZone: TimeZone) {
    guard from != to, from.minutes < TimeOfDay.dayEnd.minutes, !days.isEmpty else { return nil }
    if from.minutes == 0, to == .dayEnd, days.count == Weekday.allCases.count { return nil }
    self.from = from
    self.to = to
    self.days = days
    self.timeZone = timeZone
  }

  /// When sending is allowed again; nil if it is allowed at `now`.
  package func end(at now: Timestamp) -> Timestamp? {
    var time = now
    // Quiet hours that touch each other are one; a week and two days hold every chain of them.
    for _ in 0..<9 {
      guard let end = window(at: time) else { break }
      time = end
    }
    return time == now ? nil : time
  }

  /// The end of the quiet hours that hold `time`.
  private func window(at time: Timestamp) -> Timestamp? {
    let today = local(time).date.daysSince1970
    // Those that began yesterday may reach into today.
    for day in [today - 1, today] where days.contains(Weekday(daysSince1970: day)) {
      let begin = moment(day: day, from, second: false)
      let end = moment(day: to.minutes > from.minutes ? day : day + 1, to, second: true)
      if begin <= time, time < end { return end }
    }
    return nil
  }

  private func local(_ time: Timestamp) -> Timestamp { time + offset(at: time) }

  /// Seconds by which the zone is ahead of UTC.
  private func offset(at time: Timestamp) -> Int64 {
    Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(time.seconds))))
  }

  /// The moment at which the wall clock shows `time` on a day: the second one if it does twice and `second` is asked for,
  /// the change itself if the clocks skip it.
  private func moment(day: Int64, _ time: TimeOfDay, second: Bool) -> Timestamp {
    let wall = Timestamp(seconds: day * 86_400 + Int64(time.minutes) * 60)
    // No zone is a day and a half away from UTC, and none is changed twice within three days.
    let before = offset(at: wall + -129_600)
    let after = offset(at: wall + 129_600)
    let valid = [before, after].map { wall + -$0 }.filter { local($0) == wall }
    if let first = valid.min(), let last = valid.max() { return second ? last : first }
    // Skipped: half the span between the two readings until the change is found.
    var (early, late) = (wall + -129_600, wall + 129_600)
    while late - early > 1 {
      let middle = early + (late - early) / 2
      if offset(at: middle) == before { early = middle } else { late = middle }
    }
    return late
  }
}

extension QuietHours {
  /// A time of day in whole minutes, 00:00…24:00.
  package struct TimeOfDay: Sendable, Hashable, CustomStringConvertible {
    /// Minutes since midnight, 0…1440.
    package let minutes: Int

    /// 24:00, the end of the day.
    package static let dayEnd = TimeOfDay(minutes: 1440)

    private init(minutes: Int) { self.minutes = minutes }

    /// Reads `22:00`, two digits each, and nothing else.
    package init?(parsing text: String) {
      let bytes = Array(text.utf8)
      let digits = [0, 1, 3, 4].compactMap { bytes.count == 5 ? Int(bytes[$0]) - 48 : nil }
      guard digits.count == 4, bytes[2] == UInt8(ascii: ":"), digits.allSatisfy({ (0...9).contains($0) }) else {
        return nil
      }
      let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
      guard minute < 60, hour < 24 || (hour == 24 && minute == 0) else { return nil }
      minutes = hour * 60 + minute
    }

    package var description: String {
      [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
  }

  /// A day of the week; the raw values are words of `retry-policy.yaml`.
  package enum Weekday: String, Sendable, Hashable, CaseIterable, Codable {
    case monday = "mon"
    case tuesday = "tue"
    case wednesday = "wed"
    case thursday = "thu"
    case friday = "fri"
    case saturday = "sat"
    case sunday = "sun"

    /// The first of January 1970 was a Thursday.
    init(daysSince1970 days: Int64) {
      let index = Int(((days + 3) % 7 + 7) % 7)
      self = Self.allCases[index]
    }
  }
}
