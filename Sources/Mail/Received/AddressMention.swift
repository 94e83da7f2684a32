/// An address within a text, and what stands around it on its line.
struct AddressMention: Sendable {
  let address: String
  /// The words before it, without addresses.
  let lead: [UInt8]

  /// The addresses of one line, at most eight of them.
  static func all(in line: ArraySlice<UInt8>) -> [AddressMention] {
    var mentions: [AddressMention] = []
    var index = line.startIndex
    while mentions.count < 8, let at = line[index...].firstIndex(of: UInt8(ascii: "@")) {
      index = at + 1
      guard let range = range(around: at, in: line) else { continue }
      index = range.upperBound
      let lead = PlainWords(line[line.startIndex..<range.lowerBound], limit: 400).octets
      mentions.append(AddressMention(address: String(decoding: line[range], as: UTF8.self), lead: lead))
    }
    return mentions
  }

  /// The octets of the address whose `@` stands at `at` (RFC 5322 §3.4.1, quoted local parts left aside).
  private static func range(around at: Int, in line: ArraySlice<UInt8>) -> Range<Int>? {
    var begin = at
    while begin > line.startIndex, at - begin < 256, isLocal(line[begin - 1]) { begin -= 1 }
    while begin < at, isEdge(line[begin]) { begin += 1 }
    var end = at + 1
    while end < line.endIndex, end - at < 256, isDomain(line[end]), !line[end...].starts(with: dots) { end += 1 }
    while end > at + 1, isEdge(line[end - 1]) || line[end - 1] == UInt8(ascii: ".") { end -= 1 }
    guard begin < at, end > at + 1, line[begin] != UInt8(ascii: "/"), line[begin] != UInt8(ascii: "|") else {
      return nil
    }
    return begin..<end
  }

  private static let dots = Array("..".utf8)

  private static func isLocal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7F, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"),
      UInt8(ascii: "\""),
      UInt8(ascii: "@"):
      false
    default: true
    }
  }

  private static func isDomain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "#"), 0x80...0xFF:
      true
    default: false
    }
  }

  /// What may stand at the edge without belonging to it.
  private static func isEdge(_ byte: UInt8) -> Bool {
    [UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "!")]
      .contains(byte)
  }
}

extension AddressMention {
  /// How likely a report speaks of this address, by where it stands on its line.
  var rank: Int {
    let words = lead.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    guard let last = words.last(where: { $0.contains { $0.isLetter } }) else { return 4 }
    if words.contains(where: { Self.strangers.contains($0) }) { return -2 }
    return Self.labels.contains(last.filter { $0.isLetter || $0 == "-" }) ? 3 : 1
  }

  /// What stands before an address that is reported.
  private static let labels: Set<String> = [
    "to", "recipient", "userid", "recipients", "address", "addresses", "user", "for", "rcpt", "smtp", "rfc", "mailbox",
    "final-recipient",
    "original-recipient", "errors", "account", "delivered",
  ]

  /// What stands before the address of whoever wrote the mail, or of whoever may help.
  private static let strangers: Set<String> = [
    "contact", "please", "help", "assistance", "from", "from:", "from:<", "reply", "reply-to", "reply-to:", "questions",
    "sender", "sender:",
    "postmaster", "administrator", "visit", "e-mail:", "abuse", "support", "report",
  ]
}
