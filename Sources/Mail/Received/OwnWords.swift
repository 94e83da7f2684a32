/// What a report says in its own words, apart from the mail that it quotes.
struct OwnWords: Sendable {
  /// The lines before the quoted mail, without those that quote something else (`> …`).
  private(set) var lines: [SignedLine] = []
  /// The header of the quoted mail, if it follows in the same text.
  private(set) var quoted: ReceivedFields?

  /// More lines are not read.
  static let most = 400

  init() {}

  init(_ text: ArraySlice<UInt8>) {
    var rest = text
    while !rest.isEmpty, lines.count < Self.most {
      let (line, next) = Line.first(of: rest)
      if Self.beginsHeader(line) {
        quoted = ReceivedFields.read(rest).fields
        return
      }
      let signed = SignedLine(line)
      if line.count < 120, signed.signs.has(.copy) {
        quoted = Self.header(in: next)
        if quoted != nil || Self.isRule(line) { return }
      }
      if !Self.isQuoted(line) { lines.append(signed) }
      rest = next
    }
  }

  /// Fields for machines (RFC 3464) that stand in the text itself.
  var status: DeliveryStatus? {
    let begin = lines.firstIndex {
      $0.text.lowercasedStarts(with: Self.reportingMTA) || $0.text.lowercasedStarts(with: Self.finalRecipient)
    }
    guard let begin else { return nil }
    let fields = Array(lines[begin...].lazy.map(\.text).joined(separator: [0x0A]))
    return DeliveryStatus(fields: fields[...])
  }

  /// The lines that speak of an address; nil if it is not named. `spellings` are in lower case.
  func block(about spellings: [String]) -> [UInt8]? {
    let place = lines.firstIndex { $0.mentions.contains { spellings.contains($0.address.lowercased()) } }
    return place.map { lines.block(at: $0, about: spellings) }
  }

  private static let reportingMTA = Array("reporting-mta:".utf8)
  private static let finalRecipient = Array("final-recipient:".utf8)

  /// The header that begins within the next few lines; each may be quoted with `> `.
  private static func header(in text: ArraySlice<UInt8>) -> ReceivedFields? {
    var rest = text
    for _ in 0..<6 where !rest.isEmpty {
      let fields = ReceivedFields.read(rest).fields
      if fields.fields.count >= 2 { return fields }
      rest = Line.first(of: rest).rest
    }
    return nil
  }

  /// `> ` before somebody else's words; but `>>> DATA` is what a server was told.
  private static func isQuoted(_ line: ArraySlice<UInt8>) -> Bool {
    line.first == UInt8(ascii: ">") && !line.starts(with: command)
  }

  private static let command = Array(">>> ".utf8)

  /// A line that only a mail on its way has.
  private static func beginsHeader(_ line: ArraySlice<UInt8>) -> Bool {
    guard let first = line.first else { return false }
    switch first | 0x20 {
    case UInt8(ascii: "r"): return line.starts(with: received) || line.lowercasedStarts(with: returnPath)
    case UInt8(ascii: "d"): return line.starts(with: signature)
    case UInt8(ascii: "m"): return line.lowercasedStarts(with: messageID)
    default: return false
    }
  }

  private static let received = Array("Received:".utf8)
  private static let returnPath = Array("return-path:".utf8)
  private static let signature = Array("DKIM-Signature:".utf8)
  private static let messageID = Array("message-id:".utf8)

  /// `--- Original message ---` and the like.
  private static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
    line.drop { $0 == 0x20 }.starts(with: Array("--".utf8))
  }
}

extension ArraySlice<UInt8> {
  /// True if it begins with `octets`, which are in lower case; A–Z count as a–z.
  fileprivate func lowercasedStarts(with octets: [UInt8]) -> Bool {
    count >= octets.count
      && zip(self, octets).allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0) == $1 }
  }
}
