import Foundation
import Mail

/// The shapes a value of the configuration may have, each a parser that says what is allowed when it refuses.
enum Shape {
  /// One line of text that is not empty.
  static func text(_ text: String) throws(Misfit) -> String {
    guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      throw Misfit(allowed: "one line of text")
    }
    return text
  }

  static func boolean(_ text: String) throws(Misfit) -> Bool {
    switch text {
    case "true": true
    case "false": false
    default: throw Misfit(allowed: "true or false")
    }
  }

  /// A whole number within `range`.
  static func integer(_ range: ClosedRange<Int>) -> (String) throws(Misfit) -> Int {
    { text throws(Misfit) in
      guard let number = Int(text), range.contains(number) else {
        throw Misfit(allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
  }

  /// A number from 0 to 1.
  static func share(_ text: String) throws(Misfit) -> Double {
    guard let number = Double(text), (0...1).contains(number) else {
      throw Misfit(allowed: "a number from 0 to 1, such as 0.2")
    }
    return number
  }

  /// A span of time, in seconds.
  static func duration(_ text: String) throws(Misfit) -> Int64 {
    guard let seconds = DurationNotation.seconds(of: text) else {
      throw Misfit(allowed: "a whole number with one unit (s, m, h or d), such as 20s, 5m, 72h or 14d")
    }
    return seconds
  }

  /// One word of a closed list, the raw values of `T`.
  static func choice<T: RawRepresentable & CaseIterable>(
    _ type: T.Type
  ) -> (String) throws(Misfit) -> T where T.RawValue == String {
    { text throws(Misfit) in
      if let value = T(rawValue: text) { return value }
      let words = T.allCases.map(\.rawValue).map { $0.isEmpty ? "\"\" (empty)" : $0 }
      let meant = nearest(to: text, among: T.allCases.map(\.rawValue).filter { !$0.isEmpty })
      let list = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
      throw Misfit(allowed: list + (meant.map { "; did you mean \($0)?" } ?? ""))
    }
  }

  /// A DNS name of at least two labels in A-label form; given back in lower case.
  static func domain(_ text: String) throws(Misfit) -> String {
    guard HostName.isName(text), text.contains("."), !HostName.isAddress(text) else {
      throw Misfit(allowed: "a DNS name in its ASCII form, such as acme.example (xn--… for other alphabets)")
    }
    return text.lowercased()
  }

  /// One label of a DNS name.
  static func selector(_ text: String) throws(Misfit) -> String {
    guard HostName.isLabel(text[...]) else {
      throw Misfit(allowed: "one label of a DNS name: letters, digits and hyphens, at most 63")
    }
    return text
  }

  /// A BCP 47 tag; it names a directory, so nothing else may get through.
  static func locale(_ text: String) throws(Misfit) -> String {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let language = parts.first, (2...3).contains(language.count),
      parts.allSatisfy({ (2...8).contains($0.count) && HostName.isLabel($0) })
    else { throw Misfit(allowed: "a language tag, such as en-GB") }
    return text
  }

  /// An IANA time zone.
  static func timeZone(_ text: String) throws(Misfit) -> String {
    if (text.contains("/") || text == "UTC") && TimeZone(identifier: text) != nil { return text }
    let meant = nearest(to: text, among: TimeZone.knownTimeZoneIdentifiers)
    throw Misfit(
      allowed: "an IANA time zone, such as Europe/London or UTC"
        + (meant.map { "; did you mean \($0)?" } ?? ""))
  }

  /// A file or directory; a relative one begins at `directory`.
  static func path(in directory: String) -> (String) throws(Misfit) -> String {
    { text throws(Misfit) in
      guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
      else {
        throw Misfit(allowed: "the path of a file or directory")
      }
      return text.hasPrefix("/") ? text : (directory == "/" ? "" : directory) + "/" + text
    }
  }

  static func absolutePath(_ text: String) throws(Misfit) -> String {
    guard text.hasPrefix("/") else {
      throw Misfit(allowed: "a list of absolute paths, such as [/tmp, /var/tmp]")
    }
    return text
  }
}
