/// What a relay offered in its EHLO reply (RFC 5321 §4.1.1.1).
package struct Capabilities: Sendable, Hashable {
  /// RFC 3461.
  package var dsn = false
  /// RFC 1870: the largest message in octets; nil if SIZE is not offered or names no limit.
  package var size: Int?
  /// RFC 1870 is offered, with a limit or without.
  package var offersSize = false
  /// RFC 2920.
  package var pipelining = false
  /// RFC 6531.
  package var smtputf8 = false
  /// RFC 6152.
  package var eightBitMIME = false
  /// RFC 3207.
  package var starttls = false
  /// RFC 4954: mechanisms in upper case.
  package var auth: Set<String> = []

  package init() {}

  /// Reads the lines of an EHLO reply, code and separator cut off; the first one is the greeting and offers nothing.
  package init(ehlo lines: [String]) {
    for line in lines.dropFirst() {
      // Some servers write the mechanisms behind "AUTH=", as drafts before RFC 2554 had it.
      let words = line.uppercased().replacingEquals().split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard let keyword = words.first else { continue }
      switch keyword {
      case "DSN": dsn = true
      case "SIZE":
        offersSize = true
        size = words.dropFirst().first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
      case "PIPELINING": pipelining = true
      case "SMTPUTF8": smtputf8 = true
      case "8BITMIME": eightBitMIME = true
      case "STARTTLS": starttls = true
      case "AUTH": auth.formUnion(words.dropFirst().map(String.init))
      default: break
      }
    }
  }
}

extension String {
  fileprivate func replacingEquals() -> String {
    hasPrefix("AUTH=") ? "AUTH " + dropFirst(5) : self
  }
}
